-- name: doubtful times
-- counts: doubtful times by kind, also those of which there is none, with what to do about each
-- source: doubtful_times.units
SELECT k.doubt AS "group", k.doubt, count(u.case_id) AS times, count(DISTINCT u.case_id) AS cases_concerned, k.what_to_do
  FROM (VALUES
    (1, 'recorded_late', 'Recorded more than 14 days after it happened. Check the day with whoever recorded it.'),
    (2, 'corrected', 'The time was corrected later. Look at the reason given with the correction.'),
    (3, 'journey_unknown', 'Brought in without the steps between. The time in the stage before is an upper limit.'),
    (4, 'contact_long_before_referral', 'First contact more than a year before the referral was logged. Check the year.'),
    (5, 'contact_after_referral', 'First contact after the referral was logged. It is counted from the referral; correct it.'),
    (6, 'solved_on_the_first_day', 'The solution was in place on the day of first contact. Check both days.')
  ) k (place, doubt, what_to_do)
  LEFT JOIN units u ON u."group" = k.doubt
 GROUP BY k.place, k.doubt, k.what_to_do
 ORDER BY k.place
