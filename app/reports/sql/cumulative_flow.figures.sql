-- name: cumulative flow
-- counts: cases in each group of stages at the end of each month of the period
-- source: the journal's moves, each one case less in one group and one more in another, added up month by month
, span AS (
  SELECT date_trunc('month', least(coalesce(CAST(:happened_from AS date), d.last - interval '11 months'), d.last))::date
           AS first,
         date_trunc('month', d.last)::date AS last, d.last AS day
    FROM (SELECT least(CAST(:happened_to AS date), CAST(:as_known_on AS date), CAST(:today AS date)) AS last) d
),
-- A case leaves the stage that it had entered, even where its pathway's next version has given that another name.
stays AS (
  SELECT j.case_id, j.day, j.to_tier, j.to_stage, lag(j.to_tier) OVER w AS from_tier, lag(j.to_stage) OVER w AS from_stage
    FROM journal j
   WHERE j.kind IN ('moved', 'milestone_imported')
  WINDOW w AS (PARTITION BY j.case_id ORDER BY j.sequence)
),
moves AS (
  SELECT greatest(date_trunc('month', j.day)::date, span.first) AS month, t.stage_group AS entered,
         f.stage_group AS left_behind, j.to_tier, j.from_tier, count(*) AS number
    FROM stays j
    CROSS JOIN span
    JOIN seen c ON c.id = j.case_id
    LEFT JOIN stage_groups t ON t.pathway_key = c.pathway_key AND t.stage = j.to_stage
    LEFT JOIN stage_groups f ON f.pathway_key = c.pathway_key AND f.stage = j.from_stage
   WHERE j.day <= span.day
     AND (CAST(:tenure AS text) IS NULL OR c.tenure = CAST(:tenure AS text))
   GROUP BY 1, 2, 3, 4, 5
),
changes AS (
  SELECT m.month, m.entered AS stage_group, m.number FROM moves m
   WHERE m.entered IS NOT NULL AND (CAST(:tier AS text) IS NULL OR m.to_tier = CAST(:tier AS text))
  UNION ALL
  SELECT m.month, m.left_behind, -m.number FROM moves m
   WHERE m.left_behind IS NOT NULL AND (CAST(:tier AS text) IS NULL OR m.from_tier = CAST(:tier AS text))
),
told AS (
  SELECT months.month::date AS month, groups.stage_group, coalesce(sum(sum(c.number)) OVER w, 0)::bigint AS cases
    FROM span
    CROSS JOIN LATERAL generate_series(span.first, span.last, interval '1 month') AS months (month)
    CROSS JOIN (SELECT DISTINCT stage_groups.stage_group FROM stage_groups) groups
    LEFT JOIN changes c ON c.month = months.month AND c.stage_group = groups.stage_group
   GROUP BY months.month, groups.stage_group
  WINDOW w AS (PARTITION BY groups.stage_group ORDER BY months.month)
)
SELECT to_char(t.month, 'YYYY-MM') AS "group", to_char(t.month, 'YYYY-MM') AS month,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'intake'), 0)::bigint AS intake,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'assessing'), 0)::bigint AS assessing,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'deciding'), 0)::bigint AS deciding,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'delivering'), 0)::bigint AS delivering,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'checking'), 0)::bigint AS checking,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'held'), 0)::bigint AS held,
       coalesce(sum(t.cases) FILTER (WHERE t.stage_group = 'ended'), 0)::bigint AS ended
  FROM told t
 GROUP BY t.month
 ORDER BY t.month
