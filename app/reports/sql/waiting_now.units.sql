-- name: waiting now, each open case
-- counts: one row for each open case, since when it has waited in its stage
-- source: the projected state of cases, which follows the journal; for an earlier day the journal as it was known then
-- needs: journal, cases
moves AS (
  SELECT DISTINCT ON (m.case_id) m.case_id, m.day AS since, m.effects ->> 'stage_group' AS stage_group
    FROM journal m
   WHERE CAST(:as_known_on AS date) IS NOT NULL
     AND (m.kind = 'moved'
          OR (m.kind = 'milestone_imported'
              AND (m.from_tier, m.from_stage) IS DISTINCT FROM (m.to_tier, m.to_stage)))
   ORDER BY m.case_id, m.sequence DESC
),
heads AS (
  SELECT DISTINCT ON (h.case_id) h.case_id, h.sequence, h.to_tier, h.to_stage, h.custody_id
    FROM journal h
   WHERE CAST(:as_known_on AS date) IS NOT NULL
   ORDER BY h.case_id, h.sequence DESC
),
open_cases AS (
  SELECT c.id AS case_id, c.sequence, c.tier, c.stage, c.custody_id, c.due_on,
         (c.stage_since AT TIME ZONE 'Europe/London')::date AS since
    FROM cases c
   WHERE CAST(:as_known_on AS date) IS NULL AND c.stage_group <> 'ended'
  UNION ALL
  SELECT h.case_id, h.sequence, h.to_tier, h.to_stage, h.custody_id, NULL, m.since
    FROM heads h JOIN moves m ON m.case_id = h.case_id
   WHERE m.stage_group <> 'ended'
),
spans AS (
  SELECT o.case_id, o.sequence, c.reference, c.calendar_key, o.tier, o.stage, o.custody_id,
         o.since AS started_on, greatest(d.as_at, o.since) AS ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days,
         o.stage AS "group",
         CASE WHEN o.due_on < d.as_at THEN 'overdue' END AS about
    FROM open_cases o
    JOIN seen c ON c.id = o.case_id
    CROSS JOIN (SELECT least(CAST(:as_known_on AS date), CAST(:today AS date)) AS as_at) d
   WHERE CAST(:tier AS text) IS NULL OR o.tier = CAST(:tier AS text)
)
