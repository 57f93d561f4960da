"""Dump the database into one file, and restore such a file beside the running data before changing places.

Both use the PostgreSQL programs that come with the product; they work on the embedded server and on any PostgreSQL
from 15 to the version those programs have.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from app.kernel.conninfo import conninfo
from app.kernel.database import APP_ROLE
from app.kernel.postgres_tools import ToolFailedError, run_tool

MAINTENANCE_DATABASE = "postgres"
KNOWS_TRANSACTION_TIMEOUT = 170_000


class BackupError(Exception):
    """The dump or the restore did not happen; nothing was changed. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """A finished dump: where, how many bytes, how many tables with data."""

    path: Path
    size: int
    tables: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore; `kept` names the database that holds what was there before, None when that was empty."""

    tables: int
    kept: str | None


def dump(owner_url: str, target: Path) -> Dumped:
    """Write everything as of one moment into the new file `target`, which only its owner may read.

    Errors: BackupError when the file exists or pg_dump fails; then no file is left.
    """
    if target.exists():
        raise BackupError(f"{target} exists already. Choose a new name; a dump never overwrites another.")
    url = make_url(owner_url)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise BackupError(f"Cannot write to {target.parent}: {error.strerror}.") from error
    os.close(handle)
    unfinished = Path(name)
    try:
        _run("pg_dump", url, "--format=custom", f"--file={unfinished}")
        tables = _tables_in(unfinished)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Dumped(target, target.stat().st_size, tables)


def restore(owner_url: str, source: Path, *, now: datetime) -> Restored:
    """Load a dump into a new database and let it take the place of the one `owner_url` names, which is kept.

    The app and the worker must be stopped. `now` dates the name of what is kept. The owner must be allowed to create
    databases. Errors: BackupError, and everything is as it was.
    """
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    tables = _tables_in(source)
    url = make_url(owner_url)
    database = url.database or "adapt"
    incoming = f"{database}_restoring"
    with _maintenance(url) as connection:
        _ensure_app_role(connection)
        _execute(connection, "DROP DATABASE IF EXISTS {}", incoming)
        _execute(connection, "CREATE DATABASE {} TEMPLATE template0", incoming)
        try:
            _load(url.set(database=incoming), source, connection.info.server_version)
            kept = _change_places(connection, database, incoming, f"{database}_before_{now:%Y%m%d_%H%M%S}")
        except BaseException:
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", incoming)
            raise
        if _is_empty(url.set(database=kept)):
            _execute(connection, "DROP DATABASE {}", kept)
            return Restored(tables, None)
    return Restored(tables, kept)


def _load(url: URL, source: Path, server_version: int) -> None:
    # Who owns what is decided by who restores: owners are named differently from place to place.
    if server_version >= KNOWS_TRANSACTION_TIMEOUT:
        _run("pg_restore", url, "--exit-on-error", "--no-owner", str(source))
        return
    try:
        _run("pg_restore", url, "--no-owner", str(source))
    except BackupError as error:
        # The program switches off a time limit that an older server does not have; only that may fail.
        said = str(error)
        if said.count("pg_restore: error:") != 1 or "Command was: SET transaction_timeout = 0;" not in said:
            raise


def _change_places(connection: psycopg.Connection, current: str, incoming: str, kept: str) -> str:
    try:
        with connection.transaction():
            _execute(connection, "ALTER DATABASE {} RENAME TO {}", current, kept)
            _execute(connection, "ALTER DATABASE {} RENAME TO {}", incoming, current)
    except psycopg.errors.ObjectInUse as error:
        raise BackupError("The database is in use. Stop the app and the worker, then restore again.") from error
    return kept


def _ensure_app_role(connection: psycopg.Connection) -> None:
    """The dump grants rights to the app's role, which belongs to the server and is not in the dump."""
    with suppress(psycopg.errors.DuplicateObject):
        _execute(connection, "CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS", APP_ROLE)


def _is_empty(url: URL) -> bool:
    with psycopg.connect(conninfo(url)) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return found is None


def _tables_in(source: Path) -> int:
    try:
        listing = run_tool("pg_restore", ("--list", str(source.resolve())))
    except ToolFailedError as error:
        raise BackupError(f"{source} is not a dump made by `adapt database dump`.\n{error}") from error
    return sum(" TABLE DATA " in line for line in listing.splitlines())


def _run(program: str, url: URL, *arguments: str) -> None:
    # The password goes by the environment: a command line can be read by everyone on the machine.
    place = conninfo(url, with_password=False)
    environment = {"PGPASSWORD": str(url.password)} if url.password else {}
    try:
        run_tool(program, ("--no-password", f"--dbname={place}", *arguments), environment=environment)
    except ToolFailedError as error:
        raise BackupError(str(error)) from error


def _maintenance(url: URL) -> psycopg.Connection:
    return psycopg.connect(conninfo(url, database=MAINTENANCE_DATABASE), autocommit=True)


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
