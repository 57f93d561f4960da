-- name: outcomes, each ended case
-- counts: one row for each time a case ended and stayed so, or was only reopened as a new episode
-- source: the journal; an ending that an appeal took up again does not count
-- needs: turns, contacts, cases
spans AS (
  SELECT t.case_id, t.sequence, c.reference, c.calendar_key, t.to_tier AS tier, t.to_stage AS stage, t.custody_id,
         coalesce(t.reopened_on, f.first_contact_on) AS started_on, t.day AS ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days,
         coalesce(t.outcome, 'not_recorded') AS "group", NULL::text AS about
    FROM turns t
    JOIN seen c ON c.id = t.case_id
    JOIN contacts f ON f.case_id = t.case_id
    LEFT JOIN LATERAL (
      SELECT coalesce(n.effects ->> 'clock', '') AS clock FROM journal n
       WHERE n.case_id = t.case_id AND n.sequence > t.sequence AND n.kind IN ('moved', 'milestone_imported')
       ORDER BY n.sequence LIMIT 1) after ON true
   WHERE t.ends = 'true' AND coalesce(after.clock, 'new_episode') = 'new_episode'
     AND (CAST(:tier AS text) IS NULL OR t.to_tier = CAST(:tier AS text))
     AND (CAST(:ended_from AS date) IS NULL OR t.day >= CAST(:ended_from AS date))
     AND (CAST(:ended_to AS date) IS NULL OR t.day <= CAST(:ended_to AS date))
)
