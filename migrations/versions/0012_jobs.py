"""The queue of jobs, by the library's own schema, and the reminders that jobs write.

The schema is what the installed library brings; its version is kept as the table's comment. When the library is
upgraded, a migration of its own applies the library's migrations from that version on (a test fails until it does).
The application's role gets no right to the queue's tables: it puts jobs in through one narrow door.
"""

from importlib.metadata import version
from importlib.resources import files

from alembic import op

revision = "0012_jobs"
down_revision = "0011_journal_seals"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema = (files("procrastinate.sql") / "schema.sql").read_text(encoding="utf-8")
    # To the driver, with its own escape for `%`: SQLAlchemy would read parameters into the functions' bodies.
    op.get_bind().exec_driver_sql(schema.replace("%", "%%"))
    op.execute(f"COMMENT ON TABLE procrastinate_jobs IS 'procrastinate {version('procrastinate')}'")
    op.execute(
        """
        -- A job is put in by the transaction that causes it: neither is there without the other. With a queueing lock
        -- that a waiting job already has, nothing is put in and NULL comes back.
        CREATE FUNCTION door.defer(task text, args jsonb, queueing_lock text, scheduled_at timestamptz)
        RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          RETURN (procrastinate_defer_jobs_v1(ARRAY[
            ROW('default', task, 0, NULL, queueing_lock, args, scheduled_at)::procrastinate_job_to_defer_v1]))[1];
        EXCEPTION WHEN unique_violation THEN RETURN NULL;
        END $$;
        REVOKE ALL ON FUNCTION door.defer(text, jsonb, text, timestamptz) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.defer(text, jsonb, text, timestamptz) TO adapt_app;
        CREATE TABLE reminders (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_reminders PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_reminders_case_id_cases REFERENCES cases,
          kind text NOT NULL CONSTRAINT ck_reminders_kind CHECK (kind IN ('hold_review')),
          hold_id bigint CONSTRAINT fk_reminders_hold_id_holds REFERENCES holds,
          -- Who should look: the person the case is assigned to, else whoever holds the stage's role in the organisation.
          user_id integer CONSTRAINT fk_reminders_user_id_users REFERENCES users,
          role text NOT NULL CONSTRAINT fk_reminders_role_roles REFERENCES roles,
          organisation_id integer NOT NULL CONSTRAINT fk_reminders_organisation_id_organisations REFERENCES organisations,
          due_on date NOT NULL,
          message text NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          done_at timestamptz
        );
        CREATE UNIQUE INDEX uq_reminders_hold ON reminders (hold_id, due_on) WHERE kind = 'hold_review';
        CREATE INDEX ix_reminders_case_id ON reminders (case_id);
        CREATE INDEX ix_reminders_user_id ON reminders (user_id, due_on) WHERE done_at IS NULL;
        CREATE INDEX ix_reminders_organisation_id ON reminders (organisation_id, role, due_on) WHERE done_at IS NULL;
        ALTER TABLE reminders ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_case ON reminders TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = reminders.case_id));
        GRANT SELECT, UPDATE (done_at) ON reminders TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE reminders")
    op.execute("DROP FUNCTION door.defer(text, jsonb, text, timestamptz)")
    op.execute(
        """
        DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
        DO $$
        DECLARE f record;
        BEGIN
          FOR f IN SELECT oid::regprocedure AS signature FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'procrastinate_') LOOP
            EXECUTE 'DROP FUNCTION ' || f.signature || ' CASCADE';
          END LOOP;
        END $$;
        DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status;
        """
    )
