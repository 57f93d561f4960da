"""Signing in with a partner organisation's own sign-in (OpenID Connect).

A journey to a provider and back is good once, for ten minutes, in the browser that began it. A user is known by the
provider's name for them once that is linked; the first link is by an e-mail address that the provider has verified.
Roles that come from a provider's groups are marked, so that only those end when the groups do.
"""

from alembic import op

revision = "0024_providers"
down_revision = "0023_password_resets"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE provider_journeys (
          -- Hashes of the state that travels and of the cookie that stays; nonce and proof key are made from the cookie.
          state_hash bytea CONSTRAINT pk_provider_journeys PRIMARY KEY
            CONSTRAINT ck_provider_journeys_state_hash CHECK (length(state_hash) = 32),
          browser_hash bytea NOT NULL CONSTRAINT ck_provider_journeys_browser_hash CHECK (length(browser_hash) = 32),
          provider text NOT NULL,
          began_at timestamptz NOT NULL,
          resume jsonb CONSTRAINT ck_provider_journeys_resume CHECK (octet_length(resume::text) <= 2000000)
        );
        CREATE INDEX ix_provider_journeys_began_at ON provider_journeys (began_at);
        CREATE TABLE provider_links (
          issuer text NOT NULL CONSTRAINT ck_provider_links_issuer CHECK (length(issuer) BETWEEN 1 AND 500),
          subject text NOT NULL CONSTRAINT ck_provider_links_subject CHECK (length(subject) BETWEEN 1 AND 255),
          user_id integer NOT NULL CONSTRAINT fk_provider_links_user_id_users REFERENCES users,
          linked_at timestamptz NOT NULL,
          last_used_at timestamptz NOT NULL,
          CONSTRAINT pk_provider_links PRIMARY KEY (issuer, subject),
          -- An address that a provider has given to somebody else does not open the account of whoever had it before.
          CONSTRAINT uq_provider_links_user UNIQUE (user_id, issuer)
        );
        ALTER TABLE provider_journeys ENABLE ROW LEVEL SECURITY;
        ALTER TABLE provider_links ENABLE ROW LEVEL SECURITY;
        -- The key of the provider whose groups gave the role; NULL where a person gave it.
        ALTER TABLE role_holdings ADD COLUMN given_by_provider text;
        """
    )
    op.execute(
        """
        CREATE FUNCTION door.begin_journey(state_hash bytea, browser_hash bytea, provider text, resume jsonb) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE moment timestamptz := clock_timestamp();
        BEGIN
          DELETE FROM provider_journeys p WHERE p.state_hash = ANY (ARRAY(
            SELECT j.state_hash FROM provider_journeys j WHERE j.began_at < moment - interval '1 hour' LIMIT 1000));
          INSERT INTO provider_journeys VALUES (state_hash, browser_hash, provider, moment, resume);
        END $$;
        -- Where the journey was to go on; no row for one that was ended before, is too old, or began elsewhere.
        CREATE FUNCTION door.end_journey(state bytea, browser bytea, by_provider text) RETURNS TABLE (resume jsonb)
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
          DELETE FROM provider_journeys j
           WHERE j.state_hash = state AND j.browser_hash = browser AND j.provider = by_provider
             AND j.began_at > clock_timestamp() - interval '10 minutes'
          RETURNING j.resume
        $$;
        -- Whose account it is, linked now where it was not: the provider's name for them decides, and only where that is
        -- new the verified address (NULL where it is not verified, or not of the provider's). Nobody is let in who has
        -- left, is not of the provider's organisations, or is linked to another of the same provider's names.
        CREATE FUNCTION door.user_of_provider(by_issuer text, by_subject text, verified_email text, of_organisations text[])
        RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE whose integer; moment timestamptz := clock_timestamp();
        BEGIN
          UPDATE provider_links l SET last_used_at = moment
           WHERE l.issuer = by_issuer AND l.subject = by_subject RETURNING l.user_id INTO whose;
          IF whose IS NULL THEN
            INSERT INTO provider_links (issuer, subject, user_id, linked_at, last_used_at)
            SELECT by_issuer, by_subject, u.id, moment, moment FROM users u
             WHERE lower(u.email) = lower(verified_email) AND u.active
               AND EXISTS (SELECT FROM organisations o WHERE o.key = ANY (of_organisations)
                            AND (o.id = u.home_organisation_id OR EXISTS (
                              SELECT FROM role_holdings h WHERE h.user_id = u.id AND h.organisation_id = o.id
                                 AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date))))
            ON CONFLICT DO NOTHING RETURNING user_id INTO whose;
          END IF;
          RETURN (SELECT u.id FROM users u WHERE u.id = whose AND u.active);
        END $$;
        -- 'open', or what the session waits for; NULL where there is nobody to let in. `roles` are those that the groups
        -- stand for, as [[organisation's key, role], ...]; NULL leaves roles alone. What the provider gave before and the
        -- groups no longer stand for ends today; what people gave stays.
        CREATE FUNCTION door.open_session_by_provider(
          provider text, by_issuer text, by_subject text, verified_email text, of_organisations text[], roles jsonb,
          secret_hash bytea, idle_minutes integer, hours integer, second_factor_roles text[], resume jsonb) RETURNS text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE whose integer; awaits text;
        BEGIN
          whose := door.user_of_provider(by_issuer, by_subject, verified_email, of_organisations);
          IF whose IS NULL THEN RETURN NULL; END IF;
          IF roles IS NOT NULL THEN
            -- One sign-in of a user after another: two at once would both give what only one of them may.
            PERFORM pg_advisory_xact_lock(7401009, whose);
            UPDATE role_holdings h SET held_to = greatest(current_date, h.held_from)
             WHERE h.user_id = whose AND h.held_to IS NULL AND h.given_by_provider = provider
               AND NOT EXISTS (SELECT FROM jsonb_array_elements(roles) AS given(pair) JOIN organisations o ON o.key = given.pair->>0
                                WHERE o.id = h.organisation_id AND h.role = given.pair->>1);
            INSERT INTO role_holdings (user_id, organisation_id, role, given_by_provider)
            SELECT DISTINCT whose, o.id, given.pair->>1, provider
              FROM jsonb_array_elements(roles) AS given(pair) JOIN organisations o ON o.key = given.pair->>0 AND o.active
             WHERE o.key = ANY (of_organisations)
            ON CONFLICT (user_id, organisation_id, role) WHERE held_to IS NULL DO NOTHING;
          END IF;
          awaits := door.what_awaits(whose, second_factor_roles);
          PERFORM door.begin_session(whose, secret_hash, provider, idle_minutes, hours, awaits, resume);
          RETURN coalesce(awaits, 'open');
        END $$;
        REVOKE ALL ON FUNCTION door.begin_journey(bytea, bytea, text, jsonb), door.end_journey(bytea, bytea, text),
          door.user_of_provider(text, text, text, text[]),
          door.open_session_by_provider(text, text, text, text, text[], jsonb, bytea, integer, integer, text[], jsonb)
          FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.begin_journey(bytea, bytea, text, jsonb), door.end_journey(bytea, bytea, text),
          door.open_session_by_provider(text, text, text, text, text[], jsonb, bytea, integer, integer, text[], jsonb)
          TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP FUNCTION door.begin_journey(bytea, bytea, text, jsonb), door.end_journey(bytea, bytea, text),
          door.open_session_by_provider(text, text, text, text, text[], jsonb, bytea, integer, integer, text[], jsonb),
          door.user_of_provider(text, text, text, text[]);
        DROP TABLE provider_links, provider_journeys;
        ALTER TABLE role_holdings DROP COLUMN given_by_provider;
        """
    )
