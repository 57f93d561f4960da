"""What people have begun to type: kept for themselves alone, so that a lost session loses no words."""

from alembic import op

revision = "0017_drafts"
down_revision = "0016_sessions"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE drafts (
          user_id integer NOT NULL CONSTRAINT fk_drafts_user_id_users REFERENCES users,
          -- The page's path: it may name a case by its reference and nothing else of a person.
          path text NOT NULL CONSTRAINT ck_drafts_path CHECK (path LIKE '/%' AND length(path) <= 200),
          fields jsonb NOT NULL CONSTRAINT ck_drafts_size CHECK (length(fields::text) <= 600000),
          saved_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_drafts PRIMARY KEY (user_id, path)
        );
        CREATE INDEX ix_drafts_saved_at ON drafts (saved_at);
        ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_drafts ON drafts TO adapt_app
          USING (user_id = (SELECT door.user_id())) WITH CHECK (user_id = (SELECT door.user_id()));
        GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE drafts")
