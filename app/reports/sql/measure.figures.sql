-- name: figures of a measure of time
-- counts: its units by group: those done in the period, with how long they took; beside them those open and those left
-- source: units; median and 90th percentile with linear interpolation, means to four decimals
SELECT u."group",
       count(*) FILTER (WHERE u.status = 'done') AS completed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) FILTER (WHERE u.status = 'done')
         AS median_working_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY u.working_days) FILTER (WHERE u.status = 'done') AS p90_working_days,
       round(avg(u.working_days) FILTER (WHERE u.status = 'done'), 4)::float8 AS mean_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.calendar_days) FILTER (WHERE u.status = 'done')
         AS median_calendar_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY u.calendar_days) FILTER (WHERE u.status = 'done')
         AS p90_calendar_days,
       round(avg(u.calendar_days) FILTER (WHERE u.status = 'done'), 4)::float8 AS mean_calendar_days,
       max(u.working_days) FILTER (WHERE u.status = 'done') AS longest_working_days,
       max(u.calendar_days) FILTER (WHERE u.status = 'done') AS longest_calendar_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.net_working_days) FILTER (WHERE u.status = 'done')
         AS net_median_working_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY u.net_working_days) FILTER (WHERE u.status = 'done')
         AS net_p90_working_days,
       round(avg(u.net_working_days) FILTER (WHERE u.status = 'done'), 4)::float8 AS net_mean_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.net_calendar_days) FILTER (WHERE u.status = 'done')
         AS net_median_calendar_days,
       max(u.net_working_days) FILTER (WHERE u.status = 'done') AS net_longest_working_days,
       count(*) FILTER (WHERE u.status = 'done' AND u.working_days <= u.target_days) AS within_target,
       count(*) FILTER (WHERE u.status = 'done' AND u.target_days IS NOT NULL) AS with_target,
       count(*) FILTER (WHERE u.status IN ('done', 'open')
                          AND u.ended_on > u.started_on + make_interval(months => CAST(:limit_months AS integer)))
         AS over_limit,
       count(*) FILTER (WHERE u.status = 'open') AS still_open,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) FILTER (WHERE u.status = 'open')
         AS open_median_working_days,
       max(u.working_days) FILTER (WHERE u.status = 'open') AS open_longest_working_days,
       count(*) FILTER (WHERE u.status = 'left') AS left_before,
       count(*) FILTER (WHERE u.status = 'unknown') AS journey_unknown,
       count(*) FILTER (WHERE u.status = 'done' AND u.doubtful) AS doubtful
  FROM units u
 GROUP BY u."group"
 ORDER BY u."group"
