-- name: where time goes
-- counts: the days of solved episodes by part; all parts together are the episodes' gross days
-- source: where_time_goes.units
SELECT u."group", count(DISTINCT (u.case_id, u.solved_at)) AS episodes, sum(u.working_days) AS working_days,
       sum(u.calendar_days) AS calendar_days,
       round(100.0 * sum(u.working_days) / nullif(sum(sum(u.working_days)) OVER (), 0), 1)::float8 AS percent,
       round(sum(u.working_days)::numeric / nullif((SELECT count(*) FROM solved), 0), 2)::float8
         AS mean_working_days_per_episode
  FROM units u
 GROUP BY u."group"
 ORDER BY sum(u.working_days) DESC, u."group"
