-- name: time in stages
-- counts: stays by tier and stage, and how long they took; stays left by unknown steps are counted beside, not measured
-- source: stage_times.units
SELECT u."group", u.tier, u.stage,
       count(*) FILTER (WHERE u.about IS NULL) AS stays,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) FILTER (WHERE u.about IS NULL) AS median_working_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY u.working_days) FILTER (WHERE u.about IS NULL) AS p90_working_days,
       (round(avg(u.working_days) FILTER (WHERE u.about IS NULL), 4))::float8 AS mean_working_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.calendar_days) FILTER (WHERE u.about IS NULL) AS median_calendar_days,
       max(u.working_days) FILTER (WHERE u.about IS NULL) AS longest_working_days,
       count(*) FILTER (WHERE u.about IS NOT NULL) AS journey_unknown
  FROM units u
 GROUP BY u."group", u.tier, u.stage
 ORDER BY array_position(ARRAY['direct_access', 'non_complex', 'moderate', 'complex'], u.tier), u.tier, u.stage
