-- name: doubtful times, each one
-- counts: one row for each time in the journal that somebody should look at
-- source: the journal; `started_on` and `ended_on` are the two days that make it doubtful
-- needs: contacts, turns, solved, cases
doubts AS (
  SELECT j.case_id, j.sequence, 'recorded_late' AS doubt, j.day AS one,
         (j.recorded_at AT TIME ZONE 'Europe/London')::date AS other
    FROM journal j
   WHERE j.actor_kind = 'user' AND j.kind <> 'corrected' AND j.recorded_at > j.effective_at + interval '14 days'
  UNION ALL
  SELECT k.case_id, k.sequence, 'corrected', (j.occurred_at AT TIME ZONE 'Europe/London')::date, j.day
    FROM corrections k JOIN journal j ON j.case_id = k.case_id AND j.sequence = k.sequence
  UNION ALL
  SELECT j.case_id, j.sequence, 'journey_unknown', j.day, j.day
    FROM journal j WHERE j.details ->> 'journey' = 'unknown'
  UNION ALL
  SELECT f.case_id, 1, 'contact_long_before_referral', f.first_contact_on, f.logged_on
    FROM contacts f WHERE f.first_contact_on < f.logged_on - 365
  UNION ALL
  SELECT f.case_id, 1, 'contact_after_referral', f.logged_on, f.said_on
    FROM contacts f WHERE f.said_on > f.logged_on
  UNION ALL
  SELECT s.case_id, s.sequence, 'solved_on_the_first_day', s.started_on, s.stopped_on
    FROM solved s WHERE s.started_on = s.stopped_on AND s.to_tier <> 'direct_access'
),
spans AS (
  SELECT d.case_id, d.sequence, c.reference, c.calendar_key, e.to_tier AS tier, e.to_stage AS stage, e.custody_id,
         least(d.one, d.other) AS started_on, greatest(d.one, d.other) AS ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days,
         d.doubt AS "group", 'event ' || d.sequence || ': ' || coalesce(e.action, e.kind) AS about
    FROM doubts d
    JOIN seen c ON c.id = d.case_id
    JOIN journal e ON e.case_id = d.case_id AND e.sequence = d.sequence
   WHERE (CAST(:happened_from AS date) IS NULL OR d.one >= CAST(:happened_from AS date))
     AND (CAST(:happened_to AS date) IS NULL OR d.one <= CAST(:happened_to AS date))
)
