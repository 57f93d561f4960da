-- name: waiting now
-- counts: open cases by stage: how many, how long they have waited there, how many are overdue
-- source: waiting_now.units; due days are those of today, so nothing is told of them for an earlier day
SELECT u."group", u.stage, count(*) AS open_cases,
       CASE WHEN CAST(:as_known_on AS date) IS NULL THEN count(*) FILTER (WHERE u.about = 'overdue') END AS overdue,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS median_working_days,
       max(u.working_days) AS longest_working_days,
       count(*) FILTER (WHERE u.working_days <= 5) AS up_to_5_working_days,
       count(*) FILTER (WHERE u.working_days BETWEEN 6 AND 20) AS from_6_to_20_working_days,
       count(*) FILTER (WHERE u.working_days BETWEEN 21 AND 60) AS from_21_to_60_working_days,
       count(*) FILTER (WHERE u.working_days > 60) AS over_60_working_days
  FROM units u
 GROUP BY u."group", u.stage
 ORDER BY count(*) DESC, u.stage
