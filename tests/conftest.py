"""Fixtures every test may use. Databases are made on first use, so tests that need none pay nothing."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.people import passwords
from tests.support.databases import TestServer, TestSession, begin_session, end_session
from tests.support.left_out import LeftOut
from tests.support.service import Service, running_service

# How long an example takes says more of the machine than of the code.
settings.register_profile("adapt", deadline=None)
settings.load_profile("adapt")
# Hashes that take no time: what production's take is a test of its own, and hundreds of tests sign somebody in.
passwords._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
SESSION = pytest.StashKey[TestSession]()


class _ToWorkers:
    """Tells the workers of pytest-xdist which session they belong to."""

    def __init__(self, session: TestSession) -> None:
        self._session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        node.workerinput["adapt_session"] = (str(self._session.folder), self._session.name)  # type: ignore[attr-defined]


def pytest_configure(config: pytest.Config) -> None:
    """Begin the session in the process that also ends it; workers are told."""
    config.pluginmanager.register(LeftOut())
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        folder, name = worker["adapt_session"]
        config.stash[SESSION] = TestSession(Path(folder), name)
        return
    config.stash[SESSION] = begin_session()
    config.pluginmanager.register(_ToWorkers(config.stash[SESSION]))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the session after the last worker has ended."""
    if SESSION in config.stash and not hasattr(config, "workerinput"):
        end_session(config.stash[SESSION])


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """The name of this process among pytest-xdist's workers, `main` when there are none."""
    worker: dict[str, str] = getattr(request.config, "workerinput", {})
    return worker.get("workerid", "main")


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[TestServer]:
    """The session's PostgreSQL, held by this process."""
    server = TestServer(request.config.stash[SESSION])
    yield server
    server.close()


@pytest.fixture(scope="session")
def database_url(database_server: TestServer, worker_name: str) -> str:
    """The migrated database of one worker (the owner's URL): for tests that roll back what they did."""
    return database_server.clone(worker_name)


@pytest.fixture
def fresh_database_url(database_server: TestServer, worker_name: str) -> Iterator[str]:
    """A migrated, empty database of this test's own (the owner's URL): for tests that commit."""
    with database_server.fresh(worker_name) as url:
        yield url


@pytest.fixture(scope="session")
async def service(database_url: str) -> AsyncIterator[Service]:
    """The app on this worker's database, shared by its tests: each works on cases of its own and counts nothing else."""
    async with running_service(database_url) as running:
        yield running


@pytest.fixture
async def fresh_service(fresh_database_url: str) -> AsyncIterator[Service]:
    """The app on an empty database of the test's own: for tests that count, race or break things."""
    async with running_service(fresh_database_url) as running:
        yield running
