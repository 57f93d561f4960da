"""The databases tests are given are migrated, empty and their own."""

import psycopg
import pytest

from app.kernel.conninfo import conninfo
from app.kernel.migrations import head
from tests.support.databases import TestServer

pytestmark = pytest.mark.database


def query(url: str, statement: str) -> object:
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_the_workers_database_is_migrated(database_url: str) -> None:
    assert query(database_url, "SELECT version_num FROM alembic_version") == head()


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_commits_is_not_seen_by_the_next(fresh_database_url: str, time: int) -> None:
    assert query(fresh_database_url, "SELECT to_regclass('left_behind') IS NULL") is True
    with psycopg.connect(conninfo(fresh_database_url)) as connection:
        connection.execute("CREATE TABLE left_behind ()")


def test_a_database_is_dropped_although_somebody_is_still_connected(database_server: TestServer) -> None:
    with database_server.fresh("dropped") as url:
        name = query(url, "SELECT current_database()")
        lingering = psycopg.connect(conninfo(url))
    with pytest.raises(psycopg.OperationalError):
        lingering.execute("SELECT 1")
    lingering.close()
    with pytest.raises(psycopg.OperationalError, match=f'database "{name}" does not exist'):
        query(url, "SELECT 1")
