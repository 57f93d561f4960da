"""Signing in with a password: sessions, and the tries that are counted so that passwords cannot be guessed.

The application's role has no right to either table and can no longer read a password's hash: what it may do is what the
doors here do. A hash comes out only for a try that was counted first, and a session is opened only by such a try.

Tries are counted by the pair of account and address, so nobody can lock anybody else out by mistyping for them. Tries
from one address at many accounts are counted too, but never against those who have signed in from it before.
"""

from alembic import op

revision = "0016_sessions"
down_revision = "0015_imports"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE sessions (
          -- Only the SHA-256 of the cookie's 256 bits of chance is kept: a stolen table opens no door.
          id bytea CONSTRAINT pk_sessions PRIMARY KEY CONSTRAINT ck_sessions_id CHECK (length(id) = 32),
          user_id integer NOT NULL CONSTRAINT fk_sessions_user_id_users REFERENCES users,
          created_at timestamptz NOT NULL,
          last_seen_at timestamptz NOT NULL,
          expires_at timestamptz NOT NULL,
          ended_at timestamptz,
          CONSTRAINT ck_sessions_expires_after_creation CHECK (expires_at > created_at)
        );
        CREATE INDEX ix_sessions_user_id ON sessions (user_id) WHERE ended_at IS NULL;
        CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
        CREATE TABLE sign_in_key (
          -- Keys the hashes of what was typed. Nobody but the doors below reads it.
          id smallint CONSTRAINT pk_sign_in_key PRIMARY KEY DEFAULT 1 CONSTRAINT ck_sign_in_key_single CHECK (id = 1),
          key bytea NOT NULL CONSTRAINT ck_sign_in_key_length CHECK (length(key) = 32)
        );
        INSERT INTO sign_in_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
        CREATE TABLE sign_in_attempts (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sign_in_attempts PRIMARY KEY,
          at timestamptz NOT NULL,
          -- Keyed hashes: people type passwords where an e-mail address belongs.
          account bytea NOT NULL,
          address bytea NOT NULL,
          -- Counted as failed from the beginning, so that many tries at once are counted too.
          succeeded boolean NOT NULL DEFAULT false
        );
        CREATE INDEX ix_sign_in_attempts_pair ON sign_in_attempts (address, account, at);
        CREATE INDEX ix_sign_in_attempts_address ON sign_in_attempts (address, at) WHERE NOT succeeded;
        CREATE INDEX ix_sign_in_attempts_age ON sign_in_attempts (succeeded, at);
        -- No policy: were a right given by mistake, no row would be seen.
        ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
        ALTER TABLE sign_in_key ENABLE ROW LEVEL SECURITY;
        ALTER TABLE sign_in_attempts ENABLE ROW LEVEL SECURITY;
        """
    )
    op.execute(
        """
        CREATE FUNCTION door.keyed(kind text, typed text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
          SELECT sha256(k.key || sha256(convert_to(kind || ' ' || lower(typed), 'UTF8'))) FROM sign_in_key k
        $$;
        -- Until when a pair must wait: after five failures a minute, then twice as long each time, at most 15 minutes;
        -- and after fifty failures from one address within 15 minutes, unless the pair has succeeded before.
        CREATE FUNCTION door.sign_in_waits_until(who bytea, place bytea, moment timestamptz) RETURNS timestamptz
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE last_success timestamptz; failures integer; newest timestamptz; waits timestamptz;
        BEGIN
          SELECT max(a.at) INTO last_success FROM sign_in_attempts a
           WHERE a.address = place AND a.account = who AND a.succeeded AND a.at > moment - interval '30 days';
          SELECT count(*), max(a.at) INTO failures, newest FROM sign_in_attempts a
           WHERE a.address = place AND a.account = who AND NOT a.succeeded
             AND a.at > greatest(moment - interval '1 day', last_success);
          IF failures >= 5 THEN
            waits := newest + least(interval '15 minutes', interval '1 minute' * (2 ^ least(failures - 5, 4)));
          END IF;
          IF last_success IS NULL THEN
            waits := greatest(waits, (SELECT a.at + interval '15 minutes' FROM sign_in_attempts a
                                       WHERE a.address = place AND NOT a.succeeded AND a.at > moment - interval '15 minutes'
                                       ORDER BY a.at DESC OFFSET 49 LIMIT 1));
          END IF;
          RETURN waits;
        END $$;
        -- One row: how long to wait, or the number of the counted try with the user it is about (NULL: nobody's).
        CREATE FUNCTION door.password_of(typed text, typed_from text)
        RETURNS TABLE (attempt bigint, wait_seconds integer, user_id integer, password_hash text)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
          who bytea := door.keyed('account', btrim(typed));
          place bytea := door.keyed('address', typed_from);
          moment timestamptz; waits timestamptz; counted bigint;
        BEGIN
          -- One after another for an address: tries made at once cannot all find the count low.
          PERFORM pg_advisory_xact_lock(7401005, hashtext(encode(place, 'hex')));
          moment := clock_timestamp();
          waits := door.sign_in_waits_until(who, place, moment);
          IF waits > moment THEN
            RETURN QUERY SELECT NULL::bigint, ceil(extract(epoch FROM waits - moment))::integer, NULL::integer, NULL::text;
            RETURN;
          END IF;
          INSERT INTO sign_in_attempts (at, account, address) VALUES (moment, who, place) RETURNING id INTO counted;
          RETURN QUERY SELECT counted, 0, u.id, u.password_hash
                         FROM (SELECT) one LEFT JOIN users u ON lower(u.email) = lower(btrim(typed)) AND u.active;
        END $$;
        -- True when the try, not older than a minute and used by nobody, was at this user's account.
        CREATE FUNCTION door.open_session(attempt bigint, entering integer, secret_hash bytea) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE moment timestamptz := clock_timestamp();
        BEGIN
          UPDATE sign_in_attempts a SET succeeded = true FROM users u
           WHERE a.id = attempt AND NOT a.succeeded AND a.at > moment - interval '1 minute'
             AND u.id = entering AND u.active AND a.account = door.keyed('account', u.email);
          IF NOT FOUND THEN RETURN false; END IF;
          INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at)
          VALUES (secret_hash, entering, moment, moment, moment + interval '12 hours');
          -- What has served its purpose goes, a little with each success: failures after a day, the rest later.
          DELETE FROM sign_in_attempts WHERE id = ANY (ARRAY(
            SELECT a.id FROM sign_in_attempts a WHERE NOT a.succeeded AND a.at < moment - interval '1 day' LIMIT 1000));
          DELETE FROM sign_in_attempts WHERE id = ANY (ARRAY(
            SELECT a.id FROM sign_in_attempts a WHERE a.succeeded AND a.at < moment - interval '30 days' LIMIT 1000));
          DELETE FROM sessions WHERE id = ANY (ARRAY(
            SELECT s.id FROM sessions s WHERE s.expires_at < moment - interval '90 days' LIMIT 1000));
          RETURN true;
        END $$;
        CREATE FUNCTION door.enter_session(hash bytea)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE found sessions; moment timestamptz := clock_timestamp();
        BEGIN
          SELECT * INTO found FROM sessions s
           WHERE s.id = hash AND s.ended_at IS NULL AND s.expires_at > moment
             AND s.last_seen_at > moment - interval '30 minutes';
          IF found.id IS NULL THEN RETURN; END IF;
          -- Once a minute is enough, and several pages at once do not wait for one another.
          IF found.last_seen_at < moment - interval '1 minute' THEN
            UPDATE sessions SET last_seen_at = moment
             WHERE id = (SELECT s.id FROM sessions s WHERE s.id = hash FOR UPDATE SKIP LOCKED);
          END IF;
          RETURN QUERY SELECT e.* FROM door.enter_as(found.user_id) e;
        END $$;
        CREATE FUNCTION door.end_session(hash bytea) RETURNS void LANGUAGE sql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
          UPDATE sessions SET ended_at = clock_timestamp() WHERE id = hash AND ended_at IS NULL
        $$;
        REVOKE ALL ON FUNCTION door.keyed(text, text), door.sign_in_waits_until(bytea, bytea, timestamptz),
          door.password_of(text, text), door.open_session(bigint, integer, bytea), door.enter_session(bytea),
          door.end_session(bytea) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.password_of(text, text), door.open_session(bigint, integer, bytea),
          door.enter_session(bytea), door.end_session(bytea) TO adapt_app;
        """
    )
    op.execute(
        """
        REVOKE SELECT, INSERT, UPDATE ON users FROM adapt_app;
        GRANT SELECT (id, email, name, home_organisation_id, active, created_at),
              INSERT (email, name, home_organisation_id), UPDATE (email, name, home_organisation_id, active)
           ON users TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        REVOKE SELECT (id, email, name, home_organisation_id, active, created_at),
               INSERT (email, name, home_organisation_id), UPDATE (email, name, home_organisation_id, active)
            ON users FROM adapt_app;
        GRANT SELECT, INSERT, UPDATE ON users TO adapt_app;
        DROP FUNCTION door.end_session(bytea), door.enter_session(bytea), door.open_session(bigint, integer, bytea),
          door.password_of(text, text), door.sign_in_waits_until(bytea, bytea, timestamptz), door.keyed(text, text);
        DROP TABLE sign_in_attempts, sign_in_key, sessions;
        """
    )
