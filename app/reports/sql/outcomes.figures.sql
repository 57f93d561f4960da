-- name: outcomes
-- counts: ended cases by outcome: how many, their share of all, and how long they had taken to their end
-- source: outcomes.units
SELECT u."group", u."group" AS outcome, count(*) AS ended,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1)::float8 AS percent,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS median_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.calendar_days) AS median_calendar_days,
       max(u.working_days) AS longest_working_days
  FROM units u
 GROUP BY u."group"
 ORDER BY count(*) DESC, u."group"
