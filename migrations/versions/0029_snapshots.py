"""The annual performance snapshot: a sample fixed by a published seed, what each organisation adds, its submission.

A case is in the sample by its place among the cases of its tier and tenure, in the order in which they came, counted from
a beginning that the seed decides. So it is settled the moment a case is logged, and nobody can pick it afterwards.
"""

from alembic import op

revision = "0029_snapshots"
down_revision = "0028_targets"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE snapshots (
          -- The year in which the financial year begins.
          year smallint CONSTRAINT pk_snapshots PRIMARY KEY CONSTRAINT ck_snapshots_year CHECK (year BETWEEN 2000 AND 2100),
          -- One case in so many: 10 is ten per cent.
          one_in smallint NOT NULL DEFAULT 10 CONSTRAINT ck_snapshots_one_in CHECK (one_in BETWEEN 1 AND 100),
          seed text NOT NULL CONSTRAINT ck_snapshots_seed CHECK (length(trim(seed)) BETWEEN 6 AND 200),
          seed_source text NOT NULL CONSTRAINT ck_snapshots_seed_source CHECK (length(trim(seed_source)) BETWEEN 1 AND 500),
          published_by integer NOT NULL CONSTRAINT fk_snapshots_published_by_users REFERENCES users,
          published_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE TABLE snapshot_entries (
          year smallint NOT NULL CONSTRAINT fk_snapshot_entries_year_snapshots REFERENCES snapshots,
          case_id bigint NOT NULL CONSTRAINT fk_snapshot_entries_case_id_cases REFERENCES cases,
          organisation_id integer NOT NULL CONSTRAINT fk_snapshot_entries_organisation_id_organisations REFERENCES organisations,
          professions text[] NOT NULL,
          -- What it came to for the person, in words; no names.
          outcome_told text NOT NULL CONSTRAINT ck_snapshot_entries_outcome_told CHECK (length(trim(outcome_told)) BETWEEN 1 AND 2000),
          surveyed boolean NOT NULL,
          entered_by integer NOT NULL CONSTRAINT fk_snapshot_entries_entered_by_users REFERENCES users,
          entered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          CONSTRAINT pk_snapshot_entries PRIMARY KEY (year, case_id, organisation_id)
        );
        CREATE TABLE snapshot_submissions (
          year smallint NOT NULL CONSTRAINT fk_snapshot_submissions_year_snapshots REFERENCES snapshots,
          organisation_id integer NOT NULL CONSTRAINT fk_snapshot_submissions_organisation_id_organisations REFERENCES organisations,
          note text CONSTRAINT ck_snapshot_submissions_note CHECK (length(trim(note)) BETWEEN 1 AND 2000),
          cases integer NOT NULL, completed integer NOT NULL,
          submitted_by integer NOT NULL CONSTRAINT fk_snapshot_submissions_submitted_by_users REFERENCES users,
          submitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          CONSTRAINT pk_snapshot_submissions PRIMARY KEY (year, organisation_id)
        );
        CREATE FUNCTION snapshot_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'A snapshot that was published, and a part that was submitted, stay as they are.' USING ERRCODE = 'AD004';
        END $$;
        CREATE TRIGGER snapshot_stays BEFORE UPDATE OR DELETE ON snapshots FOR EACH ROW EXECUTE FUNCTION snapshot_stays();
        CREATE TRIGGER submission_stays BEFORE UPDATE OR DELETE ON snapshot_submissions
          FOR EACH ROW EXECUTE FUNCTION snapshot_stays();
        CREATE FUNCTION snapshot_entry_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          IF EXISTS (SELECT FROM snapshot_submissions s WHERE s.year = coalesce(NEW.year, OLD.year)
                        AND s.organisation_id = coalesce(NEW.organisation_id, OLD.organisation_id)) THEN
            RAISE EXCEPTION 'This part has been submitted.' USING ERRCODE = 'AD004';
          END IF;
          RETURN coalesce(NEW, OLD);
        END $$;
        CREATE TRIGGER snapshot_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON snapshot_entries
          FOR EACH ROW EXECUTE FUNCTION snapshot_entry_guard();
        -- Where counting begins among the cases of a tier and tenure: a number from 0 that the seed alone decides.
        CREATE FUNCTION snapshot_offset(seed text, tier text, tenure text, one_in integer) RETURNS integer
        LANGUAGE sql IMMUTABLE AS $$
          SELECT (('x' || left(encode(sha256(convert_to(seed || '|' || tier || '|' || tenure, 'UTF8')), 'hex'), 8))::bit(32)::bigint
                  % one_in)::integer
        $$;
        -- Which cases that the reader may see are in the sample; the places are counted among all cases.
        CREATE FUNCTION door.snapshot_sample(wanted integer)
        RETURNS TABLE (case_id bigint, tier text, tenure text, place bigint, recorded_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT f.case_id, f.tier, f.tenure, f.place, f.recorded_at
            FROM (SELECT c.id AS case_id, e.effects -> 'sets' ->> 'proposed_tier' AS tier, c.tenure, e.recorded_at, c.party_ids,
                         row_number() OVER (PARTITION BY e.effects -> 'sets' ->> 'proposed_tier', c.tenure ORDER BY e.id) - 1 AS place
                    FROM case_events e JOIN cases c ON c.id = e.case_id
                   WHERE e.sequence = 1 AND e.actor_kind <> 'import'
                     AND e.recorded_at >= make_date(wanted, 4, 1)::timestamp AT TIME ZONE 'Europe/London'
                     AND e.recorded_at < make_date(wanted + 1, 4, 1)::timestamp AT TIME ZONE 'Europe/London') f
            JOIN snapshots s ON s.year = wanted
           WHERE f.place % s.one_in = snapshot_offset(s.seed, f.tier, f.tenure, s.one_in)
             AND (door.sees_everything() OR f.party_ids && door.organisations())
        $$;
        REVOKE ALL ON FUNCTION door.snapshot_sample(integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.snapshot_sample(integer) TO adapt_app;
        CREATE INDEX ix_case_events_first ON case_events (recorded_at) WHERE sequence = 1;
        ALTER TABLE snapshot_entries ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_case ON snapshot_entries TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = snapshot_entries.case_id));
        GRANT SELECT, INSERT ON snapshots, snapshot_submissions TO adapt_app;
        GRANT SELECT, INSERT, UPDATE ON snapshot_entries TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_case_events_first")
    op.execute("DROP FUNCTION door.snapshot_sample(integer)")
    op.execute("DROP FUNCTION snapshot_offset(text, text, text, integer)")
    op.execute("DROP TABLE snapshot_submissions, snapshot_entries, snapshots")
    op.execute("DROP FUNCTION snapshot_stays(), snapshot_entry_guard()")
