-- name: stays as the journal tells them
-- counts: nothing yet; each with what its case is told by
-- source: stays, as `told`
stays AS (
  SELECT t.status, t.started_on, t.ended_on, t.tier, t.stage, c.tenure, c.pathway_key, c.calendar_key
    FROM told t JOIN seen c ON c.id = t.case_id
)
