-- name: repeats
-- counts: times that a need came back, by kind, also kinds of which there is none
-- source: repeats.units
SELECT k.kind AS "group", k.kind, count(u.case_id) AS times, count(DISTINCT u.case_id) AS cases_concerned
  FROM (VALUES (1, 'reopened'), (2, 'repeat_linked'), (3, 'repeat_separated')) k (place, kind)
  LEFT JOIN units u ON u."group" = k.kind
 GROUP BY k.place, k.kind
 ORDER BY k.place
