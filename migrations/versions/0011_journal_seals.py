"""Seals: each one covers every event since the one before, so that a removed case or a cut-off journal shows.

A case's hash chain shows a changed event; it cannot show that a whole case is gone, or a journal's last events with its
case's row set back. A seal's hash written down outside this database shows that too. `app.checks.offline` works out
the same hashes without a database.
"""

from alembic import op

revision = "0011_journal_seals"
down_revision = "0009_panel_places"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE journal_seals (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_journal_seals PRIMARY KEY,
          sealed_at timestamptz NOT NULL,
          up_to_event_id bigint NOT NULL CONSTRAINT uq_journal_seals_up_to_event_id UNIQUE,
          events bigint NOT NULL CONSTRAINT ck_journal_seals_events CHECK (events > 0),
          previous_hash bytea NOT NULL,
          hash bytea NOT NULL
        );
        CREATE FUNCTION journal_seal_digest(after_event_id bigint, to_event_id bigint)
        RETURNS TABLE (events bigint, digest bytea) LANGUAGE sql STABLE AS $$
          SELECT count(*), sha256(coalesce(string_agg(e.hash, '' ORDER BY e.id), ''))
            FROM case_events e WHERE e.id > after_event_id AND e.id <= to_event_id
        $$;
        CREATE FUNCTION journal_seal_hash(previous bytea, sealed_at timestamptz, to_event_id bigint, events bigint, digest bytea)
        RETURNS bytea LANGUAGE sql STABLE AS $$
          SELECT sha256(convert_to(jsonb_build_array(
            encode(previous, 'hex'), to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            to_event_id, events, encode(digest, 'hex'))::text, 'UTF8'))
        $$;
        CREATE TRIGGER seals_are_append_only BEFORE UPDATE OR DELETE ON journal_seals
          FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
        CREATE TRIGGER seals_are_never_emptied BEFORE TRUNCATE ON journal_seals
          FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE journal_seals")
    op.execute("DROP FUNCTION journal_seal_digest(bigint, bigint)")
    op.execute("DROP FUNCTION journal_seal_hash(bytea, timestamptz, bigint, bigint, bytea)")
