"""More about sessions: how long each lasts, what it still waits for, for whom its person acts; and second factors.

A session that waits for its second factor opens nothing: `door.enter_session` does not know it. With a hat on, only
what its person holds in that organisation counts, in row-level security and in the policy alike.

The application's role has no right to the new tables. What it may do with them is what the doors here do, each for one
session at a time, and never without a try that was counted first.
"""

from alembic import op

revision = "0021_sign_in"
down_revision = "0020_home_adaptations"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        ALTER TABLE sessions
          ADD COLUMN idle_for interval NOT NULL DEFAULT '30 minutes'
            CONSTRAINT ck_sessions_idle_for CHECK (idle_for BETWEEN '1 minute' AND '30 minutes'),
          ADD COLUMN lasts interval NOT NULL DEFAULT '12 hours'
            CONSTRAINT ck_sessions_lasts CHECK (lasts BETWEEN '1 hour' AND '12 hours'),
          ADD COLUMN opened_by text NOT NULL DEFAULT 'password'
            CONSTRAINT ck_sessions_opened_by CHECK (length(opened_by) BETWEEN 1 AND 80),
          -- While it waits it opens nothing: for a code, or for a second factor to be set up.
          ADD COLUMN awaits text CONSTRAINT ck_sessions_awaits CHECK (awaits IN ('second_factor', 'enrolment')),
          -- The hat: NULL counts what is held anywhere.
          ADD COLUMN acting_for integer CONSTRAINT fk_sessions_acting_for_organisations REFERENCES organisations,
          -- Where its person was going, with what was typed; taken out once.
          ADD COLUMN resume jsonb CONSTRAINT ck_sessions_resume CHECK (octet_length(resume::text) <= 2000000),
          ADD CONSTRAINT ck_sessions_expires_in_time CHECK (expires_at <= created_at + lasts);
        CREATE TABLE second_factors (
          user_id integer CONSTRAINT pk_second_factors PRIMARY KEY
            CONSTRAINT fk_second_factors_user_id_users REFERENCES users,
          -- Encrypted by the service with a key that is not in the database.
          secret text NOT NULL CONSTRAINT ck_second_factors_secret CHECK (length(secret) BETWEEN 40 AND 2000),
          created_at timestamptz NOT NULL,
          confirmed_at timestamptz,
          -- The newest time step whose code was taken: no code is taken twice, nor an older one.
          last_step bigint NOT NULL DEFAULT 0
        );
        CREATE TABLE recovery_codes (
          user_id integer NOT NULL CONSTRAINT fk_recovery_codes_user_id_users REFERENCES users,
          -- Codes have 80 bits of chance, so a plain SHA-256 is enough.
          code_hash bytea NOT NULL CONSTRAINT ck_recovery_codes_code_hash CHECK (length(code_hash) = 32),
          used_at timestamptz,
          CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, code_hash)
        );
        CREATE INDEX ix_sign_in_attempts_account ON sign_in_attempts (account, at) WHERE NOT succeeded;
        ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY;
        ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
        """
    )
    op.execute(
        """
        -- Sight is worked out here and nowhere else; with a hat, from what is held in that organisation alone.
        CREATE FUNCTION door.enter_wearing(entering integer, hat integer)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE orgs integer[]; everything boolean; on_panel boolean; held jsonb;
        BEGIN
          SELECT coalesce(array_agg(DISTINCT h.organisation_id) FILTER (WHERE r.sees = 'organisation'), '{}'),
                 coalesce(bool_or(r.sees = 'partnership'), false), coalesce(bool_or(r.sees = 'meeting'), false),
                 coalesce(jsonb_agg(jsonb_build_array(h.organisation_id, h.role)), '[]')
            INTO orgs, everything, on_panel, held
            FROM role_holdings h JOIN roles r ON r.key = h.role
           WHERE h.user_id = entering AND (hat IS NULL OR h.organisation_id = hat)
             AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date);
          PERFORM set_config('adapt.user_id', entering::text, true),
                  set_config('adapt.organisations', orgs::text, true),
                  set_config('adapt.everything', CASE WHEN everything THEN 'on' ELSE '' END, true),
                  set_config('adapt.panel_member', CASE WHEN on_panel THEN 'on' ELSE '' END, true);
          RETURN QUERY SELECT u.id, u.email, u.name, u.home_organisation_id, held
                         FROM users u WHERE u.id = entering AND u.active;
        END $$;
        CREATE OR REPLACE FUNCTION door.enter_as(entering integer)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          RETURN QUERY SELECT * FROM door.enter_wearing(entering, NULL);
        END $$;
        CREATE OR REPLACE FUNCTION door.enter(hash bytea)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb, scopes text[])
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE found api_tokens;
        BEGIN
          SELECT * INTO found FROM api_tokens t
           WHERE t.token_hash = hash AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp();
          IF found.id IS NOT NULL THEN
            RETURN QUERY SELECT e.*, found.scopes FROM door.enter_wearing(found.user_id, NULL) e;
          END IF;
        END $$;
        -- The living session of this secret in whatever state; touched, so that work in it keeps it alive.
        CREATE FUNCTION door.living_session(hash bytea) RETURNS sessions
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions; moment timestamptz := clock_timestamp();
        BEGIN
          SELECT s.* INTO mine FROM sessions s JOIN users u ON u.id = s.user_id AND u.active
           WHERE s.id = hash AND s.ended_at IS NULL AND s.expires_at > moment AND s.last_seen_at > moment - s.idle_for;
          -- Once a minute is enough, and several pages at once do not wait for one another; a report only reads.
          IF mine.last_seen_at < moment - interval '1 minute' AND current_setting('transaction_read_only') = 'off' THEN
            UPDATE sessions SET last_seen_at = moment
             WHERE id = (SELECT s.id FROM sessions s WHERE s.id = hash FOR UPDATE SKIP LOCKED);
          END IF;
          RETURN mine;
        END $$;
        -- Who holds roles in one organisation acts for that one without choosing.
        DROP FUNCTION door.enter_session(bytea);
        CREATE FUNCTION door.enter_session(hash bytea)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb,
                       acting_for integer, acting_for_name text, has_other_hats boolean)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash); hats integer[]; hat integer;
        BEGIN
          IF mine.id IS NULL OR mine.awaits IS NOT NULL THEN RETURN; END IF;
          SELECT coalesce(array_agg(DISTINCT h.organisation_id), '{}') INTO hats FROM role_holdings h
           WHERE h.user_id = mine.user_id
             AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date);
          hat := coalesce(mine.acting_for, CASE WHEN cardinality(hats) = 1 THEN hats[1] END);
          RETURN QUERY SELECT e.*, hat, o.name, cardinality(array_remove(hats, hat)) > 0
                         FROM door.enter_wearing(mine.user_id, mine.acting_for) e LEFT JOIN organisations o ON o.id = hat;
        END $$;
        -- Each rise of what a session opens gives it a new secret.
        CREATE FUNCTION door.choose_hat(hash bytea, new_hash bytea, hat integer) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          UPDATE sessions SET acting_for = hat, id = new_hash
           WHERE id = mine.id AND awaits IS NULL AND (hat IS NULL OR EXISTS (
             SELECT FROM role_holdings h WHERE h.user_id = mine.user_id AND h.organisation_id = hat
                AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date)));
          RETURN FOUND;
        END $$;
        """
    )
    op.execute(
        """
        CREATE FUNCTION door.begin_session(entering integer, secret_hash bytea, opened_by text, idle_minutes integer,
                                           hours integer, awaits text, resume jsonb) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE moment timestamptz := clock_timestamp();
        BEGIN
          INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at, idle_for, lasts, opened_by, awaits, resume)
          VALUES (secret_hash, entering, moment, moment,
                  moment + CASE WHEN awaits IS NULL THEN make_interval(hours => hours) ELSE interval '15 minutes' END,
                  make_interval(mins => idle_minutes), make_interval(hours => hours), opened_by, awaits, resume);
          -- What has served its purpose goes, a little with each success: failures after a day, the rest later.
          DELETE FROM sign_in_attempts WHERE id = ANY (ARRAY(
            SELECT a.id FROM sign_in_attempts a WHERE NOT a.succeeded AND a.at < moment - interval '1 day' LIMIT 1000));
          DELETE FROM sign_in_attempts WHERE id = ANY (ARRAY(
            SELECT a.id FROM sign_in_attempts a WHERE a.succeeded AND a.at < moment - interval '30 days' LIMIT 1000));
          DELETE FROM sessions WHERE id = ANY (ARRAY(
            SELECT s.id FROM sessions s WHERE s.expires_at < moment - interval '90 days' LIMIT 1000));
        END $$;
        -- A code where there is a second factor; one to be set up where a role that is held today asks for it.
        CREATE FUNCTION door.what_awaits(entering integer, second_factor_roles text[]) RETURNS text
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT CASE
            WHEN EXISTS (SELECT FROM second_factors f WHERE f.user_id = entering AND f.confirmed_at IS NOT NULL)
              THEN 'second_factor'
            WHEN EXISTS (SELECT FROM role_holdings h WHERE h.user_id = entering AND h.role = ANY (second_factor_roles)
                          AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date))
              THEN 'enrolment'
          END
        $$;
        -- The try was right: it counts as a success, once, within a minute, for the account it was made at.
        CREATE FUNCTION door.succeed(attempt bigint, who bytea) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          UPDATE sign_in_attempts a SET succeeded = true
           WHERE a.id = attempt AND NOT a.succeeded AND a.at > clock_timestamp() - interval '1 minute' AND a.account = who;
          RETURN FOUND;
        END $$;
        -- 'open', or what the session waits for; NULL when the try was not at this user's account, or was used.
        DROP FUNCTION door.open_session(bigint, integer, bytea);
        CREATE FUNCTION door.open_session(attempt bigint, entering integer, secret_hash bytea, idle_minutes integer,
                                          hours integer, second_factor_roles text[], resume jsonb) RETURNS text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE awaits text; account text;
        BEGIN
          SELECT u.email INTO account FROM users u WHERE u.id = entering AND u.active;
          IF account IS NULL OR NOT door.succeed(attempt, door.keyed('account', account)) THEN RETURN NULL; END IF;
          awaits := door.what_awaits(entering, second_factor_roles);
          PERFORM door.begin_session(entering, secret_hash, 'password', idle_minutes, hours, awaits, resume);
          RETURN coalesce(awaits, 'open');
        END $$;
        CREATE FUNCTION door.waiting_session(hash bytea) RETURNS TABLE (email text, awaits text)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          RETURN QUERY SELECT u.email, mine.awaits FROM users u WHERE u.id = mine.user_id AND mine.awaits IS NOT NULL;
        END $$;
        CREATE FUNCTION door.take_resume(hash bytea) RETURNS jsonb
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          IF mine.awaits IS NOT NULL THEN RETURN NULL; END IF;
          UPDATE sessions SET resume = NULL WHERE id = mine.id AND resume IS NOT NULL;
          RETURN mine.resume;
        END $$;
        -- One's own sessions; `door.user_id()` is who has come in. The secret's hash stays here.
        CREATE FUNCTION door.own_sessions(hash bytea)
        RETURNS TABLE (created_at timestamptz, last_seen_at timestamptz, opened_by text, this_one boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT s.created_at, s.last_seen_at, s.opened_by, s.id IS NOT DISTINCT FROM hash FROM sessions s
           WHERE s.user_id = door.user_id() AND s.ended_at IS NULL AND s.awaits IS NULL
             AND s.expires_at > clock_timestamp() AND s.last_seen_at > clock_timestamp() - s.idle_for
           ORDER BY s.last_seen_at DESC LIMIT 100
        $$;
        CREATE FUNCTION door.end_own_sessions() RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE ended integer;
        BEGIN
          UPDATE sessions SET ended_at = clock_timestamp() WHERE user_id = door.user_id() AND ended_at IS NULL;
          GET DIAGNOSTICS ended = ROW_COUNT;
          RETURN ended;
        END $$;
        """
    )
    op.execute(
        """
        -- What is done with the present password in hand: the try that gave its hash out was the session's own.
        CREATE FUNCTION door.own_try(mine sessions, attempt bigint) RETURNS boolean
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT door.succeed(attempt, door.keyed('account', u.email)) FROM users u WHERE u.id = (mine).user_id
        $$;
        -- The new password counts from now on, in this session alone, and that under a new secret.
        CREATE FUNCTION door.change_password(hash bytea, new_hash bytea, attempt bigint, new_password_hash text)
        RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          IF mine.id IS NULL OR mine.awaits IS NOT NULL OR NOT door.own_try(mine, attempt) THEN RETURN false; END IF;
          UPDATE users SET password_hash = new_password_hash WHERE id = mine.user_id;
          UPDATE sessions SET ended_at = clock_timestamp()
           WHERE user_id = mine.user_id AND ended_at IS NULL AND id <> hash;
          UPDATE sessions SET id = new_hash WHERE id = hash;
          RETURN true;
        END $$;
        -- Put a secret by for whoever has none that is confirmed; one that was put by before is thrown away. In an open
        -- session with the present password in hand, where its holder has one.
        CREATE FUNCTION door.begin_second_factor(hash bytea, new_secret text, attempt bigint) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          IF mine.id IS NULL OR mine.awaits = 'second_factor' THEN RETURN false; END IF;
          IF mine.awaits IS NULL AND NOT door.own_try(mine, attempt)
             AND EXISTS (SELECT FROM users u WHERE u.id = mine.user_id AND u.password_hash IS NOT NULL) THEN
            RETURN false;
          END IF;
          INSERT INTO second_factors (user_id, secret, created_at) VALUES (mine.user_id, new_secret, clock_timestamp())
          ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
            WHERE second_factors.confirmed_at IS NULL;
          RETURN FOUND;
        END $$;
        -- How it stands with one's second factor. The secret comes out only to be shown while it is being set up.
        CREATE FUNCTION door.own_second_factor(hash bytea)
        RETURNS TABLE (user_id integer, email text, asks_password boolean, confirmed_at timestamptz, codes_left bigint,
                       unconfirmed_secret text)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          IF mine.awaits = 'second_factor' THEN RETURN; END IF;
          RETURN QUERY SELECT u.id, u.email, mine.awaits IS NULL AND u.password_hash IS NOT NULL, f.confirmed_at,
                              (SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.id AND c.used_at IS NULL),
                              CASE WHEN f.confirmed_at IS NULL THEN f.secret END
                         FROM users u LEFT JOIN second_factors f ON f.user_id = u.id WHERE u.id = mine.user_id;
        END $$;
        -- One row: how long to wait, or the number of the counted try with what a code is compared with.
        CREATE FUNCTION door.try_second_factor(hash bytea, typed_from text)
        RETURNS TABLE (attempt bigint, wait_seconds integer, user_id integer, secret text, confirmed boolean)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
          mine sessions := door.living_session(hash);
          who bytea := door.keyed('second factor', mine.user_id::text);
          place bytea := door.keyed('address', typed_from);
          moment timestamptz; waits timestamptz; counted bigint;
        BEGIN
          IF mine.id IS NULL THEN RETURN; END IF;
          -- One after another for a user and for an address: tries made at once cannot all find the count low.
          PERFORM pg_advisory_xact_lock(7401006, mine.user_id);
          PERFORM pg_advisory_xact_lock(7401005, hashtext(encode(place, 'hex')));
          moment := clock_timestamp();
          waits := door.sign_in_waits_until(who, place, moment);
          -- From many addresses together no more than from one, but where the user has succeeded before.
          IF NOT EXISTS (SELECT FROM sign_in_attempts a WHERE a.address = place AND a.account = who AND a.succeeded
                                                          AND a.at > moment - interval '30 days') THEN
            waits := greatest(waits, (SELECT max(newest.at) + interval '15 minutes'
              FROM (SELECT a.at FROM sign_in_attempts a WHERE a.account = who AND NOT a.succeeded
                       AND a.at > moment - interval '1 day' ORDER BY a.at DESC LIMIT 20) newest
             HAVING count(*) = 20));
          END IF;
          IF waits > moment THEN
            RETURN QUERY SELECT NULL::bigint, ceil(extract(epoch FROM waits - moment))::integer, NULL::integer, NULL::text,
                                NULL::boolean;
            RETURN;
          END IF;
          INSERT INTO sign_in_attempts (at, account, address) VALUES (moment, who, place) RETURNING id INTO counted;
          RETURN QUERY SELECT counted, 0, mine.user_id, f.secret, f.confirmed_at IS NOT NULL
                         FROM (SELECT) one LEFT JOIN second_factors f ON f.user_id = mine.user_id;
        END $$;
        -- A step whose code was taken, or an older one, is refused; so is a recovery code that was used.
        CREATE FUNCTION door.take_code(holder integer, attempt bigint, step bigint, recovery_hash bytea) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          IF recovery_hash IS NULL THEN
            UPDATE second_factors f SET last_step = step
             WHERE f.user_id = holder AND f.confirmed_at IS NOT NULL AND f.last_step < step;
          ELSE
            UPDATE recovery_codes c SET used_at = clock_timestamp()
             WHERE c.user_id = holder AND c.code_hash = recovery_hash AND c.used_at IS NULL;
          END IF;
          RETURN FOUND AND door.succeed(attempt, door.keyed('second factor', holder::text));
        END $$;
        CREATE FUNCTION door.pass_second_factor(hash bytea, new_hash bytea, attempt bigint, step bigint,
                                                recovery_hash bytea) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          IF mine.awaits IS DISTINCT FROM 'second_factor'
             OR NOT door.take_code(mine.user_id, attempt, step, recovery_hash) THEN RETURN false; END IF;
          UPDATE sessions SET id = new_hash, awaits = NULL, expires_at = created_at + lasts WHERE id = hash;
          RETURN FOUND;
        END $$;
        -- The first code was right: the factor counts from now on, and every other session of the user ends.
        CREATE FUNCTION door.confirm_second_factor(hash bytea, new_hash bytea, attempt bigint, step bigint,
                                                   recovery_hashes bytea[]) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash);
        BEGIN
          IF mine.id IS NULL OR mine.awaits = 'second_factor'
             OR NOT door.succeed(attempt, door.keyed('second factor', mine.user_id::text)) THEN RETURN false; END IF;
          UPDATE second_factors SET confirmed_at = clock_timestamp(), last_step = step
           WHERE user_id = mine.user_id AND confirmed_at IS NULL;
          IF NOT FOUND THEN RETURN false; END IF;
          DELETE FROM recovery_codes WHERE user_id = mine.user_id;
          INSERT INTO recovery_codes (user_id, code_hash) SELECT mine.user_id, unnest(recovery_hashes);
          UPDATE sessions SET ended_at = clock_timestamp()
           WHERE user_id = mine.user_id AND ended_at IS NULL AND id <> hash;
          UPDATE sessions SET id = new_hash, awaits = NULL, expires_at = created_at + lasts WHERE id = hash;
          RETURN true;
        END $$;
        -- A code gives it up. Who must have one is left with a session that waits for another to be set up.
        CREATE FUNCTION door.drop_second_factor(hash bytea, attempt bigint, step bigint, recovery_hash bytea,
                                                second_factor_roles text[]) RETURNS text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE mine sessions := door.living_session(hash); awaits_now text;
        BEGIN
          IF mine.id IS NULL OR mine.awaits IS NOT NULL
             OR NOT door.take_code(mine.user_id, attempt, step, recovery_hash) THEN RETURN NULL; END IF;
          DELETE FROM recovery_codes WHERE user_id = mine.user_id;
          DELETE FROM second_factors WHERE user_id = mine.user_id;
          awaits_now := door.what_awaits(mine.user_id, second_factor_roles);
          UPDATE sessions SET awaits = awaits_now WHERE user_id = mine.user_id AND ended_at IS NULL;
          RETURN coalesce(awaits_now, 'open');
        END $$;
        """
    )
    op.execute(
        """
        REVOKE ALL ON FUNCTION door.enter_wearing(integer, integer), door.living_session(bytea), door.enter_session(bytea),
          door.choose_hat(bytea, bytea, integer),
          door.begin_session(integer, bytea, text, integer, integer, text, jsonb), door.what_awaits(integer, text[]),
          door.succeed(bigint, bytea), door.own_try(sessions, bigint), door.open_session(bigint, integer, bytea, integer, integer, text[], jsonb),
          door.waiting_session(bytea), door.take_resume(bytea), door.own_sessions(bytea), door.end_own_sessions(),
          door.begin_second_factor(bytea, text, bigint), door.change_password(bytea, bytea, bigint, text), door.own_second_factor(bytea), door.try_second_factor(bytea, text),
          door.take_code(integer, bigint, bigint, bytea), door.pass_second_factor(bytea, bytea, bigint, bigint, bytea),
          door.confirm_second_factor(bytea, bytea, bigint, bigint, bytea[]),
          door.drop_second_factor(bytea, bigint, bigint, bytea, text[]) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.enter_session(bytea), door.choose_hat(bytea, bytea, integer),
          door.open_session(bigint, integer, bytea, integer, integer, text[], jsonb),
          door.waiting_session(bytea), door.take_resume(bytea), door.own_sessions(bytea), door.end_own_sessions(),
          door.begin_second_factor(bytea, text, bigint), door.change_password(bytea, bytea, bigint, text), door.own_second_factor(bytea), door.try_second_factor(bytea, text),
          door.pass_second_factor(bytea, bytea, bigint, bigint, bytea),
          door.confirm_second_factor(bytea, bytea, bigint, bigint, bytea[]),
          door.drop_second_factor(bytea, bigint, bigint, bytea, text[]) TO adapt_app;
        """
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the dump that was made before the upgrade.")
