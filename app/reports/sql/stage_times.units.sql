-- name: time in stages, each stay
-- counts: one row for each stay in a stage that a case left
-- source: the journal; a stay begins with a move, or with an imported milestone that changes the stage
-- needs: journal, cases
stays AS (
  SELECT m.case_id, m.sequence, m.custody_id, m.day AS started_on, lead(m.day) OVER w AS ended_on,
         lead(m.from_tier) OVER w AS tier, lead(m.from_stage) OVER w AS stage,
         lead(m.journey) OVER w AS journey
    FROM (SELECT j.case_id, j.sequence, j.custody_id, j.day, j.from_tier, j.from_stage, j.details ->> 'journey' AS journey
            FROM journal j
           WHERE j.kind = 'moved'
              OR (j.kind = 'milestone_imported'
                  AND (j.from_tier, j.from_stage) IS DISTINCT FROM (j.to_tier, j.to_stage))
          -- In the journal's order, and what is read of an event is read once, not again for the window.
          ORDER BY j.case_id, j.sequence) m
  WINDOW w AS (PARTITION BY m.case_id ORDER BY m.sequence)
),
spans AS (
  SELECT s.case_id, s.sequence, c.reference, c.calendar_key, s.tier, s.stage, s.custody_id, s.started_on, s.ended_on,
         NULL::integer AS waited_calendar_days, NULL::integer AS waited_working_days,
         s.tier || '/' || s.stage AS "group",
         CASE WHEN s.journey = 'unknown' THEN 'journey unknown' END AS about
    FROM stays s
    JOIN seen c ON c.id = s.case_id
   WHERE s.ended_on IS NOT NULL
     AND (CAST(:tier AS text) IS NULL OR s.tier = CAST(:tier AS text))
     AND (CAST(:left_from AS date) IS NULL OR s.ended_on >= CAST(:left_from AS date))
     AND (CAST(:left_to AS date) IS NULL OR s.ended_on <= CAST(:left_to AS date))
)
