-- name: where the time of solved episodes went
-- counts: each episode's days from its beginning to its solution, cut at every event: stage, holder and hold between
-- source: the journal and the solutions in place; the parts of an episode add up to its gross days exactly
-- needs: solved
timeline AS (
  -- In the order of the journal's own key, whoever's episode it is: there is nothing to sort. What comes after the last
  -- event before a solution is the solution, on the day on which it stops the clock.
  SELECT j.case_id, j.sequence, j.custody_id, j.stage, j.day, lead(j.day) OVER w AS next_day,
         -- A hold's reason stays true while the case stands on hold, whatever is noted meanwhile: the newest so far.
         max(j.reason) OVER w AS why
    FROM (SELECT e.case_id, e.sequence, e.custody_id, e.to_stage AS stage, e.day,
                 CASE WHEN e.effects -> 'hold_details' ->> 'waits_on' IS NOT NULL THEN
                   lpad(e.sequence::text, 9, '0') || chr(31) || (e.effects -> 'hold_details' ->> 'waits_on')
                     || chr(31) || coalesce(e.effects -> 'hold_details' ->> 'cause', '') END COLLATE "C" AS reason
            FROM journal e
          -- In the journal's order, and what is read of an event is read once, not again for the window.
          ORDER BY e.case_id, e.sequence) j
  WINDOW w AS (PARTITION BY j.case_id ORDER BY j.sequence)
),
segments AS (
  SELECT c.*,
         CASE WHEN c.stage = 'on_hold' THEN coalesce(split_part(c.why, chr(31), 2), 'not_recorded') END AS held_for,
         CASE WHEN c.stage = 'on_hold' THEN
           coalesce(nullif(split_part(c.why, chr(31), 3), ''), 'not_recorded') END AS held_because
    FROM (SELECT s.case_id, s.sequence AS solved_at, t.sequence, s.reference, s.calendar_key, s.to_tier, s.to_stage,
                 s.custody_id AS solver, s.tenure, t.custody_id, t.stage, t.why, greatest(t.day, s.started_on) AS since,
                 least(greatest(t.next_day, s.started_on), s.stopped_on) AS until
            FROM solved s
            JOIN timeline t ON t.case_id = s.case_id AND t.sequence < s.sequence) c
   WHERE c.until > c.since
  UNION ALL
  -- Before the referral was logged there is no stage: somebody had been told, and nobody had written it down.
  SELECT s.case_id, s.sequence, 0, s.reference, s.calendar_key, s.to_tier, s.to_stage, s.custody_id, s.tenure,
         s.logged_with, 'before_referral', NULL, s.started_on, s.logged_on, NULL, NULL
    FROM solved s WHERE s.sequence > 1 AND s.logged_on > s.started_on
)
