-- name: units, what a report counts, one row each
-- counts: the days of each span after its first day, up to and including its last; net of what it waited, where told
-- source: the report's own `spans`; working days are the difference of two places in the calendar
-- needs: working
units AS (
  SELECT s.*, s.ended_on - s.started_on AS calendar_days, d.working_days,
         s.ended_on - s.started_on - s.waited_calendar_days AS net_calendar_days,
         d.working_days - s.waited_working_days AS net_working_days
    -- Spans come whole before the calendar does, which is wide: no join or sort of theirs may carry it.
    FROM (SELECT * FROM spans OFFSET 0) s
    LEFT JOIN working k ON k.calendar_key = s.calendar_key
    CROSS JOIN LATERAL (SELECT coalesce(k.places[s.ended_on - k.first + 1], weekdays_through(s.ended_on))
                             - coalesce(k.places[s.started_on - k.first + 1], weekdays_through(s.started_on)) AS working_days) d
  -- Days are worked out here, once; and what of a unit nobody asks for is not carried along, as it would be were they kept.
  OFFSET 0
)
