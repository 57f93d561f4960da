-- name: end to end
-- counts: completed episodes by group: how many, and how long they took, gross and net
-- source: end_to_end.units; median and 90th percentile with linear interpolation, means to four decimals
SELECT u."group", count(*) AS completed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS median_working_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY u.working_days) AS p90_working_days,
       round(avg(u.working_days), 4)::float8 AS mean_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.calendar_days) AS median_calendar_days,
       max(u.working_days) AS longest_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.net_working_days) AS net_median_working_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY u.net_working_days) AS net_p90_working_days,
       round(avg(u.net_working_days), 4)::float8 AS net_mean_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.net_calendar_days) AS net_median_calendar_days,
       max(u.net_working_days) AS net_longest_working_days
  FROM units u
 GROUP BY u."group"
-- Nothing completed is a figure too, when all are one group.
UNION ALL
SELECT 'all', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
 WHERE CAST(:by AS text) = 'none' AND NOT EXISTS (SELECT FROM units)
 ORDER BY 1
