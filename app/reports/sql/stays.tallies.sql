-- name: what stays in stages add up to
-- counts: stays that began and that ended in a month, by stage, of all and by tenure and by tier
-- source: stays, as `told`
SELECT m.what, CASE GROUPING(c.tenure, t.tier) WHEN 3 THEN 'none' WHEN 1 THEN 'tenure' ELSE 'tier' END AS told_by,
       m.on_day, coalesce(c.tenure, '') AS tenure, coalesce(t.tier, '') AS tier, t.stage AS detail, c.pathway_key, c.calendar_key,
       0 AS days, count(*) AS number,
       0::bigint AS within_target, 0::bigint AS with_target, 0::bigint AS doubtful
  FROM told t
  JOIN seen c ON c.id = t.case_id
  CROSS JOIN LATERAL (VALUES
    ('entered', date_trunc('month', t.started_on)::date),
    ('left_behind', CASE WHEN t.status <> 'open' THEN date_trunc('month', t.ended_on)::date END)
  ) AS m (what, on_day)
 WHERE m.on_day IS NOT NULL
 GROUP BY m.what, m.on_day, t.stage, c.pathway_key, c.calendar_key, GROUPING SETS ((), (c.tenure), (t.tier))
