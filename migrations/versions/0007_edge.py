"""What the edge keeps: who read which case, and the first answer to each idempotency key."""

from alembic import op

revision = "0007_edge"
down_revision = "0006_row_level_security"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE case_reads (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_case_reads PRIMARY KEY,
          at timestamptz NOT NULL DEFAULT clock_timestamp(),
          user_id integer NOT NULL CONSTRAINT fk_case_reads_user_id_users REFERENCES users,
          -- Which door: the route's template, never a filled-in address.
          route text NOT NULL,
          case_ids bigint[] NOT NULL
        );
        CREATE INDEX ix_case_reads_case_ids ON case_reads USING gin (case_ids);
        CREATE INDEX ix_case_reads_user_id ON case_reads (user_id, at);
        CREATE TRIGGER reads_are_append_only BEFORE UPDATE OR DELETE ON case_reads
          FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
        ALTER TABLE case_reads ENABLE ROW LEVEL SECURITY;
        CREATE POLICY reads_are_recorded ON case_reads FOR INSERT TO adapt_app WITH CHECK (user_id = (SELECT door.user_id()));
        CREATE POLICY reads_are_audited ON case_reads FOR SELECT TO adapt_app USING ((SELECT door.sees_everything()));
        GRANT SELECT ON case_reads TO adapt_app;
        GRANT INSERT (user_id, route, case_ids) ON case_reads TO adapt_app;
        CREATE TABLE idempotency_keys (
          user_id integer NOT NULL CONSTRAINT fk_idempotency_keys_user_id_users REFERENCES users,
          key text NOT NULL CONSTRAINT ck_idempotency_keys_key CHECK (length(key) BETWEEN 1 AND 200),
          request_hash bytea NOT NULL,
          status smallint NOT NULL,
          content_type text NOT NULL,
          body bytea NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, key)
        );
        CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
        ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_keys ON idempotency_keys TO adapt_app
          USING (user_id = (SELECT door.user_id())) WITH CHECK (user_id = (SELECT door.user_id()));
        GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO adapt_app;
        -- /readyz compares it with what the code knows.
        GRANT SELECT ON alembic_version TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("REVOKE SELECT ON alembic_version FROM adapt_app")
    op.execute("DROP TABLE idempotency_keys, case_reads")
