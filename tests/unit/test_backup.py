"""A dump holds everything, and restoring it brings everything back without losing what was there."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.kernel.backup import BackupError, dump, restore
from app.kernel.conninfo import conninfo
from app.kernel.migrations import head
from tests.support.databases import TestServer

pytestmark = pytest.mark.database

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(conninfo(url))


def commit(url: str, statement: str) -> None:
    with connect(url) as connection:
        connection.execute(statement)


def names(url: str) -> list[str]:
    with connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM noted ORDER BY name").fetchall()]


def noted(url: str) -> None:
    commit(
        url,
        "CREATE TABLE noted (name text PRIMARY KEY); GRANT SELECT ON noted TO adapt_app;"
        "ALTER TABLE noted ENABLE ROW LEVEL SECURITY; INSERT INTO noted VALUES ('first')",
    )


def test_a_restore_brings_back_the_dump_and_keeps_what_was_there(
    database_server: TestServer, fresh_database_url: str, tmp_path: Path
) -> None:
    noted(fresh_database_url)
    dumped = dump(fresh_database_url, tmp_path / "monday.dump")
    commit(fresh_database_url, "INSERT INTO noted VALUES ('second')")
    restored = restore(fresh_database_url, dumped.path, now=NOW)
    assert names(fresh_database_url) == ["first"]
    assert restored.kept == f"{make_url(fresh_database_url).database}_before_20260302_093000"
    kept = database_server.url(restored.kept)
    assert names(kept) == ["first", "second"]
    database_server.drop(kept)


def test_schema_version_rights_and_row_security_survive(fresh_database_url: str, tmp_path: Path) -> None:
    noted(fresh_database_url)
    dumped = dump(fresh_database_url, tmp_path / "monday.dump")
    assert dumped.size == dumped.path.stat().st_size > 0
    commit(fresh_database_url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    restored = restore(fresh_database_url, dumped.path, now=NOW)
    assert restored.kept is None, "an empty database is not worth keeping"
    assert restored.tables == dumped.tables > 1
    with connect(fresh_database_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (head(),)
        connection.execute("SET ROLE adapt_app")
        assert connection.execute("SELECT count(*) FROM noted").fetchone() == (0,), "no policy lets the app see it"


def test_a_dump_is_its_owners_secret_and_never_overwrites_another(database_url: str, tmp_path: Path) -> None:
    target = tmp_path / "monday.dump"
    dump(database_url, target)
    before = target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match="exists already"):
        dump(database_url, target)
    assert target.read_bytes() == before


def test_a_dump_that_fails_leaves_no_file(database_server: TestServer, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no_such_database"):
        dump(database_server.url("no_such_database"), tmp_path / "monday.dump")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BackupError, match="Cannot write"):
        dump(database_server.url("no_such_database"), tmp_path / "no-such-folder" / "monday.dump")


def test_nothing_is_restored_while_somebody_works(fresh_database_url: str, tmp_path: Path) -> None:
    noted(fresh_database_url)
    dumped = dump(fresh_database_url, tmp_path / "monday.dump")
    with connect(fresh_database_url) as working:
        working.execute("INSERT INTO noted VALUES ('second')")
        with pytest.raises(BackupError, match="Stop the app and the worker"):
            restore(fresh_database_url, dumped.path, now=NOW)
    assert names(fresh_database_url) == ["first", "second"]


@pytest.mark.parametrize("content", [b"", b"SELECT 1;", b"PGDMP\x01\x10\x00"])
def test_a_file_that_is_no_dump_is_refused(fresh_database_url: str, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "holiday.jpg"
    source.write_bytes(content)
    with pytest.raises(BackupError, match="is not a dump"):
        restore(fresh_database_url, source, now=NOW)
    with pytest.raises(BackupError, match="There is no file"):
        restore(fresh_database_url, tmp_path / "missing.dump", now=NOW)
