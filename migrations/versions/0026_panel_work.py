"""A panel's work: terms of reference in versions, series, substitutes, papers, interests, decisions, tasks, appeals.

A panel's member sees the items of its own meetings and what hangs on them, until an item is closed and some days longer,
and never where the member has left the room. The case itself it sees until the item is closed, and only while no part of
its papers is withheld.
"""

from alembic import op

revision = "0026_panel_work"
down_revision = "0025_spent_resets"

APPENDED = ("panel_terms", "panel_packs", "panel_decisions", "panel_referral_checks", "panel_exceptions")
"""What is added to and never changed: the application's role may do no more."""
THROUGH_ITEM = ("panel_interests", "panel_redactions", "panel_packs", "panel_questions", "panel_decisions")
THROUGH_CASE = ("panel_letters", "panel_referral_checks", "panel_hearings")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _terms()
    _meetings()
    _items()
    _outcomes()
    _appeals()
    _sight()
    _rights()


def _terms() -> None:
    op.execute(
        """
        -- The terms of a meeting are the latest that begin on or before its day.
        CREATE TABLE panel_terms (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_terms PRIMARY KEY,
          panel_id integer NOT NULL CONSTRAINT fk_panel_terms_panel_id_panels REFERENCES panels,
          version smallint NOT NULL CONSTRAINT ck_panel_terms_version CHECK (version >= 1),
          in_force_from date NOT NULL,
          purpose text CONSTRAINT ck_panel_terms_purpose CHECK (length(purpose) BETWEEN 1 AND 4000),
          quorum smallint NOT NULL CONSTRAINT ck_panel_terms_quorum CHECK (quorum BETWEEN 1 AND 50),
          quorum_sectors text[] NOT NULL DEFAULT '{}'
            CONSTRAINT ck_panel_terms_sectors CHECK (quorum_sectors <@ '{health,social_care,housing,third_sector,other}'),
          papers_working_days smallint NOT NULL CONSTRAINT ck_panel_terms_papers CHECK (papers_working_days BETWEEN 0 AND 60),
          -- Working days after a decision by which the person has been told.
          decision_working_days smallint NOT NULL DEFAULT 5
            CONSTRAINT ck_panel_terms_decision CHECK (decision_working_days BETWEEN 0 AND 60),
          capacity smallint NOT NULL DEFAULT 6 CONSTRAINT ck_panel_terms_capacity CHECK (capacity BETWEEN 1 AND 50),
          item_minutes smallint NOT NULL DEFAULT 30 CONSTRAINT ck_panel_terms_minutes CHECK (item_minutes BETWEEN 5 AND 480),
          -- Who may sit for a member: nobody, whoever the member has named, or anybody of its organisation.
          substitution text NOT NULL DEFAULT 'named'
            CONSTRAINT ck_panel_terms_substitution CHECK (substitution IN ('nobody', 'named', 'organisation')),
          -- Whether every partner must agree, or every partner must have answered and dissent stands on record.
          assent_rule text NOT NULL DEFAULT 'every_partner_agrees'
            CONSTRAINT ck_panel_terms_assent CHECK (assent_rule IN ('every_partner_agrees', 'every_partner_answers')),
          correspondence text NOT NULL DEFAULT 'fast_track'
            CONSTRAINT ck_panel_terms_correspondence CHECK (correspondence IN ('never', 'fast_track')),
          -- How many members must answer by correspondence; null is every one.
          correspondence_quorum smallint
            CONSTRAINT ck_panel_terms_stricter CHECK (correspondence_quorum BETWEEN quorum AND 50),
          -- Days for which members still see an item after it was closed.
          sight_days_after smallint NOT NULL DEFAULT 14 CONSTRAINT ck_panel_terms_sight CHECK (sight_days_after BETWEEN 0 AND 365),
          -- Keys of what a referral must hold; the code's list.
          checklist text[] NOT NULL DEFAULT '{views,goals,conversation,options,rehousing,consent}',
          set_by integer CONSTRAINT fk_panel_terms_set_by_users REFERENCES users,
          set_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT uq_panel_terms_version UNIQUE (panel_id, version)
        );
        INSERT INTO panel_terms (panel_id, version, in_force_from, quorum, quorum_sectors, papers_working_days, set_at)
          SELECT id, 1, created_at::date, quorum, quorum_sectors, papers_working_days, created_at FROM panels;
        ALTER TABLE panels DROP COLUMN quorum, DROP COLUMN quorum_sectors, DROP COLUMN papers_working_days;
        """
    )


