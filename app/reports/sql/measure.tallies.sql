-- name: what units add up to
-- counts: units that are alike in month and days, of all and by tenure and by tier; each unit is in several tallies
-- source: units, whatever the period
SELECT t.what, CASE GROUPING(u.tenure, u.tier) WHEN 3 THEN 'none' WHEN 1 THEN 'tenure' ELSE 'tier' END AS told_by,
       t.on_day, coalesce(u.tenure, '') AS tenure, coalesce(u.tier, '') AS tier, t.detail, u.pathway_key, u.calendar_key, t.days,
       count(*) AS number,
       count(*) FILTER (WHERE t.what = 'working' AND u.working_days <= u.target_days) AS within_target,
       count(u.target_days) FILTER (WHERE t.what = 'working') AS with_target,
       count(*) FILTER (WHERE t.what = 'working' AND u.doubtful) AS doubtful
  FROM units u
  CROSS JOIN LATERAL (SELECT date_trunc('month', u.started_on)::date AS began, date_trunc('month', u.ended_on)::date AS ended,
                             u.status = 'done' AS done) m
  CROSS JOIN LATERAL (VALUES
    ('started', true, m.began, '', 0),
    ('done', m.done, m.ended, '', 0),
    ('gone', u.status IN ('left', 'unknown'), m.ended,
     CASE WHEN u.status = 'left' THEN coalesce(u.outcome, 'not_recorded') ELSE '' END, 0),
    ('left', u.status = 'left', m.ended, '', u.working_days),
    -- How long it has taken is worked out on the day on which somebody asks.
    ('open', u.status = 'open', u.started_on, '', 0),
    ('working', m.done, m.ended, '', u.working_days),
    ('calendar', m.done, m.ended, '', u.calendar_days),
    ('net_working', m.done, m.ended, '', u.net_working_days),
    ('net_calendar', m.done, m.ended, '', u.net_calendar_days)
  ) AS t (what, counts, on_day, detail, days)
 WHERE t.counts
 GROUP BY t.what, t.on_day, t.detail, u.pathway_key, u.calendar_key, t.days, GROUPING SETS ((), (u.tenure), (u.tier))
