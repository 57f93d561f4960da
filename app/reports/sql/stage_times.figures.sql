-- name: time in stages
-- counts: stays by tier and stage, and how long they took; stays left by unknown steps are counted beside, not measured
-- source: stage_times.units
, alike AS (
  -- Stays that took as long are one row: there are some thousands of these, however many stays, and no stay is sorted.
  SELECT u.tier, u.stage, u.about IS NULL AS known, u.working_days, u.calendar_days, count(*) AS stays
    FROM units u
   GROUP BY u.tier, u.stage, u.about IS NULL, u.working_days, u.calendar_days
),
told AS (
  SELECT a.tier, a.stage, coalesce(sum(a.stays) FILTER (WHERE a.known), 0) AS stays,
         sum(a.working_days * a.stays) FILTER (WHERE a.known) AS working_days,
         max(a.working_days) FILTER (WHERE a.known) AS longest_working_days,
         coalesce(sum(a.stays) FILTER (WHERE NOT a.known), 0)::bigint AS journey_unknown
    FROM alike a
   GROUP BY a.tier, a.stage
),
-- The places of each length among all of its kind, counted from nought, put in order.
placed AS (
  SELECT a.tier, a.stage, a.kind, a.days, sum(a.stays) OVER w - a.stays AS first, sum(a.stays) OVER w - 1 AS last
    FROM (SELECT a.tier, a.stage, k.kind, k.days, sum(a.stays) AS stays
            FROM alike a
            CROSS JOIN LATERAL (VALUES ('working', a.working_days), ('calendar', a.calendar_days)) AS k (kind, days)
           WHERE a.known
           GROUP BY a.tier, a.stage, k.kind, k.days) a
  WINDOW w AS (PARTITION BY a.tier, a.stage, a.kind ORDER BY a.days)
),
-- As percentile_cont tells them: between the two lengths at the places on both sides.
shares AS (
  SELECT p.tier, p.stage, p.kind, q.share, q.share * (t.stays::float8 - 1) AS at,
         max(p.days) FILTER (WHERE floor(q.share * (t.stays::float8 - 1)) BETWEEN p.first AND p.last)::float8 AS low,
         max(p.days) FILTER (WHERE ceil(q.share * (t.stays::float8 - 1)) BETWEEN p.first AND p.last)::float8 AS high
    FROM placed p
    JOIN told t ON t.tier = p.tier AND t.stage = p.stage
    CROSS JOIN (VALUES (0.5::float8), (0.9::float8)) AS q (share)
   GROUP BY p.tier, p.stage, p.kind, q.share, t.stays
),
percentiles AS (
  SELECT s.tier, s.stage,
         max(s.days) FILTER (WHERE s.kind = 'working' AND s.share = 0.5) AS median_working_days,
         max(s.days) FILTER (WHERE s.kind = 'working' AND s.share = 0.9) AS p90_working_days,
         max(s.days) FILTER (WHERE s.kind = 'calendar' AND s.share = 0.5) AS median_calendar_days
    FROM (SELECT s.*, s.low + (s.at - floor(s.at)) * (s.high - s.low) AS days FROM shares s) s
   GROUP BY s.tier, s.stage
)
SELECT t.tier || '/' || t.stage AS "group", t.tier, t.stage, t.stays::bigint AS stays, p.median_working_days,
       p.p90_working_days, (round(t.working_days / nullif(t.stays, 0), 4))::float8 AS mean_working_days,
       p.median_calendar_days, t.longest_working_days, t.journey_unknown
  FROM told t
  LEFT JOIN percentiles p ON p.tier = t.tier AND p.stage = t.stage
 ORDER BY array_position(ARRAY['direct_access', 'non_complex', 'moderate', 'complex'], t.tier), t.tier, t.stage
