"""Organisations, users, the roles they hold, their training, and their API tokens."""

from alembic import op

revision = "0002_people"
down_revision = "0001_doors"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE partnership (
          -- One database serves one partnership: the check keeps it to one row.
          id smallint CONSTRAINT pk_partnership PRIMARY KEY DEFAULT 1 CONSTRAINT ck_partnership_single CHECK (id = 1),
          name text NOT NULL,
          pathway_key text NOT NULL,
          calendar_key text NOT NULL,
          demo boolean NOT NULL DEFAULT false,
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE organisations (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_organisations PRIMARY KEY,
          key text NOT NULL CONSTRAINT uq_organisations_key UNIQUE
            CONSTRAINT ck_organisations_key CHECK (key ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$'),
          name text NOT NULL CONSTRAINT ck_organisations_name CHECK (length(name) BETWEEN 1 AND 200),
          kind text NOT NULL CONSTRAINT ck_organisations_kind CHECK (kind IN
            ('council', 'housing_association', 'health_and_social_care', 'care_and_repair', 'third_sector', 'other')),
          active boolean NOT NULL DEFAULT true,
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE UNIQUE INDEX uq_organisations_name ON organisations (lower(name));
        CREATE TABLE users (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_users PRIMARY KEY,
          email text NOT NULL CONSTRAINT ck_users_email CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 254),
          name text NOT NULL CONSTRAINT ck_users_name CHECK (length(name) BETWEEN 1 AND 200),
          password_hash text,
          home_organisation_id integer NOT NULL
            CONSTRAINT fk_users_home_organisation_id_organisations REFERENCES organisations,
          active boolean NOT NULL DEFAULT true,
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE UNIQUE INDEX uq_users_email ON users (lower(email));
        -- What each role lets its holder see: 'organisation' the cases its organisation is party to, 'partnership' all,
        -- 'meeting' the cases on its own panel meetings, 'nothing' no case at all. A test holds it equal to app.access.roles.
        CREATE TABLE roles (
          key text CONSTRAINT pk_roles PRIMARY KEY,
          sees text NOT NULL CONSTRAINT ck_roles_sees CHECK (sees IN ('organisation', 'partnership', 'meeting', 'nothing'))
        );
        INSERT INTO roles VALUES
          ('referrer', 'organisation'), ('housing_officer', 'organisation'), ('assessor', 'organisation'),
          ('occupational_therapist', 'organisation'), ('senior_occupational_therapist', 'organisation'),
          ('team_manager', 'organisation'), ('funding_officer', 'organisation'), ('technical_officer', 'organisation'),
          ('panel_coordinator', 'partnership'), ('panel_member', 'meeting'), ('service_manager', 'partnership'),
          ('auditor', 'partnership'), ('administrator', 'nothing');
        CREATE TABLE role_holdings (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_role_holdings PRIMARY KEY,
          user_id integer NOT NULL CONSTRAINT fk_role_holdings_user_id_users REFERENCES users,
          organisation_id integer NOT NULL CONSTRAINT fk_role_holdings_organisation_id_organisations REFERENCES organisations,
          role text NOT NULL CONSTRAINT fk_role_holdings_role_roles REFERENCES roles,
          held_from date NOT NULL DEFAULT current_date,
          held_to date CONSTRAINT ck_role_holdings_ends_after_start CHECK (held_to >= held_from),
          granted_by integer CONSTRAINT fk_role_holdings_granted_by_users REFERENCES users,
          granted_at timestamptz NOT NULL DEFAULT now()
        );
        -- A role is held once at a time in an organisation; a former holding stays for the record.
        CREATE UNIQUE INDEX uq_role_holdings_current ON role_holdings (user_id, organisation_id, role) WHERE held_to IS NULL;
        CREATE TABLE training_records (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_training_records PRIMARY KEY,
          user_id integer NOT NULL CONSTRAINT fk_training_records_user_id_users REFERENCES users,
          module smallint NOT NULL CONSTRAINT ck_training_records_module CHECK (module BETWEEN 1 AND 9),
          completed_on date NOT NULL,
          expires_on date NOT NULL,
          evidence text NOT NULL CONSTRAINT ck_training_records_evidence CHECK (length(evidence) BETWEEN 1 AND 2000),
          recorded_by integer CONSTRAINT fk_training_records_recorded_by_users REFERENCES users,
          recorded_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT ck_training_records_expires_after_completion CHECK (expires_on > completed_on)
        );
        CREATE INDEX ix_training_records_user_id ON training_records (user_id, module, expires_on);
        CREATE TABLE api_tokens (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_api_tokens PRIMARY KEY,
          user_id integer NOT NULL CONSTRAINT fk_api_tokens_user_id_users REFERENCES users,
          name text NOT NULL CONSTRAINT ck_api_tokens_name CHECK (length(name) BETWEEN 1 AND 100),
          -- Only the SHA-256 of the secret is kept: a stolen table opens no door.
          token_hash bytea NOT NULL CONSTRAINT uq_api_tokens_token_hash UNIQUE CONSTRAINT ck_api_tokens_hash CHECK (length(token_hash) = 32),
          scopes text[] NOT NULL CONSTRAINT ck_api_tokens_scopes
            CHECK (scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0),
          created_at timestamptz NOT NULL DEFAULT now(),
          expires_at timestamptz NOT NULL,
          revoked_at timestamptz,
          CONSTRAINT ck_api_tokens_expires_after_creation CHECK (expires_at > created_at)
        );
        CREATE INDEX ix_api_tokens_user_id ON api_tokens (user_id);
        CREATE TABLE direct_provision (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_direct_provision PRIMARY KEY,
          organisation_id integer NOT NULL CONSTRAINT fk_direct_provision_organisation_id_organisations REFERENCES organisations,
          adaptation text NOT NULL,
          criteria text NOT NULL,
          agreed_on date NOT NULL DEFAULT current_date,
          ended_on date CONSTRAINT ck_direct_provision_ends_after_start CHECK (ended_on >= agreed_on)
        );
        CREATE UNIQUE INDEX uq_direct_provision_current ON direct_provision (organisation_id, adaptation) WHERE ended_on IS NULL;
        """
    )
    op.execute(
        """
        CREATE FUNCTION door.enter_as(entering integer)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE orgs integer[]; everything boolean; on_panel boolean; held jsonb;
        BEGIN
          SELECT coalesce(array_agg(DISTINCT h.organisation_id) FILTER (WHERE r.sees = 'organisation'), '{}'),
                 coalesce(bool_or(r.sees = 'partnership'), false), coalesce(bool_or(r.sees = 'meeting'), false),
                 coalesce(jsonb_agg(jsonb_build_array(h.organisation_id, h.role)), '[]')
            INTO orgs, everything, on_panel, held
            FROM role_holdings h JOIN roles r ON r.key = h.role
           WHERE h.user_id = entering AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date);
          PERFORM set_config('adapt.user_id', entering::text, true),
                  set_config('adapt.organisations', orgs::text, true),
                  set_config('adapt.everything', CASE WHEN everything THEN 'on' ELSE '' END, true),
                  set_config('adapt.panel_member', CASE WHEN on_panel THEN 'on' ELSE '' END, true);
          RETURN QUERY SELECT u.id, u.email, u.name, u.home_organisation_id, held
                         FROM users u WHERE u.id = entering AND u.active;
        END $$;
        CREATE FUNCTION door.enter(hash bytea)
        RETURNS TABLE (user_id integer, email text, name text, home_organisation_id integer, holdings jsonb, scopes text[])
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE found api_tokens;
        BEGIN
          SELECT * INTO found FROM api_tokens t
           WHERE t.token_hash = hash AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp();
          IF found.id IS NOT NULL THEN
            RETURN QUERY SELECT e.*, found.scopes FROM door.enter_as(found.user_id) e;
          END IF;
        END $$;
        REVOKE ALL ON FUNCTION door.enter_as(integer), door.enter(bytea) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.enter_as(integer), door.enter(bytea) TO adapt_app;
        """
    )
    op.execute(
        """
        GRANT SELECT ON partnership, roles TO adapt_app;
        GRANT SELECT, INSERT, UPDATE ON organisations, users, role_holdings, training_records, direct_provision TO adapt_app;
        ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY;
        GRANT SELECT, INSERT ON api_tokens TO adapt_app;
        GRANT UPDATE (revoked_at) ON api_tokens TO adapt_app;
        -- A person's tokens are that person's: nobody lists or revokes another's through the application's role.
        CREATE POLICY own_tokens ON api_tokens TO adapt_app
          USING (user_id = (SELECT door.user_id())) WITH CHECK (user_id = (SELECT door.user_id()));
        """
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION door.enter(bytea), door.enter_as(integer)")
    op.execute(
        "DROP TABLE direct_provision, api_tokens, training_records, role_holdings, roles, users, organisations, partnership"
    )
