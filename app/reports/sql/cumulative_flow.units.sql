-- name: cumulative flow, each stay in a group of stages
-- counts: one row for each stay of a case in a group of stages that touches the period
-- source: the journal's moves; groups are those that the pathway gave each stage when the move was made
-- needs: journal, cases
moves AS (
  SELECT j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id, j.effects ->> 'stage_group' AS stage_group,
         lag(j.effects ->> 'stage_group') OVER (PARTITION BY j.case_id ORDER BY j.sequence) AS before
    FROM journal j
   WHERE j.kind IN ('moved', 'milestone_imported') AND j.effects ->> 'stage_group' IS NOT NULL
),
stays AS MATERIALIZED (
  SELECT m.case_id, m.sequence, m.day AS entered_on, m.to_tier, m.to_stage, m.custody_id, m.stage_group,
         lead(m.day) OVER (PARTITION BY m.case_id ORDER BY m.sequence) AS left_on
    FROM moves m WHERE m.stage_group IS DISTINCT FROM m.before
),
spans AS (
  SELECT s.case_id, s.sequence, c.reference, c.calendar_key, s.to_tier AS tier, s.to_stage AS stage, s.custody_id,
         s.entered_on AS started_on, coalesce(s.left_on, greatest(d.as_at, s.entered_on)) AS ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days,
         s.stage_group AS "group", NULL::text AS about, s.left_on
    FROM stays s
    JOIN seen c ON c.id = s.case_id
    CROSS JOIN (SELECT least(CAST(:as_known_on AS date), CAST(:today AS date)) AS as_at) d
   WHERE (CAST(:tier AS text) IS NULL OR s.to_tier = CAST(:tier AS text))
     AND (CAST(:tenure AS text) IS NULL OR c.tenure = CAST(:tenure AS text))
     AND s.entered_on <= coalesce(CAST(:happened_to AS date), d.as_at)
)
