-- name: what stays in stages add up to
-- counts: stays that began and that ended in a month, by stage, of all and by tenure and by tier
-- source: stays, each with what it is told by
SELECT m.what, CASE GROUPING(t.tenure, t.tier) WHEN 3 THEN 'none' WHEN 1 THEN 'tenure' ELSE 'tier' END AS told_by,
       m.on_day, coalesce(t.tenure, '') AS tenure, coalesce(t.tier, '') AS tier, t.stage AS detail, t.pathway_key, t.calendar_key,
       0 AS days, count(*) AS number,
       0::bigint AS within_target, 0::bigint AS with_target, 0::bigint AS doubtful
  FROM stays t
  CROSS JOIN LATERAL (VALUES
    ('entered', date_trunc('month', t.started_on)::date),
    ('left_behind', CASE WHEN t.status <> 'open' THEN date_trunc('month', t.ended_on)::date END)
  ) AS m (what, on_day)
 WHERE m.on_day IS NOT NULL
 GROUP BY m.what, m.on_day, t.stage, t.pathway_key, t.calendar_key, GROUPING SETS ((), (t.tenure), (t.tier))
