-- name: involvement
-- counts: solutions in place by how many organisations and people took part
-- source: involvement.units
SELECT u."group", count(*) AS completed,
       count(*) FILTER (WHERE u.organisations = 1) AS one_organisation,
       count(*) FILTER (WHERE u.organisations = 2) AS two_organisations,
       count(*) FILTER (WHERE u.organisations = 3) AS three_organisations,
       count(*) FILTER (WHERE u.organisations > 3) AS more_organisations,
       round(avg(u.organisations), 2)::float8 AS mean_organisations, round(avg(u.people), 2)::float8 AS mean_people,
       max(u.people) AS most_people
  FROM units u
 GROUP BY u."group"
 ORDER BY u."group"
