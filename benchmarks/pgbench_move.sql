-- The statements of one move (a hold, then a resume on the next run of the same case), as the app's role, without HTTP,
-- Python, policy or pathway: what PostgreSQL alone can do of it.
-- Every other case is held by the mover's organisation.
\set id 2 * random(:first, :last)
BEGIN;
SELECT user_id FROM door.enter(decode(:hash, 'hex')) \gset
SELECT sequence, tier, stage, custody_id, coalesce(resume_stage, 'received') AS back FROM cases WHERE id = :id FOR UPDATE \gset
INSERT INTO case_events (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id, actor_id,
                         actor_kind, organisation_id, details, effects)
VALUES (:id, :sequence + 1, 'moved', 'hold', :tier, :stage, :tier, :stage, :custody_id, :user_id, 'user', :custody_id,
        '{"reason": "contractor_delay", "waits_on": "contractor", "review_on": "2099-01-05"}',
        '{"stage_group": "intake", "resume_stage": "received"}')
RETURNING encode(hash, 'hex') AS head, occurred_at \gset
UPDATE cases SET sequence = sequence + 1, stage_since = :occurred_at::timestamptz, last_occurred_at = :occurred_at::timestamptz, due_on = '2099-01-05',
       head_hash = decode(:head, 'hex'), memory = memory || '{"bench": 1}' WHERE id = :id;
SELECT e.sequence, e.kind, e.action, e.occurred_at, e.recorded_at, u.name, o.name, e.details
  FROM case_events e LEFT JOIN users u ON u.id = e.actor_id JOIN organisations o ON o.id = e.organisation_id
 WHERE e.case_id = :id AND e.sequence = :sequence + 1;
COMMIT;
