-- name: where time goes
-- counts: the days of solved episodes by part; all parts together are the episodes' gross days
-- source: where_time_goes.units
SELECT e."group", count(*) AS episodes, sum(e.working_days)::bigint AS working_days, sum(e.calendar_days)::bigint AS calendar_days,
       round(100.0 * sum(e.working_days) / nullif(sum(sum(e.working_days)) OVER (), 0), 1)::float8 AS percent,
       round(sum(e.working_days)::numeric / nullif((SELECT count(*) FROM solved), 0), 2)::float8
         AS mean_working_days_per_episode
  FROM (SELECT u."group", u.case_id, u.solved_at, sum(u.working_days) AS working_days, sum(u.calendar_days) AS calendar_days
          FROM units u
         GROUP BY u."group", u.case_id, u.solved_at
        -- Apart, or the planner sorts all stretches to add up what it could count.
        OFFSET 0) e
 GROUP BY e."group"
 ORDER BY sum(e.working_days) DESC, e."group"
