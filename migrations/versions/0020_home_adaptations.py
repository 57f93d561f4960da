"""What has been put into a home: it outlives the tenancy, and what can be used again is not lost.

A row is kept by case and adaptation and found again by the home: its UPRN, or its address in the form in which homes
are compared. It names no person. Whoever may see a case at the same home is told by a narrow door what is there, since
when, and which organisation saw to it; from whose case it came only where that case may be seen too. Marks say what has
become of it since; none is ever changed, and the newest one counts.
"""

from alembic import op

revision = "0020_home_adaptations"
down_revision = "0019_worklists"

# Of the catalogues that were published when this was written: what is there from before is marked by them.
REUSABLE = {
    "housing-solutions": (
        "door_entry_system", "key_safe", "half_step", "assistive_technology", "stairlift", "removable_ramp",
        "step_lift", "wash_dry_toilet", "ceiling_track_hoist", "through_floor_lift",
    ),
    "disabled-facilities-grant": ("stairlift", "ramp", "ceiling_track_hoist", "through_floor_lift"),
}  # fmt: skip
_REUSABLE = " OR ".join(
    f"(c.pathway_key = '{pathway}' AND w.adaptation IN ({', '.join(f'{chr(39)}{key}{chr(39)}' for key in keys)}))"
    for pathway, keys in REUSABLE.items()
)

