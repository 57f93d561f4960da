"""What every command shares: the console, the settings, and a way to the database as the schema's owner."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer
from rich.console import Console

from app.kernel.database import Database, owner_engine
from app.kernel.embedded import embedded_server
from app.pathways.faults import PathwayFaults
from app.settings import Settings

T = TypeVar("T")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    """The owner's address of the database: the one named in the environment, else the embedded server's."""
    named = settings.owner_database_url or settings.database_url
    if named is not None:
        yield named.get_secret_value()
        return
    with embedded_server(settings.data_dir) as url:
        yield url


def with_owner(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run asynchronous work on the database as the schema's owner."""

    async def run(url: str) -> T:
        db = Database(owner_engine(url))
        try:
            return await work(db)
        finally:
            await db.close()

    with owner_url(settings) as url:
        return asyncio.run(run(url))


@contextmanager
def faults_told() -> Iterator[None]:
    """Print every fault in the pathway data, with file, line and mend, and end with exit code 2."""
    try:
        yield
    except PathwayFaults as faults:
        for fault in faults.faults:
            err.print(str(fault), markup=False)
        err.print(f"\n{len(faults.faults)} fault(s) in the pathway data. Nothing was started.")
        raise typer.Exit(2) from None
