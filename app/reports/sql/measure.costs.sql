-- name: figures of a measure of cost
-- counts: completed works by group, what they cost, and those whose cost nobody recorded
-- source: units, one for each amount; a work that two paid for is one work and two amounts
SELECT u."group", count(DISTINCT (u.case_id, u.sequence)) AS works, sum(u.amount)::float8 AS pounds,
       count(*) FILTER (WHERE u.amount IS NULL) AS not_recorded,
       count(DISTINCT (u.case_id, u.sequence)) FILTER (WHERE u.doubtful) AS doubtful
  FROM units u
 GROUP BY u."group"
 ORDER BY u."group"
