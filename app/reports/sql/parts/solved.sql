-- name: solutions in place
-- counts: the last stop of the end-to-end clock in each episode, unless a fault found later lets it run on
-- source: turning points; an episode starts at first contact, or on the day the case was reopened
-- needs: turns, contacts, cases
solved AS MATERIALIZED (
  SELECT s.case_id, s.sequence, s.reopened + 1 AS episode, s.to_tier, s.to_stage, s.custody_id,
         coalesce(s.reopened_on, f.first_contact_on) AS started_on, s.day AS stopped_on,
         c.reference, c.tenure, c.calendar_key
    FROM (SELECT t.*, lead(t.clock) OVER (PARTITION BY t.case_id ORDER BY t.sequence) AS next_clock
            FROM turns t WHERE t.clock IN ('stops', 'restarts', 'new_episode')) s
    JOIN seen c ON c.id = s.case_id
    JOIN contacts f ON f.case_id = s.case_id
   WHERE s.clock = 'stops' AND coalesce(s.next_clock, 'new_episode') = 'new_episode'
     AND (CAST(:completed_from AS date) IS NULL OR s.day >= CAST(:completed_from AS date))
     AND (CAST(:completed_to AS date) IS NULL OR s.day <= CAST(:completed_to AS date))
)
