"""What tests of reports share: calendars as rows in the worker's database."""

import pytest

from app.kernel.calendars import Calendar
from app.pathways.calendar_files import load_calendars
from app.reports.calendar_sync import sync_calendars
from app.settings import ROOT
from tests.support.service import Service


@pytest.fixture(scope="session")
def calendars() -> dict[str, Calendar]:
    """The calendars that the product ships."""
    return load_calendars(ROOT / "pathways" / "calendars")


@pytest.fixture(scope="session")
async def counting(service: Service, calendars: dict[str, Calendar]) -> Service:
    """The shared service, its database knowing the calendars."""
    async with service.owner.transaction() as session:
        await sync_calendars(session, calendars)
    return service
