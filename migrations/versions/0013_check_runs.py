"""What the nightly integrity check found: one row a run, one row a finding, never a person's data."""

from alembic import op

revision = "0013_check_runs"
down_revision = "0012_jobs"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE check_runs (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_check_runs PRIMARY KEY,
          started_at timestamptz NOT NULL,
          finished_at timestamptz NOT NULL,
          cases bigint NOT NULL,
          errors bigint NOT NULL,
          warnings bigint NOT NULL,
          CONSTRAINT ck_check_runs_finished_after_start CHECK (finished_at >= started_at)
        );
        CREATE INDEX ix_check_runs_started_at ON check_runs (started_at);
        CREATE TABLE check_findings (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_check_findings PRIMARY KEY,
          run_id integer NOT NULL CONSTRAINT fk_check_findings_run_id_check_runs REFERENCES check_runs ON DELETE CASCADE,
          rule text NOT NULL,
          severity text NOT NULL CONSTRAINT ck_check_findings_severity CHECK (severity IN ('error', 'warning')),
          -- Not a foreign key: a finding may be about a case that is no longer there.
          reference text,
          message text NOT NULL
        );
        CREATE INDEX ix_check_findings_run_id ON check_findings (run_id, rule);
        ALTER TABLE check_findings ENABLE ROW LEVEL SECURITY;
        CREATE POLICY finding_about_a_visible_case ON check_findings FOR SELECT TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.reference = check_findings.reference));
        GRANT SELECT ON check_runs, check_findings TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE check_findings, check_runs")
