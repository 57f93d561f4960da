-- name: repeats, each
-- counts: one row for each time a need came back: a case reopened, a repeat linked or found to be another need
-- source: the journal
-- needs: journal, cases
spans AS (
  SELECT j.case_id, j.sequence, c.reference, c.calendar_key, j.to_tier AS tier, j.to_stage AS stage, j.custody_id,
         j.day AS started_on, j.day AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days,
         CASE WHEN j.effects ->> 'clock' = 'new_episode' THEN 'reopened' ELSE j.kind END AS "group", NULL::text AS about
    FROM journal j
    JOIN seen c ON c.id = j.case_id
   WHERE (j.effects ->> 'clock' = 'new_episode' OR j.kind IN ('repeat_linked', 'repeat_separated'))
     AND (CAST(:happened_from AS date) IS NULL OR j.day >= CAST(:happened_from AS date))
     AND (CAST(:happened_to AS date) IS NULL OR j.day <= CAST(:happened_to AS date))
)
