"""Panels as far as a case's actions need them: members, meetings, items, attendance and assents."""

from alembic import op

revision = "0005_panels"
down_revision = "0004_journal"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE panels (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panels PRIMARY KEY,
          key text NOT NULL CONSTRAINT uq_panels_key UNIQUE,
          name text NOT NULL,
          quorum smallint NOT NULL CONSTRAINT ck_panels_quorum CHECK (quorum >= 1),
          quorum_sectors text[] NOT NULL DEFAULT '{}',
          papers_working_days smallint NOT NULL CONSTRAINT ck_panels_papers CHECK (papers_working_days BETWEEN 0 AND 60),
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE panel_members (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_members PRIMARY KEY,
          panel_id integer NOT NULL CONSTRAINT fk_panel_members_panel_id_panels REFERENCES panels,
          user_id integer NOT NULL CONSTRAINT fk_panel_members_user_id_users REFERENCES users,
          organisation_id integer NOT NULL CONSTRAINT fk_panel_members_organisation_id_organisations REFERENCES organisations,
          sector text NOT NULL CONSTRAINT ck_panel_members_sector CHECK (sector IN ('health', 'social_care', 'housing', 'third_sector', 'other')),
          member_from date NOT NULL DEFAULT current_date,
          member_to date
        );
        CREATE UNIQUE INDEX uq_panel_members_current ON panel_members (panel_id, user_id) WHERE member_to IS NULL;
        CREATE TABLE panel_meetings (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_meetings PRIMARY KEY,
          panel_id integer NOT NULL CONSTRAINT fk_panel_meetings_panel_id_panels REFERENCES panels,
          held_on date NOT NULL,
          papers_due_on date NOT NULL,
          capacity smallint NOT NULL CONSTRAINT ck_panel_meetings_capacity CHECK (capacity BETWEEN 1 AND 50),
          place text,
          cancelled_at timestamptz,
          CONSTRAINT uq_panel_meetings_panel_id UNIQUE (panel_id, held_on),
          CONSTRAINT ck_panel_meetings_papers_before_meeting CHECK (papers_due_on <= held_on)
        );
        CREATE TABLE panel_items (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_items PRIMARY KEY,
          meeting_id integer NOT NULL CONSTRAINT fk_panel_items_meeting_id_panel_meetings REFERENCES panel_meetings,
          case_id bigint NOT NULL CONSTRAINT fk_panel_items_case_id_cases REFERENCES cases,
          scheduled_at timestamptz NOT NULL DEFAULT now(),
          scheduled_by integer NOT NULL,
          closed_at timestamptz,
          decision text CONSTRAINT ck_panel_items_decision CHECK (decision IN ('agreed', 'deferred', 'refused', 'rehouse', 'withdrawn')),
          CONSTRAINT ck_panel_items_closed_has_decision CHECK ((closed_at IS NULL) = (decision IS NULL))
        );
        -- A case waits for at most one meeting at a time.
        CREATE UNIQUE INDEX uq_panel_items_open ON panel_items (case_id) WHERE closed_at IS NULL;
        CREATE INDEX ix_panel_items_meeting_id ON panel_items (meeting_id);
        CREATE TABLE panel_attendance (
          meeting_id integer NOT NULL CONSTRAINT fk_panel_attendance_meeting_id_panel_meetings REFERENCES panel_meetings,
          member_id integer NOT NULL CONSTRAINT fk_panel_attendance_member_id_panel_members REFERENCES panel_members,
          present boolean NOT NULL,
          recorded_by integer NOT NULL CONSTRAINT fk_panel_attendance_recorded_by_users REFERENCES users,
          recorded_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_panel_attendance PRIMARY KEY (meeting_id, member_id)
        );
        CREATE TABLE panel_assents (
          item_id bigint NOT NULL CONSTRAINT fk_panel_assents_item_id_panel_items REFERENCES panel_items,
          organisation_id integer NOT NULL CONSTRAINT fk_panel_assents_organisation_id_organisations REFERENCES organisations,
          assents boolean NOT NULL,
          reasons text,
          given_by integer NOT NULL CONSTRAINT fk_panel_assents_given_by_users REFERENCES users,
          given_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_panel_assents PRIMARY KEY (item_id, organisation_id),
          -- Dissent is recorded with its reasons.
          CONSTRAINT ck_panel_assents_dissent_has_reasons CHECK (assents OR length(trim(reasons)) > 0)
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE panel_assents, panel_attendance, panel_items, panel_meetings, panel_members, panels")
