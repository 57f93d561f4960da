-- name: where the time of solved episodes went
-- counts: each episode's days from its beginning to its solution, cut at every event: stage, holder and hold between
-- source: the journal and the solutions in place; the parts of an episode add up to its gross days exactly
-- needs: solved
cuts AS (
  SELECT s.case_id, s.sequence AS solved_at, s.reference, s.calendar_key, s.to_tier, s.to_stage, s.custody_id AS solver,
         s.tenure, s.started_on, s.stopped_on, j.sequence, j.custody_id, j.to_stage AS stage,
         j.effects -> 'hold_details' ->> 'waits_on' AS waits_on, j.effects -> 'hold_details' ->> 'cause' AS cause,
         greatest(j.day, s.started_on) AS since,
         least(coalesce(lead(j.day) OVER w, s.stopped_on), s.stopped_on) AS until,
         row_number() OVER w AS place
    FROM solved s
    JOIN journal j ON j.case_id = s.case_id AND j.sequence < s.sequence
  WINDOW w AS (PARTITION BY s.case_id, s.sequence ORDER BY j.sequence)
),
-- A hold's reason stays true while the case stands on hold, whatever is noted meanwhile.
held AS (
  SELECT c.*, count(c.waits_on) OVER (PARTITION BY c.case_id, c.solved_at ORDER BY c.sequence) AS which
    FROM cuts c
),
told AS (
  SELECT h.*,
         CASE WHEN h.stage = 'on_hold' THEN
           coalesce(first_value(h.waits_on) OVER (PARTITION BY h.case_id, h.solved_at, h.which ORDER BY h.sequence),
                    'not_recorded') END AS held_for,
         CASE WHEN h.stage = 'on_hold' THEN
           coalesce(first_value(h.cause) OVER (PARTITION BY h.case_id, h.solved_at, h.which ORDER BY h.sequence),
                    'not_recorded') END AS held_because
    FROM held h
),
segments AS (
  SELECT t.case_id, t.solved_at, t.sequence, t.reference, t.calendar_key, t.to_tier, t.to_stage, t.solver, t.tenure,
         t.custody_id, t.stage, t.held_for, t.held_because, t.since, t.until
    FROM told t WHERE t.until > t.since
  UNION ALL
  -- Before the referral was logged there is no stage: somebody had been told, and nobody had written it down.
  SELECT t.case_id, t.solved_at, 0, t.reference, t.calendar_key, t.to_tier, t.to_stage, t.solver, t.tenure,
         t.custody_id, 'before_referral', NULL, NULL, t.started_on, t.since
    FROM told t WHERE t.place = 1 AND t.since > t.started_on
)
