-- name: professions
-- counts: solutions in place by the roles of those who took part; a solution counts once for each role
-- source: professions.units
SELECT u."group", u."group" AS role, count(*) AS completed,
       round(100.0 * count(*) / nullif((SELECT count(*) FROM solved), 0), 1)::float8 AS percent,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS median_working_days
  FROM units u
 GROUP BY u."group"
 ORDER BY count(*) DESC, u."group"
