-- name: units of a measure
-- counts: nothing; each unit as it is
-- source: units
SELECT u.case_id, u.sequence, u.status, u.started_on, u.ended_on, u.calendar_days, u.working_days, u.net_calendar_days,
       u.net_working_days, u.amount, u.doubtful, u.tier, u.stage, u."group"
  FROM units u