def _meetings() -> None:
    op.execute(
        """
        CREATE TABLE panel_series (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_series PRIMARY KEY,
          panel_id integer NOT NULL CONSTRAINT fk_panel_series_panel_id_panels REFERENCES panels,
          -- Every so many months, on the first to fifth of a weekday (0 is Monday); or every so many weeks from the first day.
          every smallint NOT NULL CONSTRAINT ck_panel_series_every CHECK (every BETWEEN 1 AND 12),
          unit text NOT NULL CONSTRAINT ck_panel_series_unit CHECK (unit IN ('weeks', 'months')),
          weekday smallint NOT NULL CONSTRAINT ck_panel_series_weekday CHECK (weekday BETWEEN 0 AND 6),
          week_of_month smallint CONSTRAINT ck_panel_series_week CHECK (week_of_month BETWEEN 1 AND 5),
          first_on date NOT NULL,
          last_on date NOT NULL,
          set_by integer NOT NULL CONSTRAINT fk_panel_series_set_by_users REFERENCES users,
          set_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT ck_panel_series_forwards CHECK (last_on >= first_on),
          CONSTRAINT ck_panel_series_months CHECK ((unit = 'months') = (week_of_month IS NOT NULL))
        );
        ALTER TABLE panel_meetings
          ADD kind text NOT NULL DEFAULT 'meeting' CONSTRAINT ck_panel_meetings_kind CHECK (kind IN ('meeting', 'correspondence')),
          ADD starts_at time, ADD ends_at time,
          ADD link text CONSTRAINT ck_panel_meetings_link CHECK (link ~ '^https://' AND length(link) <= 500),
          ADD series_id integer CONSTRAINT fk_panel_meetings_series_id_panel_series REFERENCES panel_series,
          ADD chair_id integer CONSTRAINT fk_panel_meetings_chair_id_users REFERENCES users,
          -- What a calendar knows the meeting by, and how often it was told something new about it.
          ADD invitation_uid uuid NOT NULL DEFAULT gen_random_uuid(),
          ADD invitation_sequence integer NOT NULL DEFAULT 0,
          ADD cancelled_reason text CONSTRAINT ck_panel_meetings_reason CHECK (length(cancelled_reason) BETWEEN 1 AND 500),
          ADD CONSTRAINT ck_panel_meetings_times CHECK (ends_at IS NULL OR (starts_at IS NOT NULL AND ends_at > starts_at)),
          DROP CONSTRAINT uq_panel_meetings_panel_id;
        -- One meeting a day; by correspondence several cases may be decided meanwhile.
        CREATE UNIQUE INDEX uq_panel_meetings_day ON panel_meetings (panel_id, held_on) WHERE kind = 'meeting';
        CREATE INDEX ix_panel_meetings_held_on ON panel_meetings (held_on);
        ALTER TABLE panel_members ADD term_ends_on date,
          ADD CONSTRAINT ck_panel_members_term CHECK (term_ends_on IS NULL OR term_ends_on >= member_from);
        CREATE TABLE panel_substitutes (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_substitutes PRIMARY KEY,
          member_id integer NOT NULL CONSTRAINT fk_panel_substitutes_member_id_panel_members REFERENCES panel_members,
          user_id integer NOT NULL CONSTRAINT fk_panel_substitutes_user_id_users REFERENCES users,
          named_by integer NOT NULL CONSTRAINT fk_panel_substitutes_named_by_users REFERENCES users,
          named_at timestamptz NOT NULL DEFAULT now(),
          ended_at timestamptz
        );
        CREATE UNIQUE INDEX uq_panel_substitutes_current ON panel_substitutes (member_id, user_id) WHERE ended_at IS NULL;
        -- Who sits for the member at this meeting, before it (with apologies) and at it (present).
        ALTER TABLE panel_attendance ADD apologies boolean NOT NULL DEFAULT false,
          ADD substitute_id integer CONSTRAINT fk_panel_attendance_substitute_id_users REFERENCES users,
          ADD CONSTRAINT ck_panel_attendance_apologies CHECK (NOT (present AND apologies AND substitute_id IS NULL));
        CREATE VIEW panel_meeting_terms AS
          SELECT m.id AS meeting_id, t.* FROM panel_meetings m CROSS JOIN LATERAL (
            SELECT * FROM panel_terms t WHERE t.panel_id = m.panel_id AND (t.version = 1 OR t.in_force_from <= m.held_on)
             ORDER BY t.in_force_from DESC, t.version DESC LIMIT 1) t;
        """
    )


