-- name: first contact
-- counts: for each case the day on which the need was first notified, never after the day of the journal's first event
-- source: the journal's first event, or the newest correction of that day that was known
-- needs: journal
contact_corrections AS MATERIALIZED (
  SELECT DISTINCT ON (c.case_id) c.case_id, (c.details ->> 'now')::date AS day
    FROM case_events c
   WHERE c.kind = 'corrected' AND c.details ->> 'field' = 'first_contact_on'
     AND (CAST(:as_known_on AS date) IS NULL
          OR c.recorded_at < (CAST(:as_known_on AS date) + 1)::timestamp AT TIME ZONE 'Europe/London')
   ORDER BY c.case_id, c.sequence DESC
),
contacts AS NOT MATERIALIZED (
  SELECT f.case_id, f.day AS logged_on, coalesce(k.day, (f.effects -> 'sets' ->> 'first_contact_on')::date) AS said_on,
         least(coalesce(k.day, (f.effects -> 'sets' ->> 'first_contact_on')::date), f.day) AS first_contact_on,
         f.to_tier, f.to_stage, f.custody_id, f.action, f.kind
    FROM journal f
    LEFT JOIN contact_corrections k ON k.case_id = f.case_id
   WHERE f.sequence = 1
)
