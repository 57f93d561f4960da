-- name: professions, each that took part in a solved episode
-- counts: one row for each solution in place and each role of those who acted in it
-- source: the journal's events up to the solution, and the roles that their actors held on the day of the event
-- needs: contacts, cases, solved
roles AS (
  -- Told apart while they are numbers; what a case is called comes after.
  SELECT DISTINCT s.case_id, s.sequence, h.role
    FROM solved s
    JOIN journal j ON j.case_id = s.case_id AND j.sequence <= s.sequence
    LEFT JOIN role_holdings h ON h.user_id = j.actor_id AND h.organisation_id = j.organisation_id
                             AND h.held_from <= j.day AND (h.held_to IS NULL OR h.held_to >= j.day)
),
spans AS (
  SELECT s.case_id, s.sequence, s.reference, s.calendar_key, s.to_tier AS tier, s.to_stage AS stage, s.custody_id,
         s.started_on, s.stopped_on AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days, coalesce(r.role, 'not_recorded') AS "group", NULL::text AS about
    FROM roles r
    JOIN solved s ON s.case_id = r.case_id AND s.sequence = r.sequence
)
