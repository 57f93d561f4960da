-- name: the cases behind a figure
-- counts: how many there are, beside each; the units of any report, the longest first
-- source: the report's own units; `n` tells apart the units of one event
SELECT u.case_id, u.sequence, u.n, u.reference, u."group", u.tier, u.stage, o.name AS organisation,
       u.started_on, u.ended_on, u.calendar_days, u.working_days, u.net_calendar_days, u.net_working_days, u.about,
       u.total
  FROM (SELECT s.*, row_number() OVER (PARTITION BY s.case_id, s.sequence ORDER BY s."group") AS n,
               count(*) OVER () AS total
          FROM units s
         WHERE CAST(:group AS text) IS NULL OR s."group" = CAST(:group AS text)) u
  JOIN organisations o ON o.id = u.custody_id
 WHERE (CAST(:after_days AS integer) IS NULL
        OR (-u.working_days, u.case_id, u.sequence, u.n)
         > (-CAST(:after_days AS integer), CAST(:after_case AS bigint), CAST(:after_sequence AS integer),
            CAST(:after_n AS integer)))
 ORDER BY -u.working_days, u.case_id, u.sequence, u.n
 LIMIT :limit
