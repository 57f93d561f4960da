-- name: units of a measure, one row each
-- counts: the days of each span after its first day, up to and including its last; net of what it waited, where told
-- source: the measure's own `spans` and `waited`; working days are the difference of two places in the calendar
units AS MATERIALIZED (
  SELECT s.*, s.ended_on - s.started_on AS calendar_days, d.working_days,
         s.ended_on - s.started_on - coalesce(s.kept_calendar_days, w.calendar_days, 0)::integer
           - CASE WHEN s.held_since IS NULL THEN 0 ELSE s.ended_on - s.held_since END AS net_calendar_days,
         d.working_days - coalesce(s.kept_working_days, w.working_days, 0)::integer
           - CASE WHEN s.held_since IS NULL THEN 0
                  ELSE d.last - coalesce(k.places[s.held_since - k.first + 1], weekdays_through(s.held_since))
             END AS net_working_days
    FROM spans s
    LEFT JOIN waited w ON w.case_id = s.case_id AND w.sequence = s.sequence
    LEFT JOIN working k ON k.calendar_key = s.calendar_key
    CROSS JOIN LATERAL (SELECT e.last, e.last - coalesce(k.places[s.started_on - k.first + 1], weekdays_through(s.started_on))
                               AS working_days
                          FROM (SELECT coalesce(k.places[s.ended_on - k.first + 1], weekdays_through(s.ended_on)) AS last) e) d
)
