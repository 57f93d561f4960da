-- name: the journal as it was known at the end of a day
-- counts: nothing yet; every event that had been recorded by then, on the day it is then known to have happened; of
--   some cases alone where they are given
-- source: case_events; the newest correction of a time counts, if it too had been recorded by then
corrections AS MATERIALIZED (
  SELECT DISTINCT ON (c.case_id, (c.details ->> 'sequence')::integer)
         c.case_id, (c.details ->> 'sequence')::integer AS sequence, (c.details ->> 'now')::timestamptz AS moment
    FROM case_events c
   WHERE c.kind = 'corrected' AND c.details ->> 'field' = 'occurred_at'
     AND (CAST(:as_known_on AS date) IS NULL
          OR c.recorded_at < (CAST(:as_known_on AS date) + 1)::timestamp AT TIME ZONE 'Europe/London')
   ORDER BY c.case_id, (c.details ->> 'sequence')::integer, c.sequence DESC
),
journal AS NOT MATERIALIZED (
  SELECT e.case_id, e.sequence, e.kind, e.action, e.from_tier, e.from_stage, e.to_tier, e.to_stage, e.custody_id,
         e.organisation_id, e.actor_id, e.occurred_at, e.recorded_at, e.actor_kind, e.details, e.effects,
         coalesce(k.moment, e.occurred_at) AS effective_at,
         (coalesce(k.moment, e.occurred_at) AT TIME ZONE 'Europe/London')::date AS day
    FROM case_events e
    LEFT JOIN corrections k ON k.case_id = e.case_id AND k.sequence = e.sequence
   WHERE (CAST(:among AS bigint[]) IS NULL OR e.case_id = ANY (CAST(:among AS bigint[])))
     AND (CAST(:as_known_on AS date) IS NULL
          OR e.recorded_at < (CAST(:as_known_on AS date) + 1)::timestamp AT TIME ZONE 'Europe/London')
)
