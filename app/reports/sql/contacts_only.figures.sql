-- name: contact-only follow-ups
-- counts: contacts after which nothing but another contact came, beside those after progress
-- source: contacts_only.units
SELECT k.kind AS "group", k.kind, count(u.case_id) AS contacts, count(DISTINCT u.case_id) AS cases_concerned,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u.working_days) AS median_working_days_since
  FROM (VALUES (1, 'contact_after_progress'), (2, 'contact_after_contact')) k (place, kind)
  LEFT JOIN units u ON u."group" = k.kind
 GROUP BY k.place, k.kind
 ORDER BY k.place