BACKFILL = f"""
    WITH completed AS (
      SELECT e.case_id, e.sequence, e.effective_at, e.custody_id,
             (SELECT max(o.sequence) FROM case_events o
               WHERE o.case_id = e.case_id AND o.action = 'place_order' AND o.sequence < e.sequence) AS order_sequence
        FROM events_as_corrected e WHERE e.effects ->> 'solution' = 'adapted'
    ), finished AS (
      -- A contractor who came back for a snag does not make the works younger: an order's first completion counts.
      SELECT DISTINCT ON (case_id, order_sequence) case_id, order_sequence, effective_at, custody_id, sequence
        FROM completed ORDER BY case_id, order_sequence, sequence
    ), ordered AS (
      SELECT f.*,
             CASE WHEN jsonb_typeof(o.details -> 'items') = 'array' AND o.details -> 'items' <> '[]'
                  THEN o.details -> 'items'
                  -- Nobody wrote an order by item: what was recommended last, else what was asked for.
                  ELSE coalesce((SELECT r.details -> 'adaptations' FROM case_events r
                                  WHERE r.case_id = f.case_id AND r.effects -> 'sets' ? 'adaptations'
                                    AND jsonb_typeof(r.details -> 'adaptations') = 'array'
                                    AND r.sequence < coalesce(f.order_sequence, f.sequence)
                                  ORDER BY r.sequence DESC LIMIT 1), to_jsonb(c.adaptations)) END AS items
        FROM finished f JOIN cases c ON c.id = f.case_id
        LEFT JOIN case_events o ON o.case_id = f.case_id AND o.sequence = f.order_sequence
    ), placed AS (
      SELECT DISTINCT ON (o.case_id, item.adaptation) o.case_id, item.adaptation, o.effective_at, o.custody_id
        FROM ordered o CROSS JOIN LATERAL jsonb_array_elements_text(o.items) AS item (adaptation)
       ORDER BY o.case_id, item.adaptation, o.sequence DESC
    )
    INSERT INTO home_adaptations (case_id, adaptation, uprn, address_key, installed_on, organisation_id, reusable)
    SELECT w.case_id, w.adaptation, h.uprn, h.address_key, (w.effective_at AT TIME ZONE 'Europe/London')::date,
           w.custody_id, {_REUSABLE}
      FROM placed w JOIN cases c ON c.id = w.case_id JOIN homes h ON h.id = c.home_id
     ORDER BY w.case_id, w.adaptation
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE home_adaptations (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_home_adaptations PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_home_adaptations_case_id_cases REFERENCES cases,
          adaptation text NOT NULL CONSTRAINT ck_home_adaptations_adaptation CHECK (length(adaptation) BETWEEN 1 AND 200),
          -- The home's own, and not by way of its row: they say which home it is when the row's address is erased.
          uprn text,
          address_key text NOT NULL,
          installed_on date NOT NULL,
          organisation_id integer NOT NULL CONSTRAINT fk_home_adaptations_organisation_id_organisations REFERENCES organisations,
          reusable boolean NOT NULL,
          -- When a correction of the journal took it out: it was never there.
          retracted_at timestamptz,
          recorded_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT uq_home_adaptations_case_id_adaptation UNIQUE (case_id, adaptation)
        );
        CREATE INDEX ix_home_adaptations_uprn ON home_adaptations (uprn) WHERE uprn IS NOT NULL;
        CREATE INDEX ix_home_adaptations_address_key ON home_adaptations (address_key) WHERE address_key <> '';
        CREATE TABLE home_adaptation_marks (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_home_adaptation_marks PRIMARY KEY,
          home_adaptation_id integer NOT NULL
            CONSTRAINT fk_home_adaptation_marks_home_adaptation_id_home_adaptations REFERENCES home_adaptations,
          mark text NOT NULL CONSTRAINT ck_home_adaptation_marks_mark
            CHECK (mark IN ('still_in_use', 'for_recycling', 'removed', 'recycled')),
          marked_on date NOT NULL,
          note text CONSTRAINT ck_home_adaptation_marks_note CHECK (length(note) BETWEEN 1 AND 2000),
          marked_by integer NOT NULL CONSTRAINT fk_home_adaptation_marks_marked_by_users REFERENCES users,
          organisation_id integer NOT NULL
            CONSTRAINT fk_home_adaptation_marks_organisation_id_organisations REFERENCES organisations,
          recorded_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX ix_home_adaptation_marks_item ON home_adaptation_marks (home_adaptation_id, id);
        CREATE INDEX ix_home_adaptation_marks_waiting ON home_adaptation_marks (id) WHERE mark = 'for_recycling';
        CREATE TRIGGER marks_are_append_only BEFORE UPDATE OR DELETE ON home_adaptation_marks
          FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
        CREATE TRIGGER marks_are_never_emptied BEFORE TRUNCATE ON home_adaptation_marks
          FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
        CREATE VIEW home_adaptations_now WITH (security_invoker = true) AS
        SELECT a.*, m.id AS mark_id, m.mark, m.marked_on, m.note, m.marked_by, m.organisation_id AS marking_organisation_id
          FROM home_adaptations a
          LEFT JOIN LATERAL (SELECT * FROM home_adaptation_marks m WHERE m.home_adaptation_id = a.id
                              ORDER BY m.id DESC LIMIT 1) m ON true
         WHERE a.retracted_at IS NULL;
        """
    )
    op.execute(
        """
        -- What a row of `cases` is seen by, for the doors that look past row-level security (0006 has the policy).
        CREATE FUNCTION door.sees_case(number bigint, parties integer[]) RETURNS boolean LANGUAGE sql STABLE
        SET search_path = public, pg_temp AS $$
          SELECT door.sees_everything() OR parties && door.organisations() OR number = ANY (door.panel_cases())
        $$;
        -- The cases at the home of an item that its asker may see; none: the item is not there for the asker.
        CREATE FUNCTION door.cases_at_item(item integer) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
          SELECT coalesce(array_agg(c.id ORDER BY c.id DESC), '{}')
            FROM home_adaptations a
            JOIN homes h ON h.uprn = a.uprn OR h.address_key = a.address_key OR h.id = (SELECT home_id FROM cases WHERE id = a.case_id)
            JOIN cases c ON c.home_id = h.id
           WHERE a.id = item AND a.retracted_at IS NULL
             AND (c.id = a.case_id OR CASE WHEN a.uprn IS NOT NULL AND h.uprn IS NOT NULL THEN a.uprn = h.uprn
                                           ELSE a.address_key <> '' AND a.address_key = h.address_key END)
             AND door.sees_case(c.id, c.party_ids)
        $$;
        -- What is at the home of a case that the asker may see. A note is for whoever wrote it and for those who may
        -- see the case that the item came from: people write about people.
        CREATE FUNCTION door.home_history(found_for bigint)
        RETURNS TABLE (id integer, adaptation text, installed_on date, organisation text, reusable boolean, own boolean,
                       case_id bigint, reference text, marks jsonb)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT a.id, a.adaptation, a.installed_on, o.name, a.reusable, a.case_id = found_for,
                 CASE WHEN seen.it THEN c.id END, CASE WHEN seen.it THEN c.reference END,
                 coalesce((SELECT jsonb_agg(jsonb_build_object(
                             'mark', m.mark, 'marked_on', m.marked_on, 'organisation', mo.name,
                             'note', CASE WHEN seen.it OR m.organisation_id = ANY (door.organisations()) THEN m.note END)
                             ORDER BY m.id)
                             FROM home_adaptation_marks m JOIN organisations mo ON mo.id = m.organisation_id
                            WHERE m.home_adaptation_id = a.id), '[]')
            FROM cases mine
            JOIN homes h ON h.id = mine.home_id
            JOIN home_adaptations a ON a.uprn = h.uprn OR a.address_key = h.address_key OR a.case_id = mine.id
            JOIN cases c ON c.id = a.case_id
            JOIN organisations o ON o.id = a.organisation_id
            CROSS JOIN LATERAL (SELECT door.sees_case(c.id, c.party_ids) AS it) seen
           WHERE mine.id = found_for AND door.sees_case(mine.id, mine.party_ids) AND a.retracted_at IS NULL
             AND (a.case_id = mine.id OR CASE WHEN a.uprn IS NOT NULL AND h.uprn IS NOT NULL THEN a.uprn = h.uprn
                                              ELSE a.address_key <> '' AND a.address_key = h.address_key END)
           ORDER BY a.installed_on DESC, a.id DESC
        $$;
        -- One item, locked until the transaction ends so that marks come one after another; no row when no case at
        -- its home may be seen.
        CREATE FUNCTION door.home_item(item integer)
        RETURNS TABLE (adaptation text, installed_on date, reusable boolean, mark text, marked_on date, case_ids bigint[])
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE reached bigint[] := door.cases_at_item(item);
        BEGIN
          IF reached = '{}' THEN RETURN; END IF;
          PERFORM FROM home_adaptations a WHERE a.id = item FOR UPDATE;
          -- Not from a view: a statement of its own sees what was marked while this one waited.
          RETURN QUERY SELECT n.adaptation, n.installed_on, n.reusable, n.mark, n.marked_on, reached
                         FROM home_adaptations_now n WHERE n.id = item;
        END $$;
        -- Items of the whole partnership that wait to be used again: what, how long, and whom to ask. Where it stands,
        -- and from whose case it came, only for those who may see that case.
        CREATE FUNCTION door.items_waiting(wanted text, held_by text, after_mark integer, how_many integer)
        RETURNS TABLE (mark_id integer, id integer, adaptation text, installed_on date, marked_on date, organisation text,
                       note text, case_id bigint, reference text, address text, postcode text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT n.mark_id, n.id, n.adaptation, n.installed_on, n.marked_on, o.name,
                 CASE WHEN seen.it OR n.marking_organisation_id = ANY (door.organisations()) THEN n.note END,
                 CASE WHEN seen.it THEN c.id END, CASE WHEN seen.it THEN c.reference END,
                 CASE WHEN seen.it THEN h.address END, CASE WHEN seen.it THEN h.postcode END
            FROM home_adaptation_marks m
            JOIN home_adaptations_now n ON n.mark_id = m.id
            JOIN organisations o ON o.id = n.marking_organisation_id
            JOIN cases c ON c.id = n.case_id
            JOIN homes h ON h.id = c.home_id
            CROSS JOIN LATERAL (SELECT door.sees_case(c.id, c.party_ids) AS it) seen
           WHERE m.mark = 'for_recycling' AND m.id > after_mark AND door.user_id() IS NOT NULL
             AND (wanted IS NULL OR n.adaptation = wanted) AND (held_by IS NULL OR o.key = lower(held_by) OR lower(o.name) = lower(held_by))
           ORDER BY m.id LIMIT how_many
        $$;
        CREATE FUNCTION door.items_waiting_count(wanted text[]) RETURNS TABLE (adaptation text, waiting integer)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT n.adaptation, count(*)::integer FROM home_adaptation_marks m JOIN home_adaptations_now n ON n.mark_id = m.id
           WHERE m.mark = 'for_recycling' AND n.adaptation = ANY (wanted) AND door.user_id() IS NOT NULL
           GROUP BY n.adaptation ORDER BY n.adaptation
        $$;
        REVOKE ALL ON FUNCTION door.sees_case(bigint, integer[]), door.cases_at_item(integer), door.home_history(bigint),
          door.home_item(integer), door.items_waiting(text, text, integer, integer), door.items_waiting_count(text[])
          FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.cases_at_item(integer), door.home_history(bigint), door.home_item(integer),
          door.items_waiting(text, text, integer, integer), door.items_waiting_count(text[]) TO adapt_app;
        """
    )
    op.execute(
        """
        ALTER TABLE home_adaptations ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_case ON home_adaptations TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = home_adaptations.case_id));
        ALTER TABLE home_adaptation_marks ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_item ON home_adaptation_marks FOR SELECT TO adapt_app
          USING (EXISTS (SELECT FROM home_adaptations a WHERE a.id = home_adaptation_marks.home_adaptation_id));
        CREATE POLICY at_a_home_one_works_at ON home_adaptation_marks FOR INSERT TO adapt_app
          WITH CHECK (marked_by = (SELECT door.user_id()) AND door.cases_at_item(home_adaptation_id) <> '{}');
        GRANT SELECT ON home_adaptations, home_adaptation_marks, home_adaptations_now TO adapt_app;
        GRANT INSERT (case_id, adaptation, uprn, address_key, installed_on, organisation_id, reusable),
              UPDATE (installed_on, organisation_id, reusable, retracted_at) ON home_adaptations TO adapt_app;
        GRANT INSERT (home_adaptation_id, mark, marked_on, note, marked_by, organisation_id) ON home_adaptation_marks TO adapt_app;
        """
    )
    op.execute(BACKFILL)


def downgrade() -> None:
    op.execute(
        """
        DROP POLICY at_a_home_one_works_at ON home_adaptation_marks;
        DROP FUNCTION door.items_waiting_count(text[]), door.items_waiting(text, text, integer, integer),
          door.home_item(integer), door.home_history(bigint), door.cases_at_item(integer),
          door.sees_case(bigint, integer[]);
        DROP VIEW home_adaptations_now;
        DROP TABLE home_adaptation_marks, home_adaptations;
        """
    )
