-- name: calendars, each as one row
-- counts: the place of each day among its calendar's working days, looked up by its number: no join is as quick
-- source: calendar_days; a day before a calendar's first has no place and is counted by weekdays
working AS MATERIALIZED (
  SELECT k.calendar_key, min(k.day) AS first, array_agg(k.working_index ORDER BY k.day) AS places
    FROM calendar_days k WHERE k.calendar_key = ANY (CAST(:calendar_keys AS text[]))
   GROUP BY k.calendar_key
)
