"""The application's role and the settings that row-level security reads.

`adapt_app` owns nothing: what it may see is decided by the settings that `door.enter` puts on a transaction.
Roles live in the whole cluster, so creating one must bear a second database that has created it already.
"""

from alembic import op

revision = "0001_doors"
down_revision = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        DO $$
        BEGIN
          PERFORM pg_advisory_xact_lock(7401002);
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'adapt_app') THEN
            CREATE ROLE adapt_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
          END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """
    )
    op.execute("CREATE SCHEMA door")
    op.execute("GRANT USAGE ON SCHEMA door TO adapt_app")
    op.execute("GRANT USAGE ON SCHEMA public TO adapt_app")
    # Read as `(SELECT door.x())` in a policy, each is worked out once a statement, not once a row.
    op.execute(
        """
        CREATE FUNCTION door.sees_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT coalesce(current_setting('adapt.everything', true), '') = 'on' $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION door.organisations() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT coalesce(nullif(current_setting('adapt.organisations', true), ''), '{}')::integer[] $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION door.user_id() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT nullif(current_setting('adapt.user_id', true), '')::integer $$
        """
    )


def downgrade() -> None:
    op.execute("DROP SCHEMA door CASCADE")
    op.execute("REVOKE USAGE ON SCHEMA public FROM adapt_app")
