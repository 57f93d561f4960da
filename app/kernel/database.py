"""The database as the app uses it: short transactions, opened at the edge, as a role that owns nothing."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import orjson
from psycopg.rows import namedtuple_row
from psycopg.types.json import set_json_loads
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Session = AsyncConnection
"""An open transaction. Statements are hand-written: the journal's rules are in the database, so rows are not mapped."""

set_json_loads(orjson.loads)
APP_ROLE = "adapt_app"
STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
SNAPSHOTS = 6
"""Of a process's fifteen connections these at most are with reports and exports."""
PATIENCE_S = 10
"""How long anybody waits for a connection, or for one of these, before being told to come back later."""


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def owner_engine(url: str | URL, *, pool_size: int = 2) -> AsyncEngine:
    """An engine as the schema's owner: for migrations, jobs that cross all cases, the demo and the benchmarks."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"options": "-c timezone=UTC"},
    )


def app_engine(url: str | URL, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose every connection acts as `adapt_app`, so that row-level security holds for whatever it runs."""
    options = (
        f"-c role={APP_ROLE} -c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}"
        f" -c lock_timeout={LOCK_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000 -c jit=off"
    )
    return create_async_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=PATIENCE_S,
        pool_recycle=1800,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        # Server-side prepared statements from the second run on: the hot path is a handful of fixed statements.
        connect_args={"options": options, "prepare_threshold": 2},
    )


async def direct(session: Session, statement: LiteralString, values: Mapping[str, Any]) -> list[Any]:
    """Run one of the fixed statements of the hot path on the driver itself, in the session's own transaction.

    Placeholders are psycopg's (`%(name)s`); rows are named tuples. It costs a third of a statement that SQLAlchemy
    prepares and reads, which is what moves and sign-in are made of; errors are psycopg's own.
    """
    raw = await session.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    cursor = driver.cursor(row_factory=namedtuple_row)
    await cursor.execute(statement, values, prepare=True)
    return await cursor.fetchall() if cursor.description is not None else []


_worked_out: dict[Session, dict[str, Any]] = {}


def worked_out(session: Session) -> dict[str, Any]:
    """Where a snapshot's readers leave what they worked out of it, for whoever asks again; else it is lost at once.

    Only in a snapshot does the same question have the same answer.
    """
    return _worked_out.get(session, {})


class Database:
    """Hands out transactions. The edge (API, page, command, job) opens one; nothing below it commits."""

    def __init__(self, engine: AsyncEngine, *, patience_s: float = PATIENCE_S) -> None:
        self.engine = engine
        self._patience_s = patience_s
        self._snapshots = asyncio.Semaphore(SNAPSHOTS)

    @asynccontextmanager
    async def transaction(self, *, of_one_moment: bool = False) -> AsyncIterator[Session]:
        """Commit when the block ends, roll back when it raises. `of_one_moment`: everything is seen as of its start."""
        async with self.engine.begin() as session:
            if of_one_moment:
                await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """A read-only transaction in which everything is seen as of one moment: what reports run in.

        Only so many at once: reports take long, and whoever works on a case must find a connection. Raises the
        pool's own TimeoutError where none of them comes to an end for as long as a connection is waited for.
        """
        try:
            async with asyncio.timeout(self._patience_s):
                await self._snapshots.acquire()
        except TimeoutError:
            raise PoolTimeoutError("No report came to an end while this one waited.") from None
        try:
            async with self.engine.begin() as session:
                await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                _worked_out[session] = {}
                try:
                    yield session
                finally:
                    del _worked_out[session]
        finally:
            self._snapshots.release()

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


async def schema_revision(session: Session) -> str | None:
    """The schema version the database is at, or None when it was never migrated."""
    found = await session.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL"))
    if not found:
        return None
    revision: str | None = await session.scalar(text("SELECT version_num FROM public.alembic_version"))
    return revision


_SQLSTATE = re.compile(r"^[A-Z0-9]{5}$")


def sqlstate(error: BaseException) -> str | None:
    """The five-character SQLSTATE of a database error, wherever SQLAlchemy wrapped it."""
    origin = getattr(error, "orig", error)
    state = getattr(origin, "sqlstate", None)
    return state if isinstance(state, str) and _SQLSTATE.match(state) else None
