-- name: ageing of what is still open
-- counts: open units by group and by how long they have waited by the end of the day
-- source: units
SELECT u."group", count(*) AS still_open,
       count(*) FILTER (WHERE u.working_days <= 5) AS up_to_5_working_days,
       count(*) FILTER (WHERE u.working_days BETWEEN 6 AND 20) AS from_6_to_20_working_days,
       count(*) FILTER (WHERE u.working_days BETWEEN 21 AND 60) AS from_21_to_60_working_days,
       count(*) FILTER (WHERE u.working_days BETWEEN 61 AND 120) AS from_61_to_120_working_days,
       count(*) FILTER (WHERE u.working_days BETWEEN 121 AND 250) AS from_121_to_250_working_days,
       count(*) FILTER (WHERE u.working_days > 250) AS over_250_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS median_working_days,
       max(u.working_days) AS longest_working_days,
       count(*) FILTER (WHERE u.working_days > u.target_days) AS over_target
  FROM units u
 WHERE u.status = 'open'
 GROUP BY u."group"
 ORDER BY u."group"
