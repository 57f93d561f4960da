-- name: tallies, as they are asked for
-- counts: tallies of some kinds by group, with what has moved since taken out and put in anew
-- source: report_tallies; `moved` has the same columns, with numbers below nought for what is to be taken out
tallied AS (
  SELECT t.what, t.on_day, t.tenure, t.tier, t.detail, t.pathway_key, t.calendar_key, t.days, t.number, t.within_target,
         t.with_target, t.doubtful
    FROM report_tallies t
   WHERE t.measure = :measure AND t.told_by = :told_by AND t.what = ANY (CAST(:whats AS text[]))
     AND (t.what = 'open' OR CAST(:from_month AS date) IS NULL OR t.on_day >= CAST(:from_month AS date))
     AND (t.what = 'open' OR CAST(:to_month AS date) IS NULL OR t.on_day <= CAST(:to_month AS date))
  UNION ALL
  SELECT m.what, m.on_day, m.tenure, m.tier, m.detail, m.pathway_key, m.calendar_key, m.days, m.number, m.within_target,
         m.with_target, m.doubtful
    FROM jsonb_to_recordset(CAST(:moved AS jsonb))
         AS m (what text, told_by text, on_day date, tenure text, tier text, detail text, pathway_key text, calendar_key text,
               days integer, number bigint, within_target bigint, with_target bigint, doubtful bigint)
   WHERE m.told_by = :told_by AND m.what = ANY (CAST(:whats AS text[]))
     AND (m.what = 'open' OR CAST(:from_month AS date) IS NULL OR m.on_day >= CAST(:from_month AS date))
     AND (m.what = 'open' OR CAST(:to_month AS date) IS NULL OR m.on_day <= CAST(:to_month AS date))
),
-- What is open has no end yet: it is of today, and has taken so many days by now.
dated AS MATERIALIZED (
  SELECT s.what, s.on_day, s.tenure, s.tier, s.detail, s.pathway_key, s.number, s.within_target, s.with_target, s.doubtful,
         CASE WHEN s.what = 'open' THEN d.ended_on ELSE s.on_day END AS ended_on,
         CASE WHEN s.what = 'open' THEN coalesce(k.places[d.ended_on - k.first + 1], weekdays_through(d.ended_on))
                                      - coalesce(k.places[s.on_day - k.first + 1], weekdays_through(s.on_day))
              ELSE s.days END AS days
    FROM tallied s
    LEFT JOIN working k ON k.calendar_key = s.calendar_key
    CROSS JOIN LATERAL (SELECT greatest(CAST(:today AS date), s.on_day) AS ended_on) d
   WHERE (CAST(:tenure AS text) IS NULL OR s.tenure = CAST(:tenure AS text))
     AND (CAST(:tier AS text) IS NULL OR s.tier = CAST(:tier AS text))
)
