-- name: days of a measure's units, counted
-- counts: for each group, status and number of working days how many units there are; of those done how many met a target
-- source: units; what distributions, estimates and intervals are worked out from
SELECT u."group", u.status, u.working_days, count(*) AS number,
       count(*) FILTER (WHERE u.status = 'done' AND u.working_days <= u.target_days) AS within_target,
       count(u.target_days) FILTER (WHERE u.status = 'done') AS with_target
  FROM units u
 WHERE u.status IN ('done', 'left', 'open')
 GROUP BY u."group", u.status, u.working_days
 ORDER BY u."group", u.status, u.working_days
