"""Why a sampled person was not asked, and which writing of an entry it is.

Whether somebody was asked is half an answer without why not. Two people may complete the same case at once: the number
of an entry's writing tells the second that the first was there.
"""

from alembic import op

revision = "0033_snapshot_not_asked"
down_revision = "0032_targets_kept"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        ALTER TABLE snapshot_entries
          -- Empty where the person was asked, and where it was written down before anybody asked why.
          ADD COLUMN not_asked_because text
            CONSTRAINT ck_snapshot_entries_not_asked_because
            CHECK (not_asked_because IS NULL OR (NOT surveyed AND not_asked_because ~ '^[a-z_]{1,40}$')),
          ADD COLUMN version integer NOT NULL DEFAULT 1 CONSTRAINT ck_snapshot_entries_version CHECK (version > 0)
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE snapshot_entries DROP COLUMN version, DROP COLUMN not_asked_because")