def _items() -> None:
    op.execute(
        """
        ALTER TABLE panel_items ADD reference text, ADD position smallint, ADD minutes smallint
            CONSTRAINT ck_panel_items_minutes CHECK (minutes BETWEEN 5 AND 480),
          ADD presenter_id integer CONSTRAINT fk_panel_items_presenter_id_users REFERENCES users,
          DROP CONSTRAINT ck_panel_items_decision, ADD CONSTRAINT ck_panel_items_decision CHECK (decision IN
            ('agreed', 'agreed_with_conditions', 'deferred', 'refused', 'rehouse', 'referred_on', 'withdrawn', 'moved'));
        UPDATE panel_items i SET reference = c.reference,
          position = (SELECT count(*) FROM panel_items b WHERE b.meeting_id = i.meeting_id AND b.id <= i.id) FROM cases c WHERE c.id = i.case_id;
        ALTER TABLE panel_items ALTER reference SET NOT NULL, ALTER position SET NOT NULL;
        -- What an item is about does not change, and what was closed stays closed with what was decided.
        CREATE FUNCTION panel_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF (NEW.id, NEW.meeting_id, NEW.case_id, NEW.reference) IS DISTINCT FROM (OLD.id, OLD.meeting_id, OLD.case_id, OLD.reference) THEN
            RAISE EXCEPTION 'An item stays with its case and its meeting.' USING ERRCODE = 'AD005';
          END IF;
          IF OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.decision) IS DISTINCT FROM (OLD.closed_at, OLD.decision)
             AND (OLD.decision, NEW.decision) NOT IN (('agreed', 'agreed_with_conditions'), ('deferred', 'referred_on'), ('deferred', 'moved')) THEN
            RAISE EXCEPTION 'The item is closed.' USING ERRCODE = 'AD005';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER panel_item_guard BEFORE UPDATE ON panel_items FOR EACH ROW EXECUTE FUNCTION panel_item_guard();

        CREATE TABLE panel_interests (
          item_id bigint NOT NULL CONSTRAINT fk_panel_interests_item_id_panel_items REFERENCES panel_items,
          -- The person, not the seat: a substitute has interests of its own.
          user_id integer NOT NULL CONSTRAINT fk_panel_interests_user_id_users REFERENCES users,
          nature text NOT NULL CONSTRAINT ck_panel_interests_nature CHECK (length(trim(nature)) BETWEEN 1 AND 2000),
          effect text NOT NULL CONSTRAINT ck_panel_interests_effect CHECK (effect IN ('stays', 'speaks_only', 'leaves')),
          declared_by integer NOT NULL CONSTRAINT fk_panel_interests_declared_by_users REFERENCES users,
          declared_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_panel_interests PRIMARY KEY (item_id, user_id)
        );
        -- Parts of a pack that members need not see, from the next circulation on.
        CREATE TABLE panel_redactions (
          item_id bigint NOT NULL CONSTRAINT fk_panel_redactions_item_id_panel_items REFERENCES panel_items,
          part text NOT NULL CONSTRAINT ck_panel_redactions_part CHECK (part ~ '^[a-z0-9_.-]{1,80}$'),
          reason text NOT NULL CONSTRAINT ck_panel_redactions_reason CHECK (length(trim(reason)) BETWEEN 1 AND 500),
          redacted_by integer NOT NULL CONSTRAINT fk_panel_redactions_redacted_by_users REFERENCES users,
          redacted_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_panel_redactions PRIMARY KEY (item_id, part)
        );
        -- What members were given to read, as it was given: `sha256` is that of the content's canonical JSON.
        CREATE TABLE panel_packs (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_packs PRIMARY KEY,
          item_id bigint NOT NULL CONSTRAINT fk_panel_packs_item_id_panel_items REFERENCES panel_items,
          version smallint NOT NULL CONSTRAINT ck_panel_packs_version CHECK (version >= 1),
          content jsonb NOT NULL,
          sha256 bytea NOT NULL CONSTRAINT ck_panel_packs_sha256 CHECK (length(sha256) = 32),
          why text CONSTRAINT ck_panel_packs_why CHECK (length(why) BETWEEN 1 AND 500),
          circulated_by integer NOT NULL CONSTRAINT fk_panel_packs_circulated_by_users REFERENCES users,
          circulated_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT uq_panel_packs_version UNIQUE (item_id, version)
        );
        CREATE TABLE panel_questions (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_questions PRIMARY KEY,
          item_id bigint NOT NULL CONSTRAINT fk_panel_questions_item_id_panel_items REFERENCES panel_items,
          kind text NOT NULL CONSTRAINT ck_panel_questions_kind CHECK (kind IN ('question', 'comment')),
          told text NOT NULL CONSTRAINT ck_panel_questions_told CHECK (length(trim(told)) BETWEEN 1 AND 4000),
          asked_by integer NOT NULL CONSTRAINT fk_panel_questions_asked_by_users REFERENCES users,
          asked_at timestamptz NOT NULL DEFAULT now(),
          answer text CONSTRAINT ck_panel_questions_answer CHECK (length(trim(answer)) BETWEEN 1 AND 4000),
          answered_by integer CONSTRAINT fk_panel_questions_answered_by_users REFERENCES users,
          answered_at timestamptz,
          CONSTRAINT ck_panel_questions_answered CHECK (num_nulls(answer, answered_by, answered_at) IN (0, 3)),
          CONSTRAINT ck_panel_questions_comments_have_none CHECK (kind = 'question' OR answer IS NULL)
        );
        CREATE INDEX ix_panel_questions_item_id ON panel_questions (item_id);
        """
    )


