-- name: what units to be kept have waited
-- counts: for each unit the days of holds that are over, and the day on which one began that is not
-- source: the measure's own holds; holds of one case never overlap
waits_each AS MATERIALIZED (
  SELECT w.case_id, w.sequence, w.since, w.goes_on, w.until - w.since AS calendar_days,
         coalesce(k.places[w.until - k.first + 1], weekdays_through(w.until))
           - coalesce(k.places[w.since - k.first + 1], weekdays_through(w.since)) AS working_days
    FROM (SELECT DISTINCT t.case_id, t.sequence, c.calendar_key, greatest(h.held_from, t.started_on) AS since,
                 least(coalesce(h.held_to, t.ended_on), t.ended_on) AS until,
                 h.held_to IS NULL AND t.status = 'open' AS goes_on
            FROM told t JOIN seen c ON c.id = t.case_id JOIN held h ON h.case_id = t.case_id) w
    LEFT JOIN working k ON k.calendar_key = w.calendar_key
   WHERE w.until > w.since OR w.goes_on
),
waits AS (
  SELECT w.case_id, w.sequence, coalesce(sum(w.calendar_days) FILTER (WHERE NOT w.goes_on), 0)::integer AS calendar_days,
         coalesce(sum(w.working_days) FILTER (WHERE NOT w.goes_on), 0)::integer AS working_days,
         max(w.since) FILTER (WHERE w.goes_on) AS held_since
    FROM waits_each w
   GROUP BY w.case_id, w.sequence
)
