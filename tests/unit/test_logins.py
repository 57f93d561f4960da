"""The app's login can become the app's role and do nothing else."""

from collections.abc import Iterator
from os import environ

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from app.kernel.conninfo import conninfo
from app.kernel.logins import ensure_login
from tests.support.databases import EXTERNAL, TestServer

pytestmark = pytest.mark.database


@pytest.fixture
def login(database_server: TestServer, database_url: str, worker_name: str) -> Iterator[str]:
    name = f"login_of_{worker_name}"
    ensure_login(database_url, "first password", login=name)
    yield name
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def connect(url: str, login: str, password: str) -> psycopg.Connection:
    return psycopg.connect(conninfo(make_url(url).set(username=login, password=password)))


def test_the_login_sees_nothing_until_it_becomes_the_role(database_url: str, login: str) -> None:
    with connect(database_url, login, "first password") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SELECT count(*) FROM cases")
        connection.execute("SET ROLE adapt_app")
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("DROP TABLE cases")


def test_the_login_has_no_rights_over_the_server(database_url: str, login: str) -> None:
    with connect(database_url, login, "first password") as connection:
        row = connection.execute(
            "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolinherit"
            "  FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (True, False, False, False, False, False)


def test_a_second_time_changes_the_password_and_stores_it_hashed(database_url: str, login: str) -> None:
    ensure_login(database_url, 'it\'s "another" password', login=login)
    with psycopg.connect(conninfo(database_url)) as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (login,)).fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$")
    if environ.get(EXTERNAL):  # the embedded server asks no password: only its owner's folder leads to it
        connect(database_url, login, 'it\'s "another" password').close()
        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(database_url, login, "first password")
