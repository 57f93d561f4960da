"""Indicators that are withdrawn and stay on record, one indicator for each figure, and who wrote what in between.

An indicator that was entered in error is withdrawn: who did it, when and why stays, and so does whatever was signed off.
Two indicators of the same figure of the same scope would each have a target, so there can be one at a time. What is
said and aimed at counts how often it was written, so that nobody overwrites what they have not seen.
"""

from alembic import op

revision = "0032_targets_kept"
down_revision = "0031_report_tallies"


# An indicator could be given no second year, so whoever went on had to enter it again: years that the one that stays
# does not have are moved to it, with what was said of them. The one that stays has most signed off, or was first.
ENTERED_TWICE = """
    CREATE TEMPORARY TABLE entered_twice ON COMMIT DROP AS
    SELECT k.id, first_value(k.id) OVER (
             PARTITION BY k.measure_key, k.measure_version, k.figure, k.scope, k.scope_value
             ORDER BY (SELECT count(*) FROM indicator_quarters q
                        WHERE q.indicator_id = k.id AND q.signed_off_at IS NOT NULL) DESC, k.id) AS stays
      FROM indicators k WHERE k.ended_at IS NULL;
    CREATE TEMPORARY TABLE moved_years ON COMMIT DROP AS
    SELECT DISTINCT ON (e.stays, t.year) e.stays, t.year, t.indicator_id
      FROM indicator_targets t JOIN entered_twice e ON e.id = t.indicator_id
     WHERE e.id <> e.stays
       AND NOT EXISTS (SELECT FROM indicator_targets o WHERE o.indicator_id = e.stays AND o.year = t.year)
     ORDER BY e.stays, t.year, t.indicator_id;
    ALTER TABLE indicator_quarters DISABLE TRIGGER USER;
    ALTER TABLE indicator_targets DISABLE TRIGGER USER;
    UPDATE indicator_targets t SET indicator_id = m.stays
      FROM moved_years m WHERE m.indicator_id = t.indicator_id AND m.year = t.year;
    UPDATE indicator_quarters q SET indicator_id = m.stays
      FROM moved_years m WHERE m.indicator_id = q.indicator_id AND m.year = q.year;
    ALTER TABLE indicator_quarters ENABLE TRIGGER USER;
    ALTER TABLE indicator_targets ENABLE TRIGGER USER;
    -- Somebody must stand for it: whoever entered it, though it was not they who withdrew it.
    UPDATE indicators i
       SET ended_at = now(), ended_by = i.set_by,
           ended_because = 'It was entered twice. When the service was renewed, what it had was kept with the other.'
      FROM entered_twice e WHERE e.id = i.id AND e.id <> e.stays;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        ALTER TABLE indicators
          ADD ended_by integer CONSTRAINT fk_indicators_ended_by_users REFERENCES users,
          ADD ended_because text CONSTRAINT ck_indicators_ended_because
            CHECK (length(trim(ended_because)) BETWEEN 1 AND 2000);
        UPDATE indicators SET ended_by = set_by, ended_because = 'Why was not kept.' WHERE ended_at IS NOT NULL;
        ALTER TABLE indicators
          ADD CONSTRAINT ck_indicators_ended_whole
            CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_because IS NULL));
        """
    )
    op.execute(ENTERED_TWICE)
    op.execute(
        """
        CREATE UNIQUE INDEX uq_indicators_followed
          ON indicators (measure_key, measure_version, figure, scope, scope_value) NULLS NOT DISTINCT WHERE ended_at IS NULL;
        ALTER TABLE indicator_targets
          ADD version integer NOT NULL DEFAULT 1 CONSTRAINT ck_indicator_targets_version CHECK (version >= 1),
          -- The quarters lead to the year's target and not past it. What was set before this was asked stays.
          ADD CONSTRAINT ck_indicator_targets_leads_there CHECK (
            trajectory[4] = target AND (target <= ALL (trajectory) OR target >= ALL (trajectory))) NOT VALID;
        ALTER TABLE indicator_quarters
          ADD version integer NOT NULL DEFAULT 1 CONSTRAINT ck_indicator_quarters_version CHECK (version >= 1);
        CREATE FUNCTION withdrawn_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'What was withdrawn stays withdrawn.' USING ERRCODE = 'AD004';
        END $$;
        CREATE TRIGGER withdrawn_stays BEFORE UPDATE OR DELETE ON indicators
          FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION withdrawn_stays();
        CREATE FUNCTION followed_still() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM indicators i WHERE i.id = NEW.indicator_id AND i.ended_at IS NOT NULL) THEN
            RAISE EXCEPTION 'This indicator was withdrawn.' USING ERRCODE = 'AD004';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER followed_still BEFORE INSERT OR UPDATE ON indicator_targets
          FOR EACH ROW EXECUTE FUNCTION followed_still();
        CREATE TRIGGER followed_still BEFORE INSERT OR UPDATE ON indicator_quarters
          FOR EACH ROW EXECUTE FUNCTION followed_still();
        GRANT UPDATE (ended_by, ended_because) ON indicators TO adapt_app;
        GRANT UPDATE (version) ON indicator_targets TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER followed_still ON indicator_targets")
    op.execute("DROP TRIGGER followed_still ON indicator_quarters")
    op.execute("DROP TRIGGER withdrawn_stays ON indicators")
    op.execute("DROP FUNCTION followed_still(), withdrawn_stays()")
    op.execute("ALTER TABLE indicator_quarters DROP version")
    op.execute("ALTER TABLE indicator_targets DROP CONSTRAINT ck_indicator_targets_leads_there, DROP version")
    op.execute("DROP INDEX uq_indicators_followed")
    op.execute("ALTER TABLE indicators DROP CONSTRAINT ck_indicators_ended_whole, DROP ended_by, DROP ended_because")
