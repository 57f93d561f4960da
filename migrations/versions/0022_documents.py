"""Documents of a case, each in its versions. The bytes are elsewhere; here is what they are and who added them.

A version is a fact: it is never changed or removed, and each is in the journal. One thing may happen to it: when its
document has been withdrawn, the owner (the worker) erases its bytes, and then its name and where the bytes were go too.
"""

from alembic import op

revision = "0022_documents"
down_revision = "0021_sign_in"

KINDS = (
    "'moved', 'milestone_imported', 'conversation_recorded', 'assigned', 'note_added', 'document_added',"
    " 'contact_made', 'handover_offered', 'handed_over', 'handover_declined', 'corrected', 'consent_recorded',"
    " 'repeat_linked', 'repeat_separated', 'pathway_migrated', 'quote_received', 'survey_answered'"
)


def _kinds(kinds: str) -> None:
    # Not compared with what is there, which obeyed a narrower rule: the journal is not locked for long.
    op.execute(
        f"""
        ALTER TABLE case_events DROP CONSTRAINT ck_case_events_kind,
          ADD CONSTRAINT ck_case_events_kind CHECK (kind IN ({kinds})) NOT VALID;
        """
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _kinds(f"{KINDS}, 'document_withdrawn'")
    op.execute("ALTER TABLE case_events VALIDATE CONSTRAINT ck_case_events_kind")
    op.execute(
        """
        CREATE TABLE documents (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_documents PRIMARY KEY,
          case_id bigint NOT NULL CONSTRAINT fk_documents_case_id_cases REFERENCES cases,
          -- The list of kinds is the code's.
          kind text NOT NULL CONSTRAINT ck_documents_kind CHECK (kind ~ '^[a-z_]{1,40}$'),
          -- What somebody wrote about it; it can name people, and goes when the document is withdrawn.
          about text CONSTRAINT ck_documents_about CHECK (length(about) BETWEEN 1 AND 200),
          withdrawn_at timestamptz,
          withdrawn_by integer CONSTRAINT fk_documents_withdrawn_by_users REFERENCES users,
          withdrawn_reason text CONSTRAINT ck_documents_withdrawn_reason CHECK (withdrawn_reason ~ '^[a-z_]{1,40}$'),
          CONSTRAINT uq_documents_case UNIQUE (case_id, id),
          CONSTRAINT ck_documents_withdrawn CHECK (
            num_nulls(withdrawn_at, withdrawn_by, withdrawn_reason) IN (0, 3) AND (withdrawn_at IS NULL OR about IS NULL))
        );
        CREATE INDEX ix_documents_withdrawn ON documents (id) WHERE withdrawn_at IS NOT NULL;
        CREATE TABLE document_versions (
          document_id integer NOT NULL,
          version integer NOT NULL CONSTRAINT ck_document_versions_version CHECK (version >= 1),
          case_id bigint NOT NULL,
          -- The event that recorded it: no version without one.
          sequence integer NOT NULL,
          sha256 bytea NOT NULL CONSTRAINT ck_document_versions_sha256 CHECK (length(sha256) = 32),
          size bigint NOT NULL CONSTRAINT ck_document_versions_size CHECK (size > 0),
          -- Only what the content was found to be; the code serves it as nothing else.
          media_type text NOT NULL CONSTRAINT ck_document_versions_media_type CHECK (media_type IN
            ('image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'text/plain',
             'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
             'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')),
          name text CONSTRAINT ck_document_versions_name CHECK (length(name) BETWEEN 1 AND 200),
          object_key text CONSTRAINT uq_document_versions_object_key UNIQUE,
          thumbnail_key text CONSTRAINT uq_document_versions_thumbnail_key UNIQUE,
          uploaded_by integer NOT NULL CONSTRAINT fk_document_versions_uploaded_by_users REFERENCES users,
          uploaded_at timestamptz NOT NULL DEFAULT door.now(),
          erased_at timestamptz,
          CONSTRAINT pk_document_versions PRIMARY KEY (document_id, version),
          CONSTRAINT fk_document_versions_document FOREIGN KEY (case_id, document_id) REFERENCES documents (case_id, id),
          CONSTRAINT fk_document_versions_event FOREIGN KEY (case_id, sequence) REFERENCES case_events (case_id, sequence),
          CONSTRAINT uq_document_versions_event UNIQUE (case_id, sequence),
          CONSTRAINT ck_document_versions_erased CHECK (
            (erased_at IS NULL AND name IS NOT NULL AND object_key IS NOT NULL)
            OR (erased_at IS NOT NULL AND num_nonnulls(name, object_key, thumbnail_key) = 0))
        );
        CREATE FUNCTION document_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'UPDATE' THEN
            RAISE EXCEPTION 'A document is withdrawn, not removed.' USING ERRCODE = 'AD004';
          END IF;
          IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
             OR (NEW.id, NEW.case_id, NEW.kind) IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind) THEN
            RAISE EXCEPTION 'A document is only ever withdrawn, once.' USING ERRCODE = 'AD004';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER document_guard BEFORE UPDATE OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION document_guard();
        CREATE FUNCTION document_version_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE gone boolean;
        BEGIN
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'A version of a document stays.' USING ERRCODE = 'AD004';
          END IF;
          SELECT d.withdrawn_at IS NOT NULL INTO gone FROM documents d WHERE d.id = NEW.document_id FOR SHARE;
          IF TG_OP = 'INSERT' THEN
            IF gone THEN
              RAISE EXCEPTION 'The document was withdrawn.' USING ERRCODE = 'AD004';
            END IF;
            RETURN NEW;
          END IF;
          IF NOT gone OR OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
             OR (NEW.document_id, NEW.version, NEW.case_id, NEW.sequence, NEW.sha256, NEW.size, NEW.media_type,
                 NEW.uploaded_by, NEW.uploaded_at) IS DISTINCT FROM
                (OLD.document_id, OLD.version, OLD.case_id, OLD.sequence, OLD.sha256, OLD.size, OLD.media_type,
                 OLD.uploaded_by, OLD.uploaded_at) THEN
            RAISE EXCEPTION 'A version only ever loses its bytes, when its document was withdrawn.' USING ERRCODE = 'AD004';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER document_version_guard BEFORE INSERT OR UPDATE OR DELETE ON document_versions
          FOR EACH ROW EXECUTE FUNCTION document_version_guard();
        CREATE TRIGGER documents_are_never_emptied BEFORE TRUNCATE ON documents
          FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
        CREATE TRIGGER document_versions_are_never_emptied BEFORE TRUNCATE ON document_versions
          FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
        """
    )
    op.execute(
        """
        -- Tells this database's objects from those of others in the same folder or bucket. It travels with a dump.
        CREATE TABLE document_store (
          id smallint CONSTRAINT pk_document_store PRIMARY KEY DEFAULT 1 CONSTRAINT ck_document_store_single CHECK (id = 1),
          mark text NOT NULL CONSTRAINT ck_document_store_mark CHECK (mark ~ '^[0-9a-f]{16}$')
        );
        INSERT INTO document_store (mark) VALUES (substr(md5(gen_random_uuid()::text), 1, 16));
        GRANT SELECT ON document_store TO adapt_app;
        """
    )
    for table in ("documents", "document_versions"):
        op.execute(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY through_its_case ON {table} TO adapt_app
              USING ((SELECT door.sees_everything()) OR EXISTS (SELECT FROM cases c WHERE c.id = {table}.case_id));
            """
        )
    op.execute(
        """
        -- Nobody adds or withdraws in another's name.
        CREATE POLICY own_name_only ON document_versions AS RESTRICTIVE FOR INSERT TO adapt_app
          WITH CHECK (uploaded_by = (SELECT door.user_id()));
        CREATE POLICY own_name_only ON documents AS RESTRICTIVE FOR UPDATE TO adapt_app
          USING (true) WITH CHECK (withdrawn_by = (SELECT door.user_id()));
        """
    )
    op.execute(
        """
        GRANT SELECT, INSERT (case_id, kind, about), UPDATE (about, withdrawn_at, withdrawn_by, withdrawn_reason)
           ON documents TO adapt_app;
        GRANT SELECT, INSERT (document_id, version, case_id, sequence, sha256, size, media_type, name, object_key,
                              thumbnail_key, uploaded_by)
           ON document_versions TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE document_versions, documents, document_store")
    op.execute("DROP FUNCTION document_version_guard(), document_guard()")
    _kinds(KINDS)
