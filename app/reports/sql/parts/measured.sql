-- name: units of a measure, one row each
-- counts: the days of each span after its first day, up to and including its last; net of what it waited, where told
-- source: the measure's own `spans` and `waited`; working days are the difference of two places in the calendar
units AS MATERIALIZED (
  SELECT s.*, s.ended_on - s.started_on AS calendar_days, d.working_days,
         s.ended_on - s.started_on - coalesce(s.kept_calendar_days, w.calendar_days, 0)::integer
           - CASE WHEN s.held_since IS NULL THEN 0 ELSE s.ended_on - s.held_since END AS net_calendar_days,
         d.working_days - coalesce(s.kept_working_days, w.working_days, 0)::integer
           - CASE WHEN s.held_since IS NULL THEN 0
                  ELSE coalesce(b.working_index, weekdays_through(s.ended_on))
                     - coalesce(h.working_index, weekdays_through(s.held_since)) END AS net_working_days
    FROM spans s
    LEFT JOIN waited w ON w.case_id = s.case_id AND w.sequence = s.sequence
    LEFT JOIN calendar_days a ON a.calendar_key = s.calendar_key AND a.day = s.started_on
    LEFT JOIN calendar_days b ON b.calendar_key = s.calendar_key AND b.day = s.ended_on
    LEFT JOIN calendar_days h ON h.calendar_key = s.calendar_key AND h.day = s.held_since
    -- A day before the calendar's first is placed by counting weekdays.
    CROSS JOIN LATERAL (SELECT coalesce(b.working_index, weekdays_through(s.ended_on))
                             - coalesce(a.working_index, weekdays_through(s.started_on)) AS working_days) d
)
