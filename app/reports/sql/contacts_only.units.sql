-- name: contact-only follow-ups, each contact
-- counts: one row for each contact that was recorded, told by whether anything but contacts was done since the one before
-- source: the journal
-- needs: journal, cases
followed AS (
  SELECT j.case_id, j.sequence, j.day, j.kind, j.to_tier, j.to_stage, j.custody_id,
         lag(j.kind) OVER (PARTITION BY j.case_id ORDER BY j.sequence) AS before,
         lag(j.day) OVER (PARTITION BY j.case_id ORDER BY j.sequence) AS since
    FROM journal j WHERE j.kind IN ('moved', 'milestone_imported', 'contact_made', 'conversation_recorded')
),
spans AS (
  SELECT f.case_id, f.sequence, c.reference, c.calendar_key, f.to_tier AS tier, f.to_stage AS stage, f.custody_id,
         f.since AS started_on, f.day AS ended_on, NULL::integer AS waited_calendar_days,
         NULL::integer AS waited_working_days,
         CASE WHEN f.before = 'contact_made' THEN 'contact_after_contact' ELSE 'contact_after_progress' END AS "group",
         NULL::text AS about
    FROM followed f
    JOIN seen c ON c.id = f.case_id
   WHERE f.kind = 'contact_made' AND f.since IS NOT NULL
     AND (CAST(:happened_from AS date) IS NULL OR f.day >= CAST(:happened_from AS date))
     AND (CAST(:happened_to AS date) IS NULL OR f.day <= CAST(:happened_to AS date))
)