def _outcomes() -> None:
    op.execute(
        """
        -- How a decision was taken: who sat, who had an interest, what each partner said, as it was then.
        CREATE TABLE panel_decisions (
          item_id bigint CONSTRAINT pk_panel_decisions PRIMARY KEY
            CONSTRAINT fk_panel_decisions_item_id_panel_items REFERENCES panel_items,
          way text NOT NULL CONSTRAINT ck_panel_decisions_way CHECK (way IN ('meeting', 'correspondence')),
          decision text NOT NULL CONSTRAINT ck_panel_decisions_decision CHECK (decision IN
            ('agreed', 'agreed_with_conditions', 'deferred', 'refused', 'rehouse', 'referred_on')),
          -- The event that moved the case.
          sequence integer NOT NULL,
          seats jsonb NOT NULL, quorate boolean NOT NULL, assents jsonb NOT NULL,
          decided_on date NOT NULL,
          tell_by date NOT NULL,
          review_on date,
          recorded_by integer NOT NULL,
          recorded_at timestamptz NOT NULL DEFAULT now()
        );
        -- What somebody must do because of a panel: meet a condition, take an action, bring what was asked for.
        CREATE TABLE panel_tasks (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_tasks PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_panel_tasks_case_id_cases REFERENCES cases,
          item_id bigint CONSTRAINT fk_panel_tasks_item_id_panel_items REFERENCES panel_items,
          kind text NOT NULL CONSTRAINT ck_panel_tasks_kind CHECK (kind IN ('condition', 'action', 'information')),
          told text NOT NULL CONSTRAINT ck_panel_tasks_told CHECK (length(trim(told)) BETWEEN 1 AND 2000),
          -- One person, else whoever acts for the organisation.
          owner_id integer CONSTRAINT fk_panel_tasks_owner_id_users REFERENCES users,
          organisation_id integer CONSTRAINT fk_panel_tasks_organisation_id_organisations REFERENCES organisations,
          due_on date NOT NULL,
          set_by integer NOT NULL CONSTRAINT fk_panel_tasks_set_by_users REFERENCES users,
          set_at timestamptz NOT NULL DEFAULT now(),
          ended_at timestamptz,
          ended_by integer CONSTRAINT fk_panel_tasks_ended_by_users REFERENCES users,
          outcome text CONSTRAINT ck_panel_tasks_outcome CHECK (outcome IN ('done', 'not_met', 'dropped')),
          result text CONSTRAINT ck_panel_tasks_result CHECK (length(trim(result)) BETWEEN 1 AND 2000),
          CONSTRAINT ck_panel_tasks_has_owner CHECK (num_nonnulls(owner_id, organisation_id) >= 1),
          CONSTRAINT ck_panel_tasks_ended CHECK (num_nulls(ended_at, ended_by, outcome) IN (0, 3)),
          CONSTRAINT ck_panel_tasks_why CHECK (outcome IS NULL OR outcome = 'done' OR result IS NOT NULL)
        );
        CREATE INDEX ix_panel_tasks_case_id ON panel_tasks (case_id);
        CREATE INDEX ix_panel_tasks_owner ON panel_tasks (owner_id, due_on) WHERE ended_at IS NULL;
        CREATE INDEX ix_panel_tasks_organisation ON panel_tasks (organisation_id, due_on) WHERE ended_at IS NULL;
        CREATE TABLE panel_letters (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_letters PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_panel_letters_case_id_cases REFERENCES cases,
          item_id bigint NOT NULL CONSTRAINT uq_panel_letters_item_id UNIQUE CONSTRAINT fk_panel_letters_item_id_panel_items REFERENCES panel_items,
          body text NOT NULL CONSTRAINT ck_panel_letters_body CHECK (length(body) BETWEEN 1 AND 20000),
          drafted_by integer NOT NULL CONSTRAINT fk_panel_letters_drafted_by_users REFERENCES users,
          drafted_at timestamptz NOT NULL DEFAULT now(),
          sent_on date,
          sent_by integer CONSTRAINT fk_panel_letters_sent_by_users REFERENCES users,
          CONSTRAINT ck_panel_letters_sent CHECK (num_nulls(sent_on, sent_by) IN (0, 2))
        );
        CREATE FUNCTION panel_letter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.sent_on IS NOT NULL THEN
            RAISE EXCEPTION 'A letter that was sent stays as it is.' USING ERRCODE = 'AD005';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER panel_letter_guard BEFORE UPDATE ON panel_letters FOR EACH ROW EXECUTE FUNCTION panel_letter_guard();
        -- What the coordinator found in a referral, and whether it was accepted or sent back for more.
        CREATE TABLE panel_referral_checks (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_referral_checks PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_panel_referral_checks_case_id_cases REFERENCES cases,
          panel_id integer NOT NULL CONSTRAINT fk_panel_referral_checks_panel_id_panels REFERENCES panels,
          outcome text NOT NULL CONSTRAINT ck_panel_referral_checks_outcome CHECK (outcome IN ('accepted', 'sent_back')),
          missing text[] NOT NULL,
          note text CONSTRAINT ck_panel_referral_checks_note CHECK (length(note) BETWEEN 1 AND 2000),
          -- The case's event that it looked at: a referral made again is looked at again.
          sequence integer NOT NULL,
          checked_by integer NOT NULL CONSTRAINT fk_panel_referral_checks_checked_by_users REFERENCES users,
          checked_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT ck_panel_referral_checks_why CHECK (outcome = 'accepted' OR note IS NOT NULL)
        );
        CREATE INDEX ix_panel_referral_checks_case_id ON panel_referral_checks (case_id, id);
        -- Where the terms were not kept: allowed on purpose, and never silently.
        CREATE TABLE panel_exceptions (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_exceptions PRIMARY KEY,
          panel_id integer NOT NULL CONSTRAINT fk_panel_exceptions_panel_id_panels REFERENCES panels,
          meeting_id integer CONSTRAINT fk_panel_exceptions_meeting_id_panel_meetings REFERENCES panel_meetings,
          item_id bigint CONSTRAINT fk_panel_exceptions_item_id_panel_items REFERENCES panel_items,
          case_id bigint CONSTRAINT fk_panel_exceptions_case_id_cases REFERENCES cases,
          -- The list of kinds is the code's.
          kind text NOT NULL CONSTRAINT ck_panel_exceptions_kind CHECK (kind ~ '^[a-z_]{1,40}$'),
          told text CONSTRAINT ck_panel_exceptions_told CHECK (length(told) BETWEEN 1 AND 1000),
          recorded_by integer NOT NULL CONSTRAINT fk_panel_exceptions_recorded_by_users REFERENCES users,
          recorded_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX ix_panel_exceptions_panel_id ON panel_exceptions (panel_id, recorded_at);
        """
    )


