-- name: satisfaction, each answer
-- counts: one row for each outcome review in which the person was asked, with the newest answer counting
-- source: the journal: outcome reviews, and surveys answered
-- needs: journal, cases
answers AS (
  SELECT DISTINCT ON (j.case_id) j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id,
         coalesce(j.details ->> 'satisfaction', a.answer ->> 'answer') AS answer
    FROM journal j
    LEFT JOIN LATERAL (
      SELECT r.row AS answer
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(j.details -> 'answers') = 'array'
                                       THEN j.details -> 'answers' ELSE '[]' END) AS r (row)
       WHERE r.row ->> 'question' = 'satisfaction' LIMIT 1) a ON true
   WHERE (j.action = 'record_outcome' OR j.kind = 'survey_answered')
     AND coalesce(j.details ->> 'satisfaction', a.answer ->> 'answer') IS NOT NULL
   ORDER BY j.case_id, j.sequence DESC
),
spans AS (
  SELECT a.case_id, a.sequence, c.reference, c.calendar_key, a.to_tier AS tier, a.to_stage AS stage, a.custody_id,
         a.day AS started_on, a.day AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days, a.answer,
         CASE CAST(:by AS text) WHEN 'tenure' THEN c.tenure WHEN 'tier' THEN a.to_tier ELSE 'all' END AS "group",
         a.answer AS about
    FROM answers a
    JOIN seen c ON c.id = a.case_id
   WHERE (CAST(:happened_from AS date) IS NULL OR a.day >= CAST(:happened_from AS date))
     AND (CAST(:happened_to AS date) IS NULL OR a.day <= CAST(:happened_to AS date))
)
