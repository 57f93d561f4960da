-- name: the cases behind a measure's figure
-- counts: nothing; the units of one status, the longest first
-- source: units; `n` tells apart the units of one event
SELECT u.case_id, u.sequence, u.n, u.reference, u."group", u.tier, u.stage, o.name AS organisation,
       u.started_on, u.ended_on, u.calendar_days, u.working_days, u.net_calendar_days, u.net_working_days, u.about,
       u.status, u.doubtful
  FROM (SELECT s.*, row_number() OVER (PARTITION BY s.case_id, s.sequence ORDER BY s."group", s.amount) AS n
          FROM units s WHERE s.status = CAST(:status AS text)) u
  JOIN organisations o ON o.id = u.custody_id
 WHERE (CAST(:group AS text) IS NULL OR u."group" = CAST(:group AS text))
   AND (CAST(:after_days AS integer) IS NULL
        OR (-u.working_days, u.case_id, u.sequence, u.n)
         > (-CAST(:after_days AS integer), CAST(:after_case AS bigint), CAST(:after_sequence AS integer),
            CAST(:after_n AS integer)))
 ORDER BY -u.working_days, u.case_id, u.sequence, u.n
 LIMIT :limit
