"""The journal: append-only, hash-chained, and the truth that a case's row must follow.

What the database refuses here, whoever writes: an event that does not continue the one before it, a time in the
future or before the case's previous event, any change or removal, and (at commit) a case whose state, sequence or
custody is not what its journal says. `recorded_at` is the database's own clock; only the schema's owner may give
another, for demonstrations and benchmarks, because the application's role has no right to that column.
"""

from alembic import op

revision = "0004_journal"
down_revision = "0003_cases"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE case_events (
          id bigint GENERATED ALWAYS AS IDENTITY,
          case_id bigint NOT NULL CONSTRAINT fk_case_events_case_id_cases REFERENCES cases,
          sequence integer NOT NULL CONSTRAINT ck_case_events_sequence CHECK (sequence >= 1),
          kind text NOT NULL CONSTRAINT ck_case_events_kind CHECK (kind IN
            ('moved', 'milestone_imported', 'conversation_recorded', 'assigned', 'note_added', 'document_added',
             'contact_made', 'handover_offered', 'handed_over', 'handover_declined', 'corrected', 'consent_recorded',
             'repeat_linked', 'repeat_separated', 'pathway_migrated')),
          action text CONSTRAINT ck_case_events_action CHECK ((action IS NOT NULL) = (kind IN ('moved', 'milestone_imported'))),
          from_tier text, from_stage text,
          to_tier text NOT NULL, to_stage text NOT NULL,
          custody_id integer NOT NULL CONSTRAINT fk_case_events_custody_id_organisations REFERENCES organisations,
          occurred_at timestamptz NOT NULL,
          recorded_at timestamptz NOT NULL,
          actor_id integer CONSTRAINT fk_case_events_actor_id_users REFERENCES users,
          actor_kind text NOT NULL DEFAULT 'user' CONSTRAINT ck_case_events_actor_kind CHECK (actor_kind IN ('user', 'import', 'system')),
          organisation_id integer NOT NULL CONSTRAINT fk_case_events_organisation_id_organisations REFERENCES organisations,
          -- What the actor said, for people to read.
          details jsonb NOT NULL DEFAULT '{}',
          -- What the event does to the case, decided by the pathway at that time: replaying needs the journal alone.
          effects jsonb NOT NULL DEFAULT '{}',
          previous_hash bytea NOT NULL,
          hash bytea NOT NULL,
          CONSTRAINT pk_case_events PRIMARY KEY (case_id, sequence),
          -- Nobody acts namelessly: a user's event names the user.
          CONSTRAINT ck_case_events_user_is_named CHECK (actor_kind <> 'user' OR actor_id IS NOT NULL)
        );
        CREATE INDEX ix_case_events_id ON case_events (id);
        CREATE INDEX ix_case_events_action ON case_events (action, occurred_at) WHERE action IS NOT NULL;
        CREATE INDEX ix_case_events_corrections ON case_events (case_id, sequence) WHERE kind = 'corrected';
        """
    )
    op.execute(
        """
        -- The journal's clock. The schema's owner, and nobody else, may put it at another time (`adapt.simulated_now`),
        -- so that a demonstration or a benchmark can live through two years in a minute.
        CREATE FUNCTION door.now() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT CASE WHEN session_user = current_user AND current_setting('role') = 'none'
                      THEN coalesce(nullif(current_setting('adapt.simulated_now', true), '')::timestamptz, clock_timestamp())
                      ELSE clock_timestamp() END
        $$;
        CREATE FUNCTION journal_hash(previous bytea, e case_events) RETURNS bytea LANGUAGE sql STABLE AS $$
          SELECT sha256(convert_to(jsonb_build_array(
            encode(previous, 'hex'), e.case_id, e.sequence, e.kind, e.action, e.from_tier, e.from_stage, e.to_tier, e.to_stage,
            e.custody_id, to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            e.actor_id, e.actor_kind, e.organisation_id, e.details, e.effects)::text, 'UTF8'))
        $$;
        CREATE FUNCTION journal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE last case_events;
        BEGIN
          SELECT * INTO last FROM case_events WHERE case_id = NEW.case_id ORDER BY sequence DESC LIMIT 1;
          -- The application's role has no right to this column, so a value here was given by the owner.
          NEW.recorded_at := coalesce(NEW.recorded_at, door.now());
          NEW.occurred_at := coalesce(NEW.occurred_at, NEW.recorded_at);
          IF NEW.occurred_at > NEW.recorded_at THEN
            RAISE EXCEPTION 'An event cannot have happened in the future.' USING ERRCODE = 'AD001';
          END IF;
          IF last.case_id IS NULL THEN
            IF NEW.sequence <> 1 OR NEW.from_stage IS NOT NULL OR NEW.from_tier IS NOT NULL THEN
              RAISE EXCEPTION 'A journal begins with sequence 1, from nowhere.' USING ERRCODE = 'AD003';
            END IF;
            NEW.previous_hash := '\\x'::bytea;
          ELSE
            IF NEW.sequence <> last.sequence + 1 THEN
              RAISE EXCEPTION 'Sequence % does not follow %.', NEW.sequence, last.sequence USING ERRCODE = 'AD003';
            END IF;
            IF (NEW.from_tier, NEW.from_stage) IS DISTINCT FROM (last.to_tier, last.to_stage) THEN
              RAISE EXCEPTION 'The event leaves a state the case is not in.' USING ERRCODE = 'AD003';
            END IF;
            IF NEW.occurred_at < last.occurred_at THEN
              RAISE EXCEPTION 'An event cannot have happened before the case''s previous event.' USING ERRCODE = 'AD002';
            END IF;
            NEW.previous_hash := last.hash;
          END IF;
          NEW.hash := journal_hash(NEW.previous_hash, NEW);
          RETURN NEW;
        END $$;
        CREATE TRIGGER journal_guard BEFORE INSERT ON case_events FOR EACH ROW EXECUTE FUNCTION journal_guard();
        CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'The journal is append-only: record a correction instead.' USING ERRCODE = 'AD004';
        END $$;
        CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON case_events
          FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
        CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON case_events
          FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
        CREATE TRIGGER cases_are_never_deleted BEFORE DELETE OR TRUNCATE ON cases
          FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
        """
    )
    op.execute(
        """
        CREATE FUNCTION case_follows_journal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE head case_events; c cases; which bigint;
        BEGIN
          IF TG_TABLE_NAME = 'cases' THEN which := NEW.id; ELSE which := NEW.case_id; END IF;
          SELECT * INTO head FROM case_events WHERE case_id = which ORDER BY sequence DESC LIMIT 1;
          SELECT * INTO c FROM cases WHERE id = which;
          IF (c.sequence, c.tier, c.stage, c.custody_id, c.head_hash, c.last_occurred_at) IS DISTINCT FROM
             (head.sequence, head.to_tier, head.to_stage, head.custody_id, head.hash, head.occurred_at) THEN
            RAISE EXCEPTION 'The case''s state does not follow its journal.' USING ERRCODE = 'AD005';
          END IF;
          RETURN NULL;
        END $$;
        -- At commit, so that event and state may be written in either order within one transaction.
        CREATE CONSTRAINT TRIGGER case_follows_journal AFTER INSERT OR UPDATE OF
          sequence, tier, stage, custody_id, head_hash, last_occurred_at ON cases
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_follows_journal();
        CREATE CONSTRAINT TRIGGER journal_moves_its_case AFTER INSERT ON case_events
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_follows_journal();
        """
    )
    op.execute(
        """
        -- What happened when, as best known: a correction of `occurred_at` counts, the first entry stays in the journal.
        CREATE VIEW events_as_corrected WITH (security_invoker = true) AS
        SELECT e.*, coalesce((
                 SELECT (c.details ->> 'now')::timestamptz FROM case_events c
                  WHERE c.case_id = e.case_id AND c.kind = 'corrected' AND c.details ->> 'field' = 'occurred_at'
                    AND (c.details ->> 'sequence')::integer = e.sequence
                  ORDER BY c.sequence DESC LIMIT 1), e.occurred_at) AS effective_at
          FROM case_events e;
        """
    )


def downgrade() -> None:
    op.execute("DROP VIEW events_as_corrected")
    op.execute("DROP TRIGGER case_follows_journal ON cases")
    op.execute("DROP TRIGGER cases_are_never_deleted ON cases")
    op.execute("DROP TABLE case_events CASCADE")
    op.execute("DROP FUNCTION case_follows_journal(), journal_guard(), journal_is_append_only(), door.now()")
