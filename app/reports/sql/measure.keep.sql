-- name: keep the units of some cases
-- counts: nothing; what was kept of the cases must have been taken out before, in the same transaction
-- source: the measure's own `told`, and of its case what tallies are told by
INSERT INTO report_units (measure, case_id, episode, sequence, status, started_on, ended_on, tier, stage, custody_id,
                          outcome, about, doubtful, known_at, waited_calendar_days, waited_working_days, held_since,
                          tenure, pathway_key, calendar_key)
SELECT :measure, t.case_id, t.episode, t.sequence, t.status, t.started_on,
       CASE WHEN t.status <> 'open' THEN t.ended_on END, t.tier, t.stage, t.custody_id, t.outcome, t.about, t.doubtful,
       t.known_at, coalesce(w.calendar_days, 0), coalesce(w.working_days, 0), w.held_since,
       c.tenure, c.pathway_key, c.calendar_key
  FROM told t
  JOIN seen c ON c.id = t.case_id
  LEFT JOIN waits w ON w.case_id = t.case_id AND w.sequence = t.sequence
