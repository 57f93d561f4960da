-- name: turning points
-- counts: the events at which a clock stops, runs on or starts anew, a hold opens or closes, or a case ends
-- source: the journal's effects, decided by the pathway when the event happened
-- needs: journal
turns AS MATERIALIZED (
  SELECT j.case_id, j.sequence, j.day, j.to_tier, j.to_stage, j.custody_id,
         j.effects ->> 'clock' AS clock, j.effects ->> 'hold' AS hold, j.effects ->> 'ends' AS ends,
         j.effects ->> 'outcome' AS outcome, j.effects -> 'hold_details' ->> 'waits_on' AS waits_on,
         max(j.day) FILTER (WHERE j.effects ->> 'clock' = 'new_episode') OVER w AS reopened_on,
         count(*) FILTER (WHERE j.effects ->> 'clock' = 'new_episode') OVER w AS reopened
    FROM journal j
   WHERE j.effects ->> 'clock' IS NOT NULL OR j.effects ->> 'hold' IS NOT NULL OR j.effects ->> 'ends' IS NOT NULL
  WINDOW w AS (PARTITION BY j.case_id ORDER BY j.sequence)
)