def _appeals() -> None:
    op.execute(
        """
        -- Who hears an appeal against a panel's refusal. The appeal itself and its outcome are events of the case.
        CREATE TABLE panel_hearings (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_panel_hearings PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_panel_hearings_case_id_cases REFERENCES cases,
          -- The appeal's event: one hearing each.
          sequence integer NOT NULL,
          ground text NOT NULL CONSTRAINT ck_panel_hearings_ground CHECK (ground IN ('policy_wrongly_applied', 'exceptional')),
          held_on date NOT NULL,
          place text CONSTRAINT ck_panel_hearings_place CHECK (length(place) BETWEEN 1 AND 200),
          set_by integer NOT NULL CONSTRAINT fk_panel_hearings_set_by_users REFERENCES users,
          set_at timestamptz NOT NULL DEFAULT now(),
          attended text CONSTRAINT ck_panel_hearings_attended CHECK (attended IN ('in_person', 'with_supporter', 'in_writing', 'did_not_attend')),
          closed_at timestamptz,
          outcome text CONSTRAINT ck_panel_hearings_outcome CHECK (outcome IN ('upheld', 'dismissed', 'withdrawn')),
          CONSTRAINT uq_panel_hearings_appeal UNIQUE (case_id, sequence),
          CONSTRAINT ck_panel_hearings_closed CHECK ((closed_at IS NULL) = (outcome IS NULL))
        );
        CREATE TABLE panel_hearing_members (
          hearing_id integer NOT NULL CONSTRAINT fk_panel_hearing_members_hearing_id_panel_hearings REFERENCES panel_hearings,
          user_id integer NOT NULL CONSTRAINT fk_panel_hearing_members_user_id_users REFERENCES users,
          organisation_id integer NOT NULL CONSTRAINT fk_panel_hearing_members_organisation_id_organisations REFERENCES organisations,
          chairs boolean NOT NULL DEFAULT false,
          CONSTRAINT pk_panel_hearing_members PRIMARY KEY (hearing_id, user_id)
        );
        CREATE UNIQUE INDEX uq_panel_hearing_members_chair ON panel_hearing_members (hearing_id) WHERE chairs;
        """
    )


