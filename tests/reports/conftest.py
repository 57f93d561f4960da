"""What tests of reports share: calendars as rows in the worker's database."""

from collections.abc import AsyncIterator

import pytest

from app.kernel.calendars import Calendar
from app.pathways.calendar_files import load_calendars
from app.reports.calendar_sync import sync_calendars
from app.settings import ROOT
from tests.support.databases import TestServer
from tests.support.service import Service, running_service


@pytest.fixture(scope="session")
def calendars() -> dict[str, Calendar]:
    """The calendars that the product ships."""
    return load_calendars(ROOT / "pathways" / "calendars")


@pytest.fixture(scope="module")
async def alone(
    database_server: TestServer, worker_name: str, calendars: dict[str, Calendar], request: pytest.FixtureRequest
) -> AsyncIterator[Service]:
    """A service on a database of the module's own, for what is counted whole."""
    module = request.module.__name__.rpartition(".")[2]
    with database_server.fresh(f"{worker_name}_{module}") as url:
        async with running_service(url) as service:
            async with service.owner.transaction() as session:
                await sync_calendars(session, calendars)
            yield service


@pytest.fixture(scope="session")
async def counting(service: Service, calendars: dict[str, Calendar]) -> Service:
    """The shared service, its database knowing the calendars."""
    async with service.owner.transaction() as session:
        await sync_calendars(session, calendars)
    return service
