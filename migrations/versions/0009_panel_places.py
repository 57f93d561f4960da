"""How many cases a panel meeting has on its agenda, told to those who may not see all of them.

Row-level security hides the items of cases that a reader may not open; counted by that reader, a full meeting would
seem to have free places. This narrow door gives the number and nothing else.
"""

from alembic import op

revision = "0009_panel_places"
down_revision = "0008_calendars"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE FUNCTION door.booked(meeting integer) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
          SELECT count(*)::integer FROM panel_items WHERE meeting_id = meeting AND closed_at IS NULL
        $$;
        REVOKE ALL ON FUNCTION door.booked(integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.booked(integer) TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION door.booked(integer)")
