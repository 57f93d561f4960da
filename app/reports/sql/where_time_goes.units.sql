-- name: where time goes, each part of each solved episode
-- counts: one row for each stretch between two events of an episode whose solution is in place
-- source: segments; a stretch is told by its stage, by who held the case, or by whom a hold waited on and why
-- needs: contacts, cases, segments
spans AS (
  SELECT g.case_id, g.solved_at * 10000 + g.sequence AS sequence, g.reference, g.calendar_key, g.to_tier AS tier,
         g.to_stage AS stage, g.custody_id, g.since AS started_on, g.until AS ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days, g.solved_at,
         CASE CAST(:by AS text)
           WHEN 'organisation' THEN (SELECT o.name FROM organisations o WHERE o.id = g.custody_id)
           WHEN 'waits_on' THEN coalesce(g.held_for, 'not_on_hold')
           WHEN 'cause' THEN coalesce(g.held_because, 'not_on_hold')
           ELSE g.stage
         END AS "group",
         g.stage AS about
    FROM segments g
   WHERE (CAST(:tier AS text) IS NULL OR g.to_tier = CAST(:tier AS text))
     AND (CAST(:tenure AS text) IS NULL OR g.tenure = CAST(:tenure AS text))
)
