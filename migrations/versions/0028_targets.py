"""Indicators with their targets, and what was said of each quarter until it was signed off.

Nothing here is about a person who needs an adaptation. What was signed off stays: the database refuses any change of it.
"""

from alembic import op

revision = "0028_targets"
down_revision = "0027_panel_papers"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE indicators (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_indicators PRIMARY KEY,
          title text NOT NULL CONSTRAINT ck_indicators_title CHECK (length(trim(title)) BETWEEN 1 AND 200),
          -- A version of a measure: what is aimed at does not change when a new version comes.
          measure_key text NOT NULL,
          measure_version integer NOT NULL CONSTRAINT ck_indicators_measure_version CHECK (measure_version >= 1),
          figure text NOT NULL CONSTRAINT ck_indicators_figure CHECK (figure IN
            ('median_working_days', 'p90_working_days', 'mean_working_days', 'mean_calendar_days', 'completed',
             'percent_within_target')),
          better text NOT NULL CONSTRAINT ck_indicators_better CHECK (better IN ('lower', 'higher')),
          scope text NOT NULL CONSTRAINT ck_indicators_scope CHECK (scope IN ('partnership', 'locality', 'organisation')),
          scope_value text,
          officer_id integer NOT NULL CONSTRAINT fk_indicators_officer_id_users REFERENCES users,
          baseline numeric(12, 2) NOT NULL CONSTRAINT ck_indicators_baseline CHECK (baseline >= 0),
          baseline_told text NOT NULL CONSTRAINT ck_indicators_baseline_told CHECK (length(trim(baseline_told)) BETWEEN 1 AND 500),
          set_by integer NOT NULL CONSTRAINT fk_indicators_set_by_users REFERENCES users,
          set_at timestamptz NOT NULL DEFAULT now(),
          ended_at timestamptz,
          CONSTRAINT ck_indicators_scope_is_named CHECK ((scope = 'partnership') = (scope_value IS NULL))
        );
        CREATE TABLE indicator_targets (
          indicator_id integer NOT NULL CONSTRAINT fk_indicator_targets_indicator_id_indicators REFERENCES indicators,
          -- The year in which the financial year begins.
          year smallint NOT NULL CONSTRAINT ck_indicator_targets_year CHECK (year BETWEEN 2000 AND 2100),
          target numeric(12, 2) NOT NULL CONSTRAINT ck_indicator_targets_target CHECK (target >= 0),
          -- What each quarter should be at for the year's target to be met.
          trajectory numeric(12, 2)[] NOT NULL CONSTRAINT ck_indicator_targets_trajectory
            CHECK (cardinality(trajectory) = 4 AND array_position(trajectory, NULL) IS NULL),
          set_by integer NOT NULL CONSTRAINT fk_indicator_targets_set_by_users REFERENCES users,
          set_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_indicator_targets PRIMARY KEY (indicator_id, year)
        );
        CREATE TABLE indicator_quarters (
          indicator_id integer NOT NULL CONSTRAINT fk_indicator_quarters_indicator_id_indicators REFERENCES indicators,
          year smallint NOT NULL CONSTRAINT ck_indicator_quarters_year CHECK (year BETWEEN 2000 AND 2100),
          quarter smallint NOT NULL CONSTRAINT ck_indicator_quarters_quarter CHECK (quarter BETWEEN 1 AND 4),
          commentary text CONSTRAINT ck_indicator_quarters_commentary CHECK (length(trim(commentary)) BETWEEN 1 AND 2000),
          -- Somebody's own judgement, with why; null where the rule's stands.
          judged text CONSTRAINT ck_indicator_quarters_judged CHECK (judged IN ('green', 'amber', 'red')),
          judged_because text CONSTRAINT ck_indicator_quarters_judged_because CHECK (length(trim(judged_because)) BETWEEN 1 AND 2000),
          written_by integer NOT NULL CONSTRAINT fk_indicator_quarters_written_by_users REFERENCES users,
          written_at timestamptz NOT NULL DEFAULT now(),
          -- From here on as it was signed off, with the figures of that moment.
          signed_off_by integer CONSTRAINT fk_indicator_quarters_signed_off_by_users REFERENCES users,
          signed_off_at timestamptz,
          value numeric(12, 2), counted integer, ruled text, ruled_because text, definition text, trajectory numeric(12, 2),
          CONSTRAINT pk_indicator_quarters PRIMARY KEY (indicator_id, year, quarter),
          CONSTRAINT ck_indicator_quarters_judged_with_reason CHECK ((judged IS NULL) = (judged_because IS NULL)),
          CONSTRAINT ck_indicator_quarters_signed_off_whole CHECK (
            (signed_off_at IS NULL) = (signed_off_by IS NULL)
            AND (signed_off_at IS NULL) = (ruled IS NULL) AND (signed_off_at IS NULL) = (definition IS NULL))
        );
        CREATE FUNCTION signed_off_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'What was signed off stays as it is.' USING ERRCODE = 'AD004';
        END $$;
        CREATE TRIGGER signed_off_stays BEFORE UPDATE OR DELETE ON indicator_quarters
          FOR EACH ROW WHEN (OLD.signed_off_at IS NOT NULL) EXECUTE FUNCTION signed_off_stays();
        -- A year's aims cannot be moved once one of its quarters has been signed off.
        CREATE FUNCTION aims_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM indicator_quarters q WHERE q.indicator_id = OLD.indicator_id AND q.year = OLD.year
                        AND q.signed_off_at IS NOT NULL) THEN
            RAISE EXCEPTION 'A quarter of this year has been signed off.' USING ERRCODE = 'AD004';
          END IF;
          RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $$;
        CREATE TRIGGER aims_stay BEFORE UPDATE OR DELETE ON indicator_targets FOR EACH ROW EXECUTE FUNCTION aims_stay();
        GRANT SELECT, INSERT, UPDATE (ended_at) ON indicators TO adapt_app;
        GRANT SELECT, INSERT, UPDATE (target, trajectory, set_by, set_at) ON indicator_targets TO adapt_app;
        GRANT SELECT, INSERT, UPDATE ON indicator_quarters TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE indicator_quarters, indicator_targets, indicators")
    op.execute("DROP FUNCTION signed_off_stays(), aims_stay()")
