-- name: outcomes for the person, each goal
-- counts: one row for each goal that was looked at when the outcome was recorded
-- source: the journal's outcome reviews
-- needs: journal, cases
goals AS (
  SELECT j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id, coalesce(r.row ->> 'result', 'not_recorded')
         AS result
    FROM journal j
    CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(j.details -> 'results') = 'array'
                                                 THEN j.details -> 'results' ELSE '[]' END) AS r (row)
   WHERE j.action = 'record_outcome'
     AND (CAST(:happened_from AS date) IS NULL OR j.day >= CAST(:happened_from AS date))
     AND (CAST(:happened_to AS date) IS NULL OR j.day <= CAST(:happened_to AS date))
),
spans AS (
  SELECT g.case_id, g.sequence, c.reference, c.calendar_key, g.to_tier AS tier, g.to_stage AS stage, g.custody_id,
         g.day AS started_on, g.day AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days, g.result,
         CASE CAST(:by AS text) WHEN 'tenure' THEN c.tenure WHEN 'tier' THEN g.to_tier ELSE 'all' END AS "group",
         g.result AS about
    FROM goals g
    JOIN seen c ON c.id = g.case_id
)
