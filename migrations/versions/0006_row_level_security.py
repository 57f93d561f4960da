"""The second lock on every door: what the application's role may see, whatever the query forgot.

A case is seen by roles that see the whole partnership, by the organisations party to it, and by panel members whose
meeting it is on and still open. Everything that hangs on a case is seen through the case.
"""

from alembic import op

revision = "0006_row_level_security"
down_revision = "0005_panels"

THROUGH_CASE = {
    "case_events": "case_id",
    "case_repeats": "case_id",
    "holds": "case_id",
    "panel_items": "case_id",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        -- In PL/pgSQL, which keeps its plan; and nothing is looked up for those who hold no seat.
        CREATE FUNCTION door.panel_cases() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
          IF coalesce(current_setting('adapt.panel_member', true), '') <> 'on' THEN RETURN '{}'; END IF;
          RETURN (SELECT coalesce(array_agg(i.case_id), '{}') FROM panel_items i
                    JOIN panel_meetings m ON m.id = i.meeting_id AND m.cancelled_at IS NULL
                    JOIN panel_members pm ON pm.panel_id = m.panel_id AND pm.user_id = door.user_id()
                                         AND pm.member_to IS NULL
                   WHERE i.closed_at IS NULL);
        END $$;
        REVOKE ALL ON FUNCTION door.panel_cases() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.panel_cases() TO adapt_app;
        ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
        CREATE POLICY case_is_visible ON cases TO adapt_app
          USING ((SELECT door.sees_everything()) OR party_ids && (SELECT door.organisations())
                 OR id = ANY ((SELECT door.panel_cases())::bigint[]))
          WITH CHECK ((SELECT door.sees_everything()) OR party_ids && (SELECT door.organisations()));
        GRANT SELECT, INSERT, UPDATE ON cases TO adapt_app;
        GRANT USAGE ON SEQUENCE case_id_seq, people_id_seq, homes_id_seq TO adapt_app;
        """
    )
    for table, column in THROUGH_CASE.items():
        op.execute(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY through_its_case ON {table} TO adapt_app
              USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = {table}.{column}));
            """
        )
    op.execute(
        """
        GRANT SELECT ON case_events, events_as_corrected TO adapt_app;
        -- Every column but id, recorded_at and the hashes, which are the database's own.
        GRANT INSERT (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id, occurred_at,
                      actor_id, actor_kind, organisation_id, details, effects) ON case_events TO adapt_app;
        GRANT SELECT, INSERT ON case_repeats TO adapt_app;
        GRANT UPDATE (decision) ON case_repeats TO adapt_app;
        GRANT SELECT, INSERT ON holds TO adapt_app;
        GRANT UPDATE (held_from, held_to, closed_by, reminded_on) ON holds TO adapt_app;
        ALTER TABLE people ENABLE ROW LEVEL SECURITY;
        ALTER TABLE homes ENABLE ROW LEVEL SECURITY;
        CREATE POLICY person_of_a_visible_case ON people FOR SELECT TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.person_id = people.id));
        CREATE POLICY person_is_added ON people FOR INSERT TO adapt_app WITH CHECK (true);
        CREATE POLICY person_is_corrected ON people FOR UPDATE TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.person_id = people.id));
        CREATE POLICY home_of_a_visible_case ON homes FOR SELECT TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.home_id = homes.id));
        CREATE POLICY home_is_added ON homes FOR INSERT TO adapt_app WITH CHECK (true);
        CREATE POLICY home_is_corrected ON homes FOR UPDATE TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.home_id = homes.id));
        GRANT SELECT, INSERT, UPDATE ON people, homes TO adapt_app;
        GRANT SELECT, INSERT, UPDATE ON panels, panel_members, panel_meetings, panel_items, panel_attendance TO adapt_app;
        GRANT SELECT, INSERT, UPDATE ON panel_assents TO adapt_app;
        ALTER TABLE panel_assents ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_item ON panel_assents TO adapt_app
          USING (EXISTS (SELECT FROM panel_items i WHERE i.id = panel_assents.item_id));
        """
    )
    op.execute(
        """
        -- A repeat must be found wherever it is, also in cases the finder may not open. This narrow door gives what
        -- scoring needs; the code shows a hidden case's reference and organisation only, never its person.
        CREATE FUNCTION door.repeat_candidates(chi text, nhs text, born date, keys text[], home_uprn text, home_key text, but_not bigint)
        RETURNS TABLE (case_id bigint, reference text, stage_group text, adaptations text[], name text, date_of_birth date,
                       chi_number text, nhs_number text, uprn text, address_key text, organisation text, visible boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT c.id, c.reference, c.stage_group, c.adaptations, p.name, p.date_of_birth, p.chi_number, p.nhs_number,
                 h.uprn, h.address_key, o.name,
                 door.sees_everything() OR c.party_ids && door.organisations()
            FROM (SELECT id FROM people WHERE chi_number = chi
                  UNION SELECT id FROM people WHERE nhs_number = nhs
                  UNION SELECT id FROM people WHERE date_of_birth = born AND name_keys && keys
                  UNION SELECT c.person_id FROM homes h JOIN cases c ON c.home_id = h.id
                         WHERE h.uprn = home_uprn OR h.address_key = home_key) found (person_id)
            JOIN people p ON p.id = found.person_id
            JOIN cases c ON c.person_id = p.id
            JOIN homes h ON h.id = c.home_id
            JOIN organisations o ON o.id = c.custody_id
           WHERE c.id <> coalesce(but_not, -1)
           -- At an address that many share, the surest matches are looked at first.
           ORDER BY coalesce(p.chi_number = chi OR p.nhs_number = nhs, false) DESC, c.stage_group = 'ended', c.id DESC
           LIMIT 200
        $$;
        -- Of a repeat that was found, anybody who sees the case it was found for may know who holds it and whether it is open.
        CREATE FUNCTION door.repeat_standing(found_for bigint)
        RETURNS TABLE (other_case_id bigint, organisation text, still_open boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT c.id, o.name, c.stage_group <> 'ended'
            FROM case_repeats r JOIN cases c ON c.id = r.other_case_id JOIN organisations o ON o.id = c.custody_id
            JOIN cases mine ON mine.id = r.case_id
           WHERE r.case_id = found_for AND (door.sees_everything() OR mine.party_ids && door.organisations())
        $$;
        REVOKE ALL ON FUNCTION door.repeat_standing(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.repeat_standing(bigint) TO adapt_app;
        REVOKE ALL ON FUNCTION door.repeat_candidates(text, text, date, text[], text, text, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.repeat_candidates(text, text, date, text[], text, text, bigint) TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION door.repeat_standing(bigint)")
    op.execute("DROP FUNCTION door.repeat_candidates(text, text, date, text[], text, text, bigint)")
    for table in ("panel_assents", "homes", "people", *THROUGH_CASE, "cases"):
        op.execute(
            f"DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname FROM pg_policies WHERE tablename = '{table}' "
            f"LOOP EXECUTE format('DROP POLICY %I ON {table}', p.policyname); END LOOP; END $$"
        )
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION door.panel_cases()")
