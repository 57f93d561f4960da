-- name: involvement, each solved episode
-- counts: one row for each solution in place, with how many organisations and people of which professions took part
-- source: the journal's events up to the solution; a profession is a role that the person held on the day of the event
-- needs: contacts, cases, solved
parts AS (
  SELECT s.case_id, s.sequence, count(DISTINCT j.organisation_id) AS organisations,
         count(DISTINCT j.actor_id) AS people
    FROM solved s JOIN journal j ON j.case_id = s.case_id AND j.sequence <= s.sequence
   GROUP BY s.case_id, s.sequence
),
spans AS (
  SELECT s.case_id, s.sequence, s.reference, s.calendar_key, s.to_tier AS tier, s.to_stage AS stage, s.custody_id,
         s.started_on, s.stopped_on AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days, p.organisations, p.people,
         CASE CAST(:by AS text) WHEN 'tenure' THEN s.tenure WHEN 'tier' THEN s.to_tier ELSE 'all' END AS "group",
         p.organisations || ' organisations, ' || p.people || ' people' AS about
    FROM solved s JOIN parts p ON p.case_id = s.case_id AND p.sequence = s.sequence
)
