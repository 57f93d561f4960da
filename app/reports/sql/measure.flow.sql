-- name: flow, month by month
-- counts: what began in a month, what was done, what left without being done and how, and what was open at its end
-- source: all units, whatever the period; the months shown are those of the period
, moves AS (
  SELECT u."group", date_trunc('month', u.started_on)::date AS month, 1 AS came_in, 0 AS done, 0 AS gone,
         NULL::text AS outcome
    FROM units u
  UNION ALL
  SELECT u."group", date_trunc('month', u.ended_on)::date, 0, (u.status = 'done')::integer, (u.status <> 'done')::integer,
         CASE WHEN u.status = 'left' THEN coalesce(u.outcome, 'not_recorded') END
    FROM units u WHERE u.status IN ('done', 'left', 'unknown')
),
span AS (
  SELECT date_trunc('month', least(CAST(:shown_from AS date), CAST(:shown_to AS date)))::date AS first,
         date_trunc('month', CAST(:shown_to AS date))::date AS last
),
grid AS (
  SELECT g."group", m::date AS month
    FROM (SELECT DISTINCT moves."group" FROM moves) g
    CROSS JOIN span
    CROSS JOIN LATERAL generate_series(span.first, span.last, interval '1 month') AS m
),
before AS (
  SELECT v."group", sum(v.came_in - v.done - v.gone) AS waiting
    FROM moves v CROSS JOIN span WHERE v.month < span.first GROUP BY v."group"
),
each AS (
  SELECT g."group", g.month, coalesce(sum(v.came_in), 0)::bigint AS came_in, coalesce(sum(v.done), 0)::bigint AS done,
         coalesce(sum(v.gone), 0)::bigint AS gone,
         count(*) FILTER (WHERE v.outcome = 'advice_only') AS advice_only,
         count(*) FILTER (WHERE v.outcome = 'refused') AS refused,
         count(*) FILTER (WHERE v.outcome = 'withdrawn') AS withdrawn,
         count(*) FILTER (WHERE v.outcome = 'died') AS died,
         count(*) FILTER (WHERE v.outcome = 'moved_away') AS moved_away,
         count(*) FILTER (WHERE v.outcome = 'lost_contact') AS lost_contact,
         count(*) FILTER (WHERE v.outcome = 'declined_contribution') AS declined_contribution,
         count(*) FILTER (WHERE v.outcome = 'declined_works') AS declined_works,
         count(*) FILTER (WHERE v.outcome = 'duplicate') AS duplicate
    FROM grid g LEFT JOIN moves v ON v."group" = g."group" AND v.month = g.month
   GROUP BY g."group", g.month
)
SELECT e."group", to_char(e.month, 'YYYY-MM') AS month, e.came_in, e.done AS completed, e.gone AS left_before,
       (coalesce(b.waiting, 0) + sum(e.came_in - e.done - e.gone) OVER (PARTITION BY e."group" ORDER BY e.month))::bigint
         AS open_at_end,
       e.advice_only, e.refused, e.withdrawn, e.died, e.moved_away, e.lost_contact, e.declined_contribution,
       e.declined_works, e.duplicate
  FROM each e LEFT JOIN before b ON b."group" = e."group"
 ORDER BY e."group", e.month
