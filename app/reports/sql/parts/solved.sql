-- name: solutions in place
-- counts: the last stop of the end-to-end clock in each episode, unless a fault found later lets it run on
-- source: the journal's turns of the clock; an episode starts at first contact, or on the day the case was reopened
-- needs: journal, contacts, cases
clocks AS (
  SELECT t.*, lead(t.clock) OVER w AS next_clock,
         max(t.day) FILTER (WHERE t.clock = 'new_episode') OVER w AS reopened_on,
         count(*) FILTER (WHERE t.clock = 'new_episode') OVER w AS reopened
    -- In the journal's order, and what is read of an event is read once, not again for the window.
    FROM (SELECT j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id, coalesce(j.action, j.kind) AS what,
                 j.effects ->> 'clock' AS clock
            FROM journal j WHERE j.effects ->> 'clock' IS NOT NULL
           ORDER BY j.case_id, j.sequence) t
  WINDOW w AS (PARTITION BY t.case_id ORDER BY t.sequence)
),
solved AS MATERIALIZED (
  SELECT s.case_id, s.sequence, s.reopened + 1 AS episode, s.to_tier, s.to_stage, s.custody_id, s.what,
         coalesce(s.reopened_on, f.first_contact_on) AS started_on, s.day AS stopped_on, f.logged_on,
         f.custody_id AS logged_with, c.reference, c.tenure, c.calendar_key
    -- Said as one condition: of two with guesses of their own the planner makes a single row.
    FROM (SELECT k.*, k.clock = 'stops' AND coalesce(k.next_clock, 'new_episode') = 'new_episode' AS stands
            FROM clocks k OFFSET 0) s
    JOIN seen c ON c.id = s.case_id
    JOIN contacts f ON f.case_id = s.case_id
   WHERE s.stands
     AND (CAST(:completed_from AS date) IS NULL OR s.day >= CAST(:completed_from AS date))
     AND (CAST(:completed_to AS date) IS NULL OR s.day <= CAST(:completed_to AS date))
)
