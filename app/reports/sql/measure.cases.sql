-- name: the cases behind a measure's figure
-- counts: how many there are, beside each; the units that one figure counts, or those of one status, the longest first
-- source: units; `n` tells apart the units of one event
SELECT u.case_id, u.sequence, u.n, u.reference, u."group", u.tier, u.stage, o.name AS organisation,
       u.started_on, u.ended_on, u.calendar_days, u.working_days, u.net_calendar_days, u.net_working_days, u.about,
       u.status, u.doubtful, u.amount, u.total
  FROM (SELECT s.*, row_number() OVER (PARTITION BY s.case_id, s.sequence ORDER BY s."group", s.amount) AS n,
               count(*) OVER () AS total
          FROM units s
         WHERE (CAST(:group AS text) IS NULL OR s."group" = CAST(:group AS text))
           AND (CAST(:least_days AS integer) IS NULL OR s.working_days >= CAST(:least_days AS integer))
           AND (CAST(:most_days AS integer) IS NULL OR s.working_days <= CAST(:most_days AS integer))
           AND CASE CAST(:figure AS text)
                 WHEN 'within_target' THEN s.status = 'done' AND s.working_days <= s.target_days
                 WHEN 'with_target' THEN s.status = 'done' AND s.target_days IS NOT NULL
                 WHEN 'over_target' THEN s.status = 'open' AND s.working_days > s.target_days
                 WHEN 'over_limit' THEN s.status IN ('done', 'open') AND s.ended_on
                   > s.started_on + make_interval(months => CAST(:limit_months AS integer))
                 WHEN 'doubtful' THEN s.status = 'done' AND s.doubtful
                 WHEN 'not_recorded' THEN s.amount IS NULL
                 WHEN 'journey_unknown' THEN s.status = 'unknown'
                 WHEN 'still_open' THEN s.status = 'open'
                 WHEN 'completed' THEN s.status = 'done' AND (CAST(:month_first AS date) IS NULL
                   OR s.ended_on BETWEEN CAST(:month_first AS date) AND CAST(:month_last AS date))
                 -- In a flow what ended by steps that nobody wrote down has left too.
                 WHEN 'left_before' THEN s.status = 'left' AND CAST(:month_first AS date) IS NULL
                   OR s.status IN ('left', 'unknown')
                     AND s.ended_on BETWEEN CAST(:month_first AS date) AND CAST(:month_last AS date)
                 WHEN 'came_in' THEN s.started_on BETWEEN CAST(:month_first AS date) AND CAST(:month_last AS date)
                 WHEN 'open_at_end' THEN s.started_on <= CAST(:month_last AS date)
                   AND (s.status = 'open' OR s.ended_on > CAST(:month_last AS date))
                 ELSE CASE WHEN CAST(:figure AS text) IS NULL THEN s.status = CAST(:status AS text)
                      -- The others are ways of leaving, in a month.
                      ELSE s.status = 'left' AND s.outcome = CAST(:figure AS text)
                        AND s.ended_on BETWEEN CAST(:month_first AS date) AND CAST(:month_last AS date) END
               END) u
  JOIN organisations o ON o.id = u.custody_id
 WHERE (CAST(:after_days AS integer) IS NULL
        OR (-u.working_days, u.case_id, u.sequence, u.n)
         > (-CAST(:after_days AS integer), CAST(:after_case AS bigint), CAST(:after_sequence AS integer),
            CAST(:after_n AS integer)))
 ORDER BY -u.working_days, u.case_id, u.sequence, u.n
 LIMIT :limit
