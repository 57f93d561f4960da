-- name: units to be kept of a measure that leaves no holds out
-- counts: nothing
-- source: nothing
waits AS (
  SELECT NULL::bigint AS case_id, NULL::integer AS sequence, 0 AS calendar_days, 0 AS working_days,
         NULL::date AS held_since
   WHERE false
)
