-- name: days on hold while waiting for the person
-- counts: for each solution the days of its episode that such holds took
-- source: turning points; holds of one case never overlap
-- needs: turns, solved
person_holds AS (
  SELECT h.case_id, h.held_from, h.held_to
    FROM (SELECT t.case_id, t.hold, t.waits_on, t.day AS held_from,
                 lead(t.day) OVER (PARTITION BY t.case_id ORDER BY t.sequence) AS held_to
            FROM turns t WHERE t.hold IS NOT NULL) h
   WHERE h.hold = 'opens' AND h.waits_on = 'person'
),
waited AS (
  SELECT w.case_id, w.sequence, sum(w.until - w.since) AS calendar_days,
         sum(coalesce(b.working_index, weekdays_through(w.until))
           - coalesce(a.working_index, weekdays_through(w.since))) AS working_days
    FROM (SELECT s.case_id, s.sequence, s.calendar_key, greatest(h.held_from, s.started_on) AS since,
                 least(coalesce(h.held_to, s.stopped_on), s.stopped_on) AS until
            FROM solved s JOIN person_holds h ON h.case_id = s.case_id) w
    LEFT JOIN calendar_days a ON a.calendar_key = w.calendar_key AND a.day = w.since
    LEFT JOIN calendar_days b ON b.calendar_key = w.calendar_key AND b.day = w.until
   WHERE w.until > w.since
   GROUP BY w.case_id, w.sequence
)
