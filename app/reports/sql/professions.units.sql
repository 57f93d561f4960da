-- name: professions, each that took part in a solved episode
-- counts: one row for each solution in place and each role of those who acted in it
-- source: the journal's events up to the solution, and the roles that their actors held on the day of the event
-- needs: turns, contacts, cases, solved
spans AS (
  SELECT DISTINCT s.case_id, s.sequence, s.reference, s.calendar_key, s.to_tier AS tier, s.to_stage AS stage,
         s.custody_id, s.started_on, s.stopped_on AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days, coalesce(h.role, 'not_recorded') AS "group", NULL::text AS about
    FROM solved s
    JOIN journal j ON j.case_id = s.case_id AND j.sequence <= s.sequence
    LEFT JOIN role_holdings h ON h.user_id = j.actor_id AND h.organisation_id = j.organisation_id
                             AND h.held_from <= j.day AND (h.held_to IS NULL OR h.held_to >= j.day)
)
