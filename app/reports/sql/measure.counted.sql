-- name: figures of a measure that counts an event
-- counts: its units by group, and those with a doubtful time
-- source: units
SELECT u."group", count(*) FILTER (WHERE u.status = 'done') AS completed,
       count(*) FILTER (WHERE u.status = 'done' AND u.doubtful) AS doubtful
  FROM units u
 GROUP BY u."group"
 ORDER BY u."group"
