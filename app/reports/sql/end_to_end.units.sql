-- name: end to end, each completed episode
-- counts: one row for each solution in place, from first contact (or reopening), with what was waited for the person
-- source: the journal; organisation, tier and priority are those of the case when the solution was in place
-- needs: solved, waited
spans AS (
  SELECT s.case_id, s.sequence, s.reference, s.calendar_key, s.to_tier AS tier, s.to_stage AS stage, s.custody_id,
         s.started_on, s.stopped_on AS ended_on,
         coalesce(w.calendar_days, 0)::integer AS waited_calendar_days,
         coalesce(w.working_days, 0)::integer AS waited_working_days,
         CASE CAST(:by AS text)
           WHEN 'tenure' THEN s.tenure
           WHEN 'tier' THEN s.to_tier
           WHEN 'organisation' THEN (SELECT o.name FROM organisations o WHERE o.id = s.custody_id)
           WHEN 'priority' THEN coalesce((
             SELECT j.effects -> 'sets' ->> 'priority' FROM journal j
              WHERE j.case_id = s.case_id AND j.sequence <= s.sequence
                AND j.effects -> 'sets' ->> 'priority' IS NOT NULL
              ORDER BY j.sequence DESC LIMIT 1), 'not_recorded')
           ELSE 'all'
         END AS "group",
         CASE WHEN s.episode > 1 THEN 'episode ' || s.episode END AS about
    FROM solved s
    LEFT JOIN waited w ON w.case_id = s.case_id AND w.sequence = s.sequence
)
