"""Options that a panel chooses between, the papers that a partner's word was about, and drawings that go with papers.

A partner that spoke of papers that have changed since is asked again, so each word keeps the version that it was about.
A document that was circulated can be read with the papers, also where its case is closed to the reader.
"""

from alembic import op

revision = "0027_panel_papers"
down_revision = "0026_panel_work"

DOCUMENTS = (("documents", "id"), ("document_versions", "document_id"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE panel_options (
          item_id bigint NOT NULL CONSTRAINT fk_panel_options_item_id_panel_items REFERENCES panel_items,
          position smallint NOT NULL CONSTRAINT ck_panel_options_position CHECK (position BETWEEN 1 AND 20),
          name text NOT NULL CONSTRAINT ck_panel_options_name CHECK (length(trim(name)) BETWEEN 1 AND 200),
          -- Pounds; null where nobody knows yet.
          cost numeric(12, 2) CONSTRAINT ck_panel_options_cost CHECK (cost >= 0),
          -- What it would mean for the person.
          meaning text NOT NULL CONSTRAINT ck_panel_options_meaning CHECK (length(trim(meaning)) BETWEEN 1 AND 2000),
          written_by integer NOT NULL CONSTRAINT fk_panel_options_written_by_users REFERENCES users,
          written_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_panel_options PRIMARY KEY (item_id, position)
        );
        ALTER TABLE panel_options ENABLE ROW LEVEL SECURITY;
        -- Before they are circulated they are drafts: of who may see the case, not of the members.
        CREATE POLICY through_its_case ON panel_options TO adapt_app
          USING (EXISTS (SELECT FROM panel_items i JOIN cases c ON c.id = i.case_id WHERE i.id = panel_options.item_id));
        GRANT SELECT, INSERT, DELETE ON panel_options TO adapt_app;

        -- Who is invited to every meeting beside the members: who takes minutes, who advises.
        CREATE TABLE panel_invitees (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_invitees PRIMARY KEY,
          panel_id integer NOT NULL CONSTRAINT fk_panel_invitees_panel_id_panels REFERENCES panels,
          user_id integer NOT NULL CONSTRAINT fk_panel_invitees_user_id_users REFERENCES users,
          added_by integer NOT NULL CONSTRAINT fk_panel_invitees_added_by_users REFERENCES users,
          added_at timestamptz NOT NULL DEFAULT now(),
          ended_at timestamptz
        );
        CREATE UNIQUE INDEX uq_panel_invitees_current ON panel_invitees (panel_id, user_id) WHERE ended_at IS NULL;
        GRANT SELECT, INSERT, UPDATE (ended_at) ON panel_invitees TO adapt_app;

        -- Until it is over a hearing can be set anew; what it came to stays.
        GRANT UPDATE (ground) ON panel_hearings TO adapt_app;
        GRANT DELETE ON panel_hearing_members TO adapt_app;
        CREATE FUNCTION panel_hearing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'The hearing is over.' USING ERRCODE = 'AD005';
        END $$;
        CREATE TRIGGER panel_hearing_guard BEFORE UPDATE OR DELETE ON panel_hearings
          FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION panel_hearing_guard();
        CREATE FUNCTION panel_hearer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM panel_hearings h WHERE h.id = OLD.hearing_id AND h.closed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'The hearing is over.' USING ERRCODE = 'AD005';
          END IF;
          RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $$;
        CREATE TRIGGER panel_hearer_guard BEFORE UPDATE OR DELETE ON panel_hearing_members
          FOR EACH ROW EXECUTE FUNCTION panel_hearer_guard();

        -- The version of the papers that the word was about; null before any were circulated.
        ALTER TABLE panel_assents ADD pack_version smallint;

        CREATE FUNCTION door.panel_documents() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
          IF coalesce(current_setting('adapt.panel_member', true), '') <> 'on' THEN RETURN '{}'; END IF;
          RETURN ARRAY(
            SELECT (d ->> 'id')::bigint FROM panel_packs p CROSS JOIN LATERAL jsonb_array_elements(p.content -> 'documents') d
             WHERE p.item_id = ANY (door.panel_sight())
               AND p.version = (SELECT max(n.version) FROM panel_packs n WHERE n.item_id = p.item_id)
               AND NOT EXISTS (SELECT FROM panel_redactions r
                                WHERE r.item_id = p.item_id AND r.part IN (d ->> 'key', 'documents')));
        END $$;
        -- When each place of an agenda begins, without saying whose case is heard there.
        CREATE FUNCTION door.agenda(meeting integer) RETURNS TABLE (place smallint, starts time)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT i.position, m.starts_at + make_interval(mins => coalesce(sum(coalesce(i.minutes, t.item_minutes))
                   OVER (ORDER BY i.position, i.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int)
            FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id JOIN panel_meeting_terms t ON t.meeting_id = m.id
           WHERE i.meeting_id = meeting AND m.starts_at IS NOT NULL AND coalesce(i.decision, '') NOT IN ('withdrawn', 'moved')
        $$;
        REVOKE ALL ON FUNCTION door.agenda(integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.agenda(integer) TO adapt_app;
        REVOKE ALL ON FUNCTION door.panel_documents() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.panel_documents() TO adapt_app;
        """
    )
    for table, column in DOCUMENTS:
        op.execute(
            f"""
            CREATE POLICY circulated ON {table} FOR SELECT TO adapt_app
              USING ({column} = ANY ((SELECT door.panel_documents())::bigint[]));
            """
        )


def downgrade() -> None:
    for table, _ in DOCUMENTS:
        op.execute(f"DROP POLICY circulated ON {table}")
    op.execute("DROP TRIGGER panel_hearer_guard ON panel_hearing_members")
    op.execute("DROP TRIGGER panel_hearing_guard ON panel_hearings")
    op.execute("DROP FUNCTION panel_hearer_guard(), panel_hearing_guard()")
    op.execute("REVOKE UPDATE (ground) ON panel_hearings FROM adapt_app")
    op.execute("REVOKE DELETE ON panel_hearing_members FROM adapt_app")
    op.execute("DROP FUNCTION door.panel_documents()")
    op.execute("DROP FUNCTION door.agenda(integer)")
    op.execute("ALTER TABLE panel_assents DROP COLUMN pack_version")
    op.execute("DROP TABLE panel_options, panel_invitees")
