"""What an import keeps: its report, the rows it brought in as they were read, and those it did not.

A report is seen by those who see the whole partnership and by the person who ran it; a row that became a case is seen
by whoever sees the case. None of it is the journal: reports and rows hold people's data and can be erased.
"""

from alembic import op

revision = "0015_imports"
down_revision = "0014_reports"

OF_A_REPORT = ("import_errors", "import_rejected", "import_conflicts")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE imports (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_imports PRIMARY KEY,
          source text NOT NULL CONSTRAINT ck_imports_source CHECK (length(source) BETWEEN 1 AND 200),
          -- Tells whether two imports were of one file. Its name is not kept: it can name a person.
          file_hash bytea NOT NULL CONSTRAINT ck_imports_file_hash CHECK (length(file_hash) = 32),
          dry_run boolean NOT NULL,
          -- Nobody's when the database's owner ran it by command without naming anybody.
          run_by integer CONSTRAINT fk_imports_run_by_users REFERENCES users,
          started_at timestamptz NOT NULL DEFAULT now(),
          finished_at timestamptz,
          header text[] NOT NULL,
          rows integer NOT NULL DEFAULT 0,
          accepted integer NOT NULL DEFAULT 0,
          unchanged integer NOT NULL DEFAULT 0,
          conflict integer NOT NULL DEFAULT 0,
          rejected integer NOT NULL DEFAULT 0,
          notes jsonb NOT NULL DEFAULT '{}',
          -- Every row ends in exactly one of the four.
          CONSTRAINT ck_imports_adds_up CHECK (rows = accepted + unchanged + conflict + rejected)
        );
        CREATE TABLE import_rows (
          source text NOT NULL,
          source_reference text NOT NULL,
          content_hash bytea NOT NULL CONSTRAINT ck_import_rows_content_hash CHECK (length(content_hash) = 32),
          case_id bigint NOT NULL CONSTRAINT uq_import_rows_case_id UNIQUE
            CONSTRAINT fk_import_rows_case_id_cases REFERENCES cases,
          import_id integer NOT NULL CONSTRAINT fk_import_rows_import_id_imports REFERENCES imports,
          line integer NOT NULL,
          -- Every cell that was not empty, by the file's own header; `extra` are those of columns nobody knows.
          raw jsonb NOT NULL,
          extra jsonb NOT NULL,
          doubts text[] NOT NULL,
          CONSTRAINT pk_import_rows PRIMARY KEY (source, source_reference)
        );
        CREATE TABLE import_errors (
          import_id integer NOT NULL CONSTRAINT fk_import_errors_import_id_imports REFERENCES imports ON DELETE CASCADE,
          line integer NOT NULL,
          place integer NOT NULL,
          column_name text NOT NULL,
          message text NOT NULL,
          CONSTRAINT pk_import_errors PRIMARY KEY (import_id, line, place)
        );
        CREATE TABLE import_rejected (
          import_id integer NOT NULL CONSTRAINT fk_import_rejected_import_id_imports REFERENCES imports ON DELETE CASCADE,
          line integer NOT NULL,
          cells text[] NOT NULL,
          CONSTRAINT pk_import_rejected PRIMARY KEY (import_id, line)
        );
        CREATE TABLE import_conflicts (
          import_id integer NOT NULL CONSTRAINT fk_import_conflicts_import_id_imports REFERENCES imports ON DELETE CASCADE,
          line integer NOT NULL,
          source_reference text NOT NULL,
          content_hash bytea NOT NULL,
          case_id bigint NOT NULL CONSTRAINT fk_import_conflicts_case_id_cases REFERENCES cases,
          raw jsonb NOT NULL,
          CONSTRAINT pk_import_conflicts PRIMARY KEY (import_id, line)
        );
        CREATE INDEX ix_import_conflicts_case_id ON import_conflicts (case_id);
        ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_or_partnership ON imports TO adapt_app
          USING ((SELECT door.sees_everything()) OR run_by = (SELECT door.user_id()));
        ALTER TABLE import_rows ENABLE ROW LEVEL SECURITY;
        CREATE POLICY through_its_case ON import_rows TO adapt_app
          USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = import_rows.case_id))
          WITH CHECK ((SELECT door.sees_everything()));
        GRANT SELECT, INSERT, UPDATE (finished_at, rows, accepted, unchanged, conflict, rejected, notes) ON imports TO adapt_app;
        GRANT SELECT, INSERT ON import_rows TO adapt_app;
        """
    )
    for table in OF_A_REPORT:
        op.execute(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY through_its_import ON {table} TO adapt_app
              USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM imports i WHERE i.id = {table}.import_id));
            GRANT SELECT, INSERT ON {table} TO adapt_app;
            """
        )


def downgrade() -> None:
    op.execute("DROP TABLE import_conflicts, import_rejected, import_errors, import_rows, imports")
