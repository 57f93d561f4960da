"""What kept units add up to, so that a dashboard adds up some hundreds of numbers and not a million units.

A tally says how many units of a measure are alike in the month in which they began or ended, in how many days they
took, and in tenure or tier where it is told by one of them (not by both: then there would be as many tallies as units).
It changes in the transaction in which a kept unit does, so the two never disagree: whoever reads both in one snapshot
can take the units of a case that has moved since out of the tallies. A unit keeps what its tallies were told by, so
that it is taken out as it was put in. Of the stays in stages, now kept as well, the tallies say how many began and
ended in a month: how cases flow.
"""

from alembic import op

revision = "0031_report_tallies"
down_revision = "0030_report_units"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE report_tallies (
          -- A measure, or all stays in stages; as in report_units.
          measure text NOT NULL,
          what text NOT NULL CONSTRAINT ck_report_tallies_what CHECK (what IN
            ('started', 'done', 'gone', 'left', 'open', 'working', 'calendar', 'net_working', 'net_calendar',
             'entered', 'left_behind')),
          -- Of all tenures and tiers together, or of one tenure, or of one tier: what is not told is empty.
          told_by text NOT NULL CONSTRAINT ck_report_tallies_told_by CHECK (told_by IN ('none', 'tenure', 'tier')),
          -- The first day of the month in which it happened; of what is open the day on which it began.
          on_day date NOT NULL,
          tenure text NOT NULL, tier text NOT NULL,
          -- An outcome, or a stage; empty where there is none.
          detail text NOT NULL,
          pathway_key text NOT NULL, calendar_key text NOT NULL,
          -- Days; nought where what is counted took none.
          days integer NOT NULL,
          number bigint NOT NULL, within_target bigint NOT NULL, with_target bigint NOT NULL, doubtful bigint NOT NULL,
          CONSTRAINT pk_report_tallies
            PRIMARY KEY (measure, told_by, what, on_day, tenure, tier, detail, pathway_key, calendar_key, days),
          CONSTRAINT ck_report_tallies_told CHECK ((tenure <> '') = (told_by = 'tenure') AND (tier <> '') = (told_by = 'tier')),
          CONSTRAINT ck_report_tallies_counts CHECK (number >= 0 AND within_target >= 0 AND doubtful >= 0
            AND with_target >= within_target AND number >= with_target AND number >= doubtful)
        -- The same tallies change again and again: beside each there is room for what it will be next.
        ) WITH (fillfactor = 50);
        ALTER TABLE report_tallies ENABLE ROW LEVEL SECURITY;
        -- They are of all cases together: for whoever sees all cases.
        CREATE POLICY of_the_whole ON report_tallies TO adapt_app USING ((SELECT door.sees_everything()));
        GRANT SELECT ON report_tallies TO adapt_app;
        -- Cases are never deleted, and nobody but the worker writes here: looking every case up cost three quarters of keeping.
        ALTER TABLE report_units DROP CONSTRAINT fk_report_units_case_id_cases;
        -- Units that were kept before have no tallies: they are counted anew.
        DELETE FROM report_state;
        DELETE FROM report_units;
        ALTER TABLE report_units
          ADD tenure text NOT NULL, ADD pathway_key text NOT NULL, ADD calendar_key text NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE report_tallies;
        DELETE FROM report_state;
        DELETE FROM report_units;
        ALTER TABLE report_units DROP tenure, DROP pathway_key, DROP calendar_key;
        ALTER TABLE report_units ADD CONSTRAINT fk_report_units_case_id_cases FOREIGN KEY (case_id) REFERENCES cases;
        """
    )
