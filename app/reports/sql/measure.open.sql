-- name: figures of a measure of one day
-- counts: what is open at the end of the day by group, in how many households, and how long it has taken so far
-- source: units; a home counts once, whatever the number of its cases
SELECT u."group", count(*) AS still_open, count(DISTINCT u.home_id) AS households,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS open_median_working_days,
       max(u.working_days) AS open_longest_working_days
  FROM units u
 WHERE u.status = 'open'
 GROUP BY u."group"
 ORDER BY u."group"
