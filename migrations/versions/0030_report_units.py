"""What a summarised measure counts, kept: one row for each unit, so that a dashboard does not count the journal anew.

`report_state` says up to which event of the journal the units are whole. A case with a later event is counted from the
journal itself, so a report is exactly what it would be without these tables, at every moment.
"""

from alembic import op

revision = "0030_report_units"
down_revision = "0029_snapshots"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE report_units (
          measure text NOT NULL,
          case_id bigint NOT NULL CONSTRAINT fk_report_units_case_id_cases REFERENCES cases,
          episode integer NOT NULL,
          sequence integer NOT NULL,
          status text NOT NULL CONSTRAINT ck_report_units_status CHECK (status IN ('done', 'left', 'open')),
          started_on date NOT NULL,
          -- Null while it is open: its end is the day on which somebody asks.
          ended_on date,
          tier text NOT NULL, stage text NOT NULL, custody_id integer NOT NULL, outcome text, about text,
          doubtful boolean NOT NULL,
          known_at integer NOT NULL,
          -- Days on holds that the net figure leaves out; of one that is still open only the day on which it began.
          waited_calendar_days integer NOT NULL, waited_working_days integer NOT NULL, held_since date,
          CONSTRAINT pk_report_units PRIMARY KEY (measure, case_id, episode),
          CONSTRAINT ck_report_units_ended_unless_open CHECK ((ended_on IS NULL) = (status = 'open'))
        );
        CREATE TABLE report_state (
          measure text CONSTRAINT pk_report_state PRIMARY KEY,
          journal_id bigint NOT NULL,
          refreshed_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        ALTER TABLE report_units ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_case ON report_units TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = report_units.case_id));
        GRANT SELECT ON report_units, report_state TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE report_units, report_state")
