-- name: cumulative flow, each case at the end of the period
-- counts: one row for each case that had come by the end of the last day, in the group of stages where it then was
-- source: the journal's moves; the group of a stage is the one that its pathway gives it
-- needs: journal, cases, stage_groups
last_moves AS (
  SELECT DISTINCT ON (j.case_id) j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id
    FROM journal j
   WHERE j.kind IN ('moved', 'milestone_imported')
     AND j.day <= least(CAST(:happened_to AS date), CAST(:as_known_on AS date), CAST(:today AS date))
   ORDER BY j.case_id, j.sequence DESC
),
spans AS (
  SELECT m.case_id, m.sequence, c.reference, c.calendar_key, m.to_tier AS tier, m.to_stage AS stage, m.custody_id,
         m.day AS started_on, greatest(d.as_at, m.day) AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days, g.stage_group AS "group", NULL::text AS about
    FROM last_moves m
    JOIN seen c ON c.id = m.case_id
    JOIN stage_groups g ON g.pathway_key = c.pathway_key AND g.stage = m.to_stage
    CROSS JOIN (SELECT least(CAST(:happened_to AS date), CAST(:as_known_on AS date), CAST(:today AS date))
                       AS as_at) d
   WHERE (CAST(:tier AS text) IS NULL OR m.to_tier = CAST(:tier AS text))
     AND (CAST(:tenure AS text) IS NULL OR c.tenure = CAST(:tenure AS text))
)
