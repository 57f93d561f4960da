-- name: stays as they are kept
-- counts: nothing yet; of some cases alone where they are given
-- source: report_units
stays AS (
  SELECT k.status, k.started_on, k.ended_on, k.tier, k.stage, k.tenure, k.pathway_key, k.calendar_key
    FROM report_units k
   WHERE k.measure = :measure AND (CAST(:only AS bigint[]) IS NULL OR k.case_id = ANY (CAST(:only AS bigint[])))
)
