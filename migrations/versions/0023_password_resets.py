"""Setting a forgotten password anew by a link that is good once and for half an hour.

The link's secret is made by the worker that sends it, so it stands nowhere but in the message; its hash is kept here.
Whether somebody asked for an account that there is or for none is the same for the service: it learns only whether the
asking was counted as too much.
"""

from alembic import op

revision = "0023_password_resets"
down_revision = "0022_documents"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE reset_requests (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_reset_requests PRIMARY KEY,
          at timestamptz NOT NULL,
          -- Keyed hashes, as of tries to sign in.
          account bytea NOT NULL,
          address bytea NOT NULL,
          -- NULL where nobody has the e-mail address that was typed.
          user_id integer CONSTRAINT fk_reset_requests_user_id_users REFERENCES users
        );
        CREATE INDEX ix_reset_requests_account ON reset_requests (account, at);
        CREATE INDEX ix_reset_requests_address ON reset_requests (address, at);
        CREATE INDEX ix_reset_requests_at ON reset_requests (at);
        CREATE TABLE password_resets (
          -- The SHA-256 of 256 bits of chance.
          token_hash bytea CONSTRAINT pk_password_resets PRIMARY KEY
            CONSTRAINT ck_password_resets_token_hash CHECK (length(token_hash) = 32),
          user_id integer NOT NULL CONSTRAINT fk_password_resets_user_id_users REFERENCES users,
          made_at timestamptz NOT NULL,
          used_at timestamptz
        );
        CREATE INDEX ix_password_resets_user_id ON password_resets (user_id) WHERE used_at IS NULL;
        CREATE INDEX ix_password_resets_made_at ON password_resets (made_at);
        ALTER TABLE reset_requests ENABLE ROW LEVEL SECURITY;
        ALTER TABLE password_resets ENABLE ROW LEVEL SECURITY;
        """
    )
    op.execute(
        """
        -- The number of the request, or NULL: three an hour for an account, twenty for an address.
        CREATE FUNCTION door.ask_for_reset(typed text, typed_from text) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
          who bytea := door.keyed('account', btrim(typed));
          place bytea := door.keyed('address', typed_from);
          moment timestamptz; request bigint;
        BEGIN
          PERFORM pg_advisory_xact_lock(7401007, hashtext(encode(place, 'hex')));
          PERFORM pg_advisory_xact_lock(7401008, hashtext(encode(who, 'hex')));
          moment := clock_timestamp();
          DELETE FROM reset_requests WHERE id = ANY (ARRAY(
            SELECT r.id FROM reset_requests r WHERE r.at < moment - interval '1 day' LIMIT 1000));
          DELETE FROM password_resets WHERE token_hash = ANY (ARRAY(
            SELECT p.token_hash FROM password_resets p WHERE p.made_at < moment - interval '1 day' LIMIT 1000));
          IF (SELECT count(*) FROM reset_requests r WHERE r.account = who AND r.at > moment - interval '1 hour') >= 3
             OR (SELECT count(*) FROM reset_requests r WHERE r.address = place AND r.at > moment - interval '1 hour') >= 20
          THEN RETURN NULL; END IF;
          INSERT INTO reset_requests (at, account, address, user_id)
          SELECT moment, who, place, u.id
            FROM (SELECT) one LEFT JOIN users u ON lower(u.email) = lower(btrim(typed)) AND u.active
          RETURNING id INTO request;
          RETURN request;
        END $$;
        -- Whose link it is, while it stands: unused, not older than half an hour, of somebody who is still there.
        CREATE FUNCTION door.reset_of(hash bytea) RETURNS TABLE (user_id integer, email text, name text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT u.id, u.email, u.name FROM password_resets p JOIN users u ON u.id = p.user_id AND u.active
           WHERE p.token_hash = hash AND p.used_at IS NULL AND p.made_at > clock_timestamp() - interval '30 minutes'
        $$;
        -- The user whose password it was; NULL where the link does not stand. Every other link and session of theirs ends.
        CREATE FUNCTION door.use_reset(hash bytea, new_password_hash text) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE whose integer;
        BEGIN
          UPDATE password_resets p SET used_at = clock_timestamp() FROM door.reset_of(hash) r
           WHERE p.token_hash = hash AND p.used_at IS NULL RETURNING p.user_id INTO whose;
          IF whose IS NULL THEN RETURN NULL; END IF;
          UPDATE password_resets SET used_at = clock_timestamp() WHERE user_id = whose AND used_at IS NULL;
          UPDATE users SET password_hash = new_password_hash WHERE id = whose;
          UPDATE sessions SET ended_at = clock_timestamp() WHERE user_id = whose AND ended_at IS NULL;
          RETURN whose;
        END $$;
        REVOKE ALL ON FUNCTION door.ask_for_reset(text, text), door.reset_of(bytea), door.use_reset(bytea, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.ask_for_reset(text, text), door.reset_of(bytea), door.use_reset(bytea, text)
           TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION door.use_reset(bytea, text), door.reset_of(bytea), door.ask_for_reset(text, text)")
    op.execute("DROP TABLE password_resets, reset_requests")
