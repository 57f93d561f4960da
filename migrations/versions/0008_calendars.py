"""Calendars as rows, so that reports count working days in SQL exactly as the code does.

`working_index` is the number of working days from the calendar's first day up to and including `day`: the working days
after one day up to and including another are the difference of two indexes.
"""

from alembic import op

revision = "0008_calendars"
down_revision = "0007_edge"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE local_days (
          calendar_key text NOT NULL,
          day date NOT NULL,
          closed boolean NOT NULL,
          name text NOT NULL,
          added_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_local_days PRIMARY KEY (calendar_key, day)
        );
        CREATE TABLE calendar_days (
          calendar_key text NOT NULL,
          day date NOT NULL,
          working boolean NOT NULL,
          working_index integer NOT NULL,
          CONSTRAINT pk_calendar_days PRIMARY KEY (calendar_key, day) INCLUDE (working_index)
        );
        GRANT SELECT ON local_days, calendar_days TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE calendar_days, local_days")
