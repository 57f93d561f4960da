"""A password that is changed, in whatever way, spends every link by which it could still be set anew."""

from alembic import op

revision = "0025_spent_resets"
down_revision = "0024_providers"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE FUNCTION door.spend_resets() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
          UPDATE password_resets SET used_at = clock_timestamp() WHERE user_id = NEW.id AND used_at IS NULL;
          RETURN NULL;
        END $$;
        REVOKE ALL ON FUNCTION door.spend_resets() FROM PUBLIC;
        CREATE TRIGGER changed_password_spends_resets AFTER UPDATE OF password_hash ON users
          FOR EACH ROW WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash)
          EXECUTE FUNCTION door.spend_resets();
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER changed_password_spends_resets ON users")
    op.execute("DROP FUNCTION door.spend_resets()")
