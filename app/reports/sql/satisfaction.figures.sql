-- name: satisfaction
-- counts: people by what they said, all in all; of those who answered, how many were satisfied
-- source: satisfaction.units
SELECT u."group", count(*) AS asked, count(*) FILTER (WHERE u.answer <> 'not_answered') AS answered,
       count(*) FILTER (WHERE u.answer = 'very_satisfied') AS very_satisfied,
       count(*) FILTER (WHERE u.answer = 'satisfied') AS satisfied,
       count(*) FILTER (WHERE u.answer = 'neither') AS neither,
       count(*) FILTER (WHERE u.answer = 'dissatisfied') AS dissatisfied,
       count(*) FILTER (WHERE u.answer = 'very_dissatisfied') AS very_dissatisfied,
       round(100.0 * count(*) FILTER (WHERE u.answer IN ('very_satisfied', 'satisfied'))
             / nullif(count(*) FILTER (WHERE u.answer <> 'not_answered'), 0), 1)::float8 AS percent_satisfied
  FROM units u
 GROUP BY u."group"
 ORDER BY u."group"
