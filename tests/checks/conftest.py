"""A small partnership in good order, which each test breaks in a transaction of its own and never commits."""

from collections.abc import AsyncIterator

import pytest

from tests.checks.ground import Ground, lay
from tests.support.databases import TestServer
from tests.support.service import running_service


@pytest.fixture(scope="session")
async def ground(database_server: TestServer, worker_name: str) -> AsyncIterator[Ground]:
    """Cases of every kind that the rules look at; nobody changes them for good."""
    with database_server.fresh(f"{worker_name}_checks") as url:
        async with running_service(url) as service:
            yield await lay(service)


@pytest.fixture
async def breaking(ground: Ground) -> AsyncIterator[Ground]:
    """The same, inside a transaction in which no trigger guards anything, so that it can be broken on purpose."""
    async with ground.inside() as broken:
        yield broken
