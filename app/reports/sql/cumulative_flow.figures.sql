-- name: cumulative flow
-- counts: cases in each group of stages at the end of each month of the period
-- source: cumulative_flow.units
, span AS (
  SELECT date_trunc('month', coalesce(CAST(:happened_from AS date), d.last - 365))::date AS first,
         date_trunc('month', d.last)::date AS last
    FROM (SELECT coalesce(CAST(:happened_to AS date), least(CAST(:as_known_on AS date), CAST(:today AS date))) AS last) d
),
changes AS (
  SELECT date_trunc('month', u.started_on)::date AS month, u."group", 1 AS change FROM units u
  UNION ALL
  SELECT date_trunc('month', u.left_on)::date, u."group", -1 FROM units u WHERE u.left_on IS NOT NULL
),
monthly AS (
  SELECT c.month, c."group", sum(c.change) AS change FROM changes c GROUP BY c.month, c."group"
),
told AS (
  SELECT m.month, m."group", sum(m.change) OVER (PARTITION BY m."group" ORDER BY m.month) AS cases
    FROM (SELECT a.month, a."group", coalesce(y.change, 0) AS change
            FROM (SELECT months.month::date AS month, groups."group"
                    FROM (SELECT DISTINCT monthly."group" FROM monthly) groups
                    CROSS JOIN (SELECT generate_series(least((SELECT min(monthly.month) FROM monthly), span.first),
                                                       span.last, interval '1 month') AS month FROM span) months) a
            LEFT JOIN monthly y ON y.month = a.month AND y."group" = a."group") m
)
SELECT to_char(t.month, 'YYYY-MM') AS "group", to_char(t.month, 'YYYY-MM') AS month,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'intake'), 0)::bigint AS intake,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'assessing'), 0)::bigint AS assessing,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'deciding'), 0)::bigint AS deciding,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'delivering'), 0)::bigint AS delivering,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'checking'), 0)::bigint AS checking,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'held'), 0)::bigint AS held,
       coalesce(sum(t.cases) FILTER (WHERE t."group" = 'ended'), 0)::bigint AS ended
  FROM told t CROSS JOIN span
 WHERE t.month >= span.first
 GROUP BY t.month
 ORDER BY t.month