def _sight() -> None:
    op.execute(
        """
        -- The items whose papers a member may read now. A substitute reads those of the meeting it sits at.
        CREATE FUNCTION door.panel_sight() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
          IF coalesce(current_setting('adapt.panel_member', true), '') <> 'on' THEN RETURN '{}'; END IF;
          RETURN (SELECT coalesce(array_agg(i.id), '{}') FROM panel_items i
                    JOIN panel_meetings m ON m.id = i.meeting_id AND m.cancelled_at IS NULL
                    JOIN panel_meeting_terms t ON t.meeting_id = m.id
                   WHERE (i.closed_at IS NULL OR (i.decision NOT IN ('withdrawn', 'moved')
                          AND i.closed_at + make_interval(days => t.sight_days_after) > door.now()))
                     AND EXISTS (SELECT FROM panel_members pm
                                   LEFT JOIN panel_attendance a ON a.member_id = pm.id AND a.meeting_id = m.id
                                  WHERE pm.panel_id = m.panel_id AND pm.member_to IS NULL AND pm.member_from <= m.held_on
                                    AND door.user_id() IN (pm.user_id, a.substitute_id))
                     AND NOT EXISTS (SELECT FROM panel_interests n
                                      WHERE n.item_id = i.id AND n.user_id = door.user_id() AND n.effect = 'leaves'));
        END $$;
        CREATE OR REPLACE FUNCTION door.panel_cases() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
          IF coalesce(current_setting('adapt.panel_member', true), '') <> 'on' THEN RETURN '{}'; END IF;
          RETURN ARRAY(
            SELECT i.case_id FROM panel_items i
             WHERE i.id = ANY (door.panel_sight()) AND i.closed_at IS NULL AND NOT EXISTS (SELECT FROM panel_redactions r WHERE r.item_id = i.id)
            UNION SELECT h.case_id FROM panel_hearings h JOIN panel_hearing_members hm ON hm.hearing_id = h.id
             WHERE hm.user_id = door.user_id() AND h.closed_at IS NULL);
        END $$;
        REVOKE ALL ON FUNCTION door.panel_sight() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.panel_sight() TO adapt_app;
        DROP POLICY through_its_case ON panel_items;
        CREATE POLICY by_case_or_seat ON panel_items TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = panel_items.case_id)
                 OR id = ANY ((SELECT door.panel_sight())::bigint[]));
        """
    )


