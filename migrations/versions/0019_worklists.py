"""Worklists: people found by a name spelt nearly right, lists that an index answers, and what each user keeps.

A name is found although a letter was dropped, added, swapped or wrong: beside each word of a name stand the words that
are left when one letter of it is taken away, and two words that are one slip apart share one of these. No extension is
needed, the column is the database's own work, and an import pays for it a fraction of what a row costs already.
"""

from alembic import op

revision = "0019_worklists"
down_revision = "0018_provision_events"

LETTERS = "a-z\\u00c0-\\u1fff\\u2c00-\\u2fff\\u3040-\\ufdff\\U00010000-\\U0010ffff"
TITLES = "{mr,mrs,ms,miss,mx,dr,rev,sir,dame,lady,lord,prof}"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        rf"""
        -- A name without accents, capitals, apostrophes; Mac for Mc, joined to what follows. As app.kernel.names has it.
        CREATE FUNCTION name_plain(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = public, pg_temp AS $$
        DECLARE plain text := name;
        BEGIN
          IF octet_length(plain) > length(plain) THEN
            plain := regexp_replace(normalize(plain, NFKD), '[\u0300-\u036f\u2018\u2019\u02bc]', '', 'g');
            plain := translate(plain, 'ØøŁłĐđÐðıÆŒÞ‐–—', 'oollddddiæœþ---');
            plain := replace(replace(replace(replace(plain, 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ß', 'ss');
          END IF;
          plain := lower(translate(plain, chr(39) || '`', ''));
          IF plain ~ '\mma?c' THEN plain := regexp_replace(plain, '\m(mac|mc)\s*(?=[a-z]{{3}})', 'mac', 'g'); END IF;
          RETURN plain;
        END $$;
        -- The words of such a plain text in their order. Whoever has more than twelve is found by the first twelve.
        CREATE FUNCTION plain_words(plain text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = public, pg_temp AS $$
        BEGIN
          RETURN (array_remove(regexp_split_to_array(plain, '[^{LETTERS}]+'), ''))[1:12];
        END $$;
        -- The beginning of a word, and what is left of it when one letter is taken away. Six letters tell enough: what
        -- has been found is compared whole, and an index of fewer words is kept more quickly.
        CREATE FUNCTION word_near(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = public, pg_temp AS $$
        DECLARE start text := left(word, 6); near text[] := ARRAY[start];
        BEGIN
          IF length(start) > 2 THEN
            FOR i IN 1 .. length(start) LOOP near := near || (left(start, i - 1) || substr(start, i + 1)); END LOOP;
          END IF;
          RETURN near;
        END $$;
        -- The last word first: as a list of people is put in order.
        CREATE FUNCTION name_order(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = public, pg_temp AS $$
        DECLARE words text[] := plain_words(name_plain(name)); last integer := cardinality(words);
        BEGIN
          RETURN concat_ws(' ', words[last], array_to_string(words[1:last - 1], ' '));
        END $$;
        -- What a person is looked up by: each word whole (after a `=`, so that the beginning of one is not taken for
        -- the beginning of a rest), what is near each word, and the keys of how it sounds. What a hyphen joins counts
        -- as one word too: Dummie-Mockett is found as Dummie, as Mockett, as Dummiemockett.
        CREATE FUNCTION name_lexemes(name text, keys text[]) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
        SET search_path = public, pg_temp AS $$
        DECLARE
          plain text := name_plain(name); words text[] := plain_words(plain); lexemes text[] := '{{}}'; word text;
          parts text[];
        BEGIN
          IF position('-' IN plain) > 0 THEN
            FOREACH word IN ARRAY string_to_array(plain, ' ') LOOP
              parts := plain_words(word);
              IF cardinality(parts) > 1 THEN words := words || array_to_string(parts, ''); END IF;
            END LOOP;
          END IF;
          FOREACH word IN ARRAY words LOOP lexemes := lexemes || ('=' || word) || word_near(word); END LOOP;
          RETURN array_to_tsvector(lexemes || array_remove(keys, ''));
        END $$;
        """
    )
    op.execute(
        f"""
        -- What somebody typed, as a question to that column: every word, two of them as one, or how it sounds.
        -- Words are letters alone and keys are ours, so nothing in them can be taken for an operator once in quotes.
        CREATE FUNCTION asked_word(word text, nearly boolean) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN '(' || quote_literal('=' || word) || ':*' || CASE WHEN nearly
          THEN (SELECT string_agg('|' || quote_literal(near), '') FROM unnest(word_near(word)) near) ELSE '' END || ')';
        CREATE FUNCTION asked_words(words text[], nearly boolean) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN '(' || (SELECT string_agg(asked_word(word, nearly), '&') FROM unnest(words) word) || ')';
        CREATE FUNCTION name_query(typed text, keys text[], nearly boolean) RETURNS tsquery
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
        DECLARE
          given text[] := (plain_words(name_plain(typed)))[1:6];
          words text[] := ARRAY(SELECT word FROM unnest(given) word WHERE word <> ALL ('{TITLES}'::text[]));
          asked text;
        BEGIN
          IF cardinality(words) = 0 THEN words := given; END IF;
          IF cardinality(words) = 0 THEN RETURN NULL; END IF;
          asked := asked_words(words, nearly);
          -- Two words beside one another may be one word of the name: Mac Donald, O Neil, Mary Ann.
          FOR i IN 1 .. cardinality(words) - 1 LOOP
            asked := asked || '|' || asked_words(words[1 : i - 1] || (words[i] || words[i + 1]) || words[i + 2 : 6], nearly);
          END LOOP;
          IF NOT nearly AND cardinality(keys) > 0 THEN
            asked := asked || '|(' || (SELECT string_agg(quote_literal(key), '&') FROM unnest(keys) key) || ')';
          END IF;
          RETURN asked::tsquery;
        END $$;
        """
    )
    op.execute(
        """
        ALTER TABLE people
          ADD COLUMN name_search tsvector GENERATED ALWAYS AS (name_lexemes(name, name_keys)) STORED,
          ADD COLUMN name_order text COLLATE "C" NOT NULL GENERATED ALWAYS AS (name_order(name)) STORED;
        DROP INDEX ix_people_name_search;
        CREATE INDEX ix_people_name_search ON people USING gin (name_search);
        CREATE INDEX ix_people_name_order ON people (name_order, id);
        -- Row-level security is asked first, so no index could look a word up for the application's role. This door
        -- looks it up and gives only people of cases that the caller sees: `sure` by what was typed, else only near it.
        CREATE FUNCTION door.people_called(typed text, keys text[], nearly boolean, most integer)
        RETURNS TABLE (person_id bigint, name text, sure boolean)
        LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
        DECLARE
          everything boolean := door.sees_everything();
          ours integer[] := door.organisations();
          on_agenda bigint[] := door.panel_cases();
          certain tsquery := name_query(typed, keys, false);
          near tsquery := CASE WHEN nearly THEN name_query(typed, keys, true) END;
        BEGIN
          RETURN QUERY SELECT p.id, p.name, true FROM people p
            WHERE p.name_search @@ certain
              AND EXISTS (SELECT FROM cases c WHERE c.person_id = p.id
                             AND (everything OR c.party_ids && ours OR c.id = ANY (on_agenda)))
            LIMIT most;
          IF near IS NOT NULL THEN
            RETURN QUERY SELECT p.id, p.name, false FROM people p
              WHERE p.name_search @@ near AND NOT p.name_search @@ certain
                AND EXISTS (SELECT FROM cases c WHERE c.person_id = p.id
                               AND (everything OR c.party_ids && ours OR c.id = ANY (on_agenda)))
              LIMIT most;
          END IF;
        END $$;
        REVOKE ALL ON FUNCTION door.people_called(text, text[], boolean, integer) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION door.people_called(text, text[], boolean, integer) TO adapt_app;
        """
    )
    op.execute(
        """
        -- Projected from the journal like the rest of `memory`; in a column of its own an index can answer for it.
        ALTER TABLE cases ADD COLUMN handover_to integer
          GENERATED ALWAYS AS ((memory #>> '{attributes,pending_handover,to}')::integer) STORED;
        CREATE INDEX ix_cases_handover_to ON cases (handover_to, worklist_key) WHERE handover_to IS NOT NULL;
        CREATE INDEX ix_cases_unassigned ON cases (custody_id, worklist_key) WHERE assigned_to IS NULL AND ended_at IS NULL;
        CREATE INDEX ix_cases_source_reference ON cases (source_reference) WHERE source_reference IS NOT NULL;
        -- The other orders of a list: open before ended, then whose wait is longest, or what is due first.
        CREATE INDEX ix_cases_waited ON cases ((ended_at IS NOT NULL), first_contact_on, id);
        CREATE INDEX ix_cases_due ON cases ((ended_at IS NOT NULL), (coalesce(due_on, date 'infinity')), id);
        """
    )
    op.execute(
        """
        CREATE TABLE saved_views (
          id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_saved_views PRIMARY KEY,
          user_id integer NOT NULL CONSTRAINT fk_saved_views_user_id_users REFERENCES users,
          name text NOT NULL CONSTRAINT ck_saved_views_name CHECK (length(name) BETWEEN 1 AND 60),
          -- Which list, which filters, which order; never what was searched for, which is about one person.
          wanted jsonb NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE UNIQUE INDEX uq_saved_views_name ON saved_views (user_id, lower(name));
        ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_views ON saved_views TO adapt_app
          USING (user_id = (SELECT door.user_id())) WITH CHECK (user_id = (SELECT door.user_id()));
        GRANT SELECT, INSERT (user_id, name, wanted), UPDATE (name, wanted), DELETE ON saved_views TO adapt_app;
        CREATE TABLE searches (
          -- What somebody typed to find a person, so that no address has to carry it. Gone after a day.
          id uuid CONSTRAINT pk_searches PRIMARY KEY DEFAULT gen_random_uuid(),
          user_id integer NOT NULL CONSTRAINT fk_searches_user_id_users REFERENCES users,
          typed text NOT NULL CONSTRAINT ck_searches_typed CHECK (length(typed) BETWEEN 1 AND 200),
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX ix_searches_user_id ON searches (user_id, created_at);
        CREATE INDEX ix_searches_created_at ON searches (created_at);
        ALTER TABLE searches ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_searches ON searches TO adapt_app
          USING (user_id = (SELECT door.user_id())) WITH CHECK (user_id = (SELECT door.user_id()));
        GRANT SELECT, INSERT (user_id, typed), DELETE ON searches TO adapt_app;
        CREATE TABLE bulk_assignments (
          -- What became of each case of an assignment of several: shown to whoever did it, gone after thirty days.
          id uuid CONSTRAINT pk_bulk_assignments PRIMARY KEY DEFAULT gen_random_uuid(),
          user_id integer NOT NULL CONSTRAINT fk_bulk_assignments_user_id_users REFERENCES users,
          assigned_to integer NOT NULL CONSTRAINT fk_bulk_assignments_assigned_to_users REFERENCES users,
          results jsonb NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX ix_bulk_assignments_created_at ON bulk_assignments (created_at);
        ALTER TABLE bulk_assignments ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_bulk_assignments ON bulk_assignments TO adapt_app
          USING (user_id = (SELECT door.user_id())) WITH CHECK (user_id = (SELECT door.user_id()));
        GRANT SELECT, INSERT (user_id, assigned_to, results) ON bulk_assignments TO adapt_app;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE bulk_assignments, searches, saved_views;
        DROP INDEX ix_cases_due, ix_cases_waited, ix_cases_source_reference, ix_cases_unassigned, ix_cases_handover_to;
        ALTER TABLE cases DROP COLUMN handover_to;
        DROP FUNCTION door.people_called(text, text[], boolean, integer);
        ALTER TABLE people DROP COLUMN name_order, DROP COLUMN name_search;
        CREATE INDEX ix_people_name_search ON people USING gin (to_tsvector('simple', name));
        DROP FUNCTION name_query(text, text[], boolean), asked_words(text[], boolean), asked_word(text, boolean),
          name_lexemes(text, text[]), name_order(text), word_near(text), plain_words(text), name_plain(text);
        """
    )
