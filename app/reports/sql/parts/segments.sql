-- name: where the time of solved episodes went
-- counts: each episode's days from its beginning to its solution, cut at every event: stage, holder and hold between
-- source: the journal and the solutions in place; the parts of an episode add up to its gross days exactly
-- needs: solved
cuts AS (
  SELECT c.*, c.since_day AS since, least(coalesce(lead(c.since_day) OVER w, c.stopped_on), c.stopped_on) AS until,
         row_number() OVER w AS place,
         -- A hold's reason stays true while the case stands on hold, whatever is noted meanwhile: the newest so far.
         max(c.reason) OVER w AS why
    FROM (SELECT s.case_id, s.sequence AS solved_at, s.reference, s.calendar_key, s.to_tier, s.to_stage,
                 s.custody_id AS solver, s.tenure, s.started_on, s.stopped_on, j.sequence, j.custody_id,
                 j.to_stage AS stage, greatest(j.day, s.started_on) AS since_day,
                 CASE WHEN j.effects ? 'hold_details' AND j.effects -> 'hold_details' ->> 'waits_on' IS NOT NULL THEN
                   lpad(j.sequence::text, 9, '0') || chr(31) || (j.effects -> 'hold_details' ->> 'waits_on')
                     || chr(31) || coalesce(j.effects -> 'hold_details' ->> 'cause', '') END COLLATE "C" AS reason
            FROM solved s
            JOIN journal j ON j.case_id = s.case_id AND j.sequence < s.sequence
          OFFSET 0) c
  WINDOW w AS (PARTITION BY c.case_id, c.solved_at ORDER BY c.sequence)
),
told AS (
  SELECT c.*,
         CASE WHEN c.stage = 'on_hold' THEN coalesce(split_part(c.why, chr(31), 2), 'not_recorded') END AS held_for,
         CASE WHEN c.stage = 'on_hold' THEN
           coalesce(nullif(split_part(c.why, chr(31), 3), ''), 'not_recorded') END AS held_because
    FROM cuts c
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