def _rights() -> None:
    for table in THROUGH_ITEM:
        op.execute(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY through_its_item ON {table} TO adapt_app
              USING (EXISTS (SELECT FROM panel_items i WHERE i.id = {table}.item_id));
            """
        )
    for table in THROUGH_CASE:
        op.execute(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY through_its_case ON {table} TO adapt_app
              USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = {table}.case_id));
            """
        )
    op.execute(
        """
        ALTER TABLE panel_tasks ENABLE ROW LEVEL SECURITY;
        -- Whoever must do it may read it, also when the case was closed to them since.
        CREATE POLICY by_case_or_owner ON panel_tasks TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = panel_tasks.case_id)
                 OR owner_id = (SELECT door.user_id()));
        ALTER TABLE panel_exceptions ENABLE ROW LEVEL SECURITY;
        CREATE POLICY of_what_is_seen ON panel_exceptions TO adapt_app
          USING ((SELECT door.sees_everything()) OR num_nonnulls(item_id, case_id) = 0
                 OR EXISTS (SELECT FROM panel_items i WHERE i.id = panel_exceptions.item_id)
                 OR EXISTS (SELECT FROM cases c WHERE c.id = panel_exceptions.case_id));
        ALTER TABLE panel_hearing_members ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_hearing ON panel_hearing_members TO adapt_app
          USING (EXISTS (SELECT FROM panel_hearings h WHERE h.id = panel_hearing_members.hearing_id));
        """
    )
    for table in APPENDED:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO adapt_app")
    op.execute(
        """
        GRANT SELECT ON panel_meeting_terms TO adapt_app;
        GRANT SELECT, INSERT ON panel_series, panel_substitutes, panel_interests, panel_redactions, panel_questions,
                                panel_tasks, panel_letters, panel_hearings, panel_hearing_members TO adapt_app;
        GRANT UPDATE (ended_at) ON panel_substitutes TO adapt_app;
        GRANT UPDATE (nature, effect, declared_by, declared_at) ON panel_interests TO adapt_app;
        GRANT UPDATE (reason, redacted_by, redacted_at), DELETE ON panel_redactions TO adapt_app;
        GRANT UPDATE (answer, answered_by, answered_at) ON panel_questions TO adapt_app;
        GRANT UPDATE (owner_id, organisation_id, due_on, ended_at, ended_by, outcome, result) ON panel_tasks TO adapt_app;
        GRANT UPDATE (body, drafted_by, drafted_at, sent_on, sent_by) ON panel_letters TO adapt_app;
        GRANT UPDATE (held_on, place, attended, closed_at, outcome) ON panel_hearings TO adapt_app;
        """
    )


def downgrade() -> None:
    raise NotImplementedError("Papers, interests and decisions of panels would be lost. Restore the dump taken before.")
