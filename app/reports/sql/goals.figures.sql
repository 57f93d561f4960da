-- name: outcomes for the person
-- counts: goals that people had agreed, by what came of them
-- source: goals.units
SELECT u."group", count(*) AS goals, count(*) FILTER (WHERE u.result = 'met') AS met,
       count(*) FILTER (WHERE u.result = 'partly_met') AS partly_met,
       count(*) FILTER (WHERE u.result = 'not_met') AS not_met,
       count(*) FILTER (WHERE u.result = 'no_longer_wanted') AS no_longer_wanted,
       round(100.0 * count(*) FILTER (WHERE u.result = 'met')
             / nullif(count(*) FILTER (WHERE u.result <> 'no_longer_wanted'), 0), 1)::float8 AS percent_met
  FROM units u
 GROUP BY u."group"
 ORDER BY u."group"
