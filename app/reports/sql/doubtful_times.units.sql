-- name: doubtful times, each one
-- counts: one row for each time in the journal that somebody should look at
-- source: the journal; `started_on` and `ended_on` are the two days that make it doubtful
-- needs: contacts, solved, cases
doubts AS (
  -- One reading of the journal for what an event says by itself.
  SELECT j.case_id, j.sequence, d.doubt, j.day AS one, d.other, j.to_tier, j.to_stage, j.custody_id,
         coalesce(j.action, j.kind) AS what
    FROM (SELECT e.*, e.actor_kind = 'user' AND e.kind <> 'corrected'
                      AND e.recorded_at > e.effective_at + interval '14 days' AS late,
                 e.details ->> 'journey' IS NOT DISTINCT FROM 'unknown' AS unknown
            FROM journal e OFFSET 0) j
    CROSS JOIN LATERAL (VALUES
      (j.late, 'recorded_late', (j.recorded_at AT TIME ZONE 'Europe/London')::date),
      (j.unknown, 'journey_unknown', j.day)) AS d (holds, doubt, other)
   WHERE (j.late OR j.unknown) AND d.holds
  UNION ALL
  SELECT k.case_id, k.sequence, 'corrected', (j.occurred_at AT TIME ZONE 'Europe/London')::date, j.day, j.to_tier,
         j.to_stage, j.custody_id, coalesce(j.action, j.kind)
    FROM corrections k JOIN journal j ON j.case_id = k.case_id AND j.sequence = k.sequence
  UNION ALL
  -- A day of first contact is doubtful in one way or the other, never in both.
  SELECT f.case_id, 1, CASE WHEN f.said_on > f.logged_on THEN 'contact_after_referral'
                            ELSE 'contact_long_before_referral' END,
         CASE WHEN f.said_on > f.logged_on THEN f.logged_on ELSE f.first_contact_on END,
         CASE WHEN f.said_on > f.logged_on THEN f.said_on ELSE f.logged_on END,
         f.to_tier, f.to_stage, f.custody_id, coalesce(f.action, f.kind)
    FROM contacts f WHERE f.said_on > f.logged_on OR f.first_contact_on < f.logged_on - 365
  UNION ALL
  SELECT s.case_id, s.sequence, 'solved_on_the_first_day', s.started_on, s.stopped_on, s.to_tier, s.to_stage,
         s.custody_id, s.what
    FROM solved s WHERE s.started_on = s.stopped_on AND s.to_tier <> 'direct_access'
),
spans AS (
  SELECT d.case_id, d.sequence, c.reference, c.calendar_key, d.to_tier AS tier, d.to_stage AS stage, d.custody_id,
         least(d.one, d.other) AS started_on, greatest(d.one, d.other) AS ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days,
         d.doubt AS "group", 'event ' || d.sequence || ': ' || d.what AS about
    FROM doubts d
    JOIN seen c ON c.id = d.case_id
   WHERE (CAST(:happened_from AS date) IS NULL OR d.one >= CAST(:happened_from AS date))
     AND (CAST(:happened_to AS date) IS NULL OR d.one <= CAST(:happened_to AS date))
)
