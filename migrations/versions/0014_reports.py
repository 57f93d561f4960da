"""What reports and exports need beside the journal: its turning points by index, days before the calendars, a salt.

Most events change no clock, hold or ending. The index keeps the few that do, so that a report over them reads as many
rows as there were turning points and not the whole journal.
"""

from alembic import op

revision = "0014_reports"
down_revision = "0013_check_runs"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE INDEX ix_case_events_turning_points ON case_events (case_id, sequence)
          WHERE effects ->> 'clock' IS NOT NULL OR effects ->> 'hold' IS NOT NULL OR effects ->> 'ends' IS NOT NULL;
        -- Weekdays after Monday 1 January of year 1 up to and including `day`: what `calendar_days.working_index` is
        -- for a day before the first that a calendar knows of, when no day but Saturday and Sunday was closed.
        CREATE FUNCTION weekdays_through(day date) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
          SELECT (day - date '0001-01-01' + 1) / 7 * 5 + least((day - date '0001-01-01' + 1) % 7, 5) - 1
        $$;
        CREATE TABLE export_salt (
          -- Keys the hashes that stand for people in exports. One a database, so that the exports of one partnership
          -- can be laid beside one another; it never leaves the database with them.
          id smallint CONSTRAINT pk_export_salt PRIMARY KEY DEFAULT 1 CONSTRAINT ck_export_salt_single CHECK (id = 1),
          salt bytea NOT NULL CONSTRAINT ck_export_salt_length CHECK (length(salt) = 32)
        );
        -- Random identifiers come from the server's own strong source of chance.
        INSERT INTO export_salt (salt) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
        GRANT SELECT ON export_salt TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE export_salt")
    op.execute("DROP FUNCTION weekdays_through(date)")
    op.execute("DROP INDEX ix_case_events_turning_points")
