"""What several files of HTTP tests start from."""

from collections.abc import AsyncIterator

import pytest

from tests.support.browsing import Browser, browsing, give_passwords
from tests.support.databases import TestServer
from tests.support.service import Service, running_service


@pytest.fixture(scope="module")
async def offices(
    database_server: TestServer, worker_name: str, request: pytest.FixtureRequest
) -> AsyncIterator[Service]:
    """A partnership of the module's own whose people have passwords."""
    module = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    with database_server.fresh(f"{worker_name}_{module}") as url:
        async with running_service(url) as running:
            await give_passwords(running)
            yield running


@pytest.fixture
async def browser(offices: Service, request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """A new browser, at an address that no other test uses."""
    async with browsing(offices, address=f"test {request.node.name}") as opened:
        yield opened
