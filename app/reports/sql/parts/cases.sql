-- name: the cases that a report is about, each with the calendar that its pathway counts in
-- counts: nothing yet; the cases that the reader may see, of one import source or a sample when one is asked for
-- source: cases (what the referral said of them, never their projected state); row-level security decides who sees which
pathway_calendars AS (
  SELECT p.pathway_key, p.pathway_version, p.calendar_key
    FROM unnest(CAST(:pathway_keys AS text[]), CAST(:pathway_versions AS integer[]), CAST(:calendar_keys AS text[]))
         AS p (pathway_key, pathway_version, calendar_key)
),
seen AS NOT MATERIALIZED (
  SELECT c.id, c.reference, c.tenure, c.pathway_key, c.person_id, c.home_id, c.adaptations, c.landlord,
         c.landlord_organisation_id, p.calendar_key
    FROM cases c
    JOIN pathway_calendars p ON p.pathway_key = c.pathway_key AND p.pathway_version = c.pathway_version
   WHERE (CAST(:source AS text) IS NULL OR c.source = :source)
     AND (CAST(:only AS bigint[]) IS NULL OR c.id = ANY (CAST(:only AS bigint[])))
)
