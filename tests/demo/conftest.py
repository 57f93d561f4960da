"""One demo partnership for all tests of a worker that only look at it: everything out of the ordinary happens in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from app.cases.casework import Casework
from app.demo.partnership import ensure_demo
from app.kernel.database import Database, app_engine, owner_engine
from app.pathways.pathway import CompiledPathway
from app.settings import Settings
from tests.demo.support import AFTERNOON, FixedClock, casework
from tests.support.databases import TestServer

CASES = 132
"""As many as it takes for every outline that must not be missing."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo as its owner and as the application's role see it, with what was said when it was made."""

    owner: Database
    app: Database
    casework: Casework
    said: tuple[str, ...]
    now: datetime

    @property
    def pathway(self) -> CompiledPathway:
        """The pathway that every case of the demo follows."""
        return self.casework.pathways.default


@pytest.fixture(scope="session")
async def demo(database_server: TestServer, worker_name: str) -> AsyncIterator[Demo]:
    """The demo as it is made on an afternoon of 2026."""
    said: list[str] = []
    with database_server.fresh(f"{worker_name}_demo") as url:
        owner, app = Database(owner_engine(url)), Database(app_engine(url))
        settings = Settings(demo=True)
        try:
            await ensure_demo(
                owner,
                settings,
                password="a pass phrase",
                fixed=False,
                say=said.append,
                cases=CASES,
                clock=FixedClock(AFTERNOON),
            )
            yield Demo(owner, app, casework(settings), tuple(said), AFTERNOON)
        finally:
            await app.close()
            await owner.close()
