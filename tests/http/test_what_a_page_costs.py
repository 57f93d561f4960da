"""How many statements a page of a case sends: few, and as many for a case on which much has happened."""

from collections.abc import AsyncIterator

import pytest

from tests.support.browsing import Browser, browsing, give_passwords
from tests.support.databases import TestServer
from tests.support.queries import counted
from tests.support.service import Service, running_service
from tests.support.walks import Walk, walked

pytestmark = pytest.mark.database
MOST = {
    "/cases/{case}": 12,
    "/cases/{case}/timeline": 5,
    "/cases/{case}/repeats": 5,
    "/cases/{case}/documents": 5,
    "/cases/{case}/actions/hold": 9,
    "/cases/{case}/record/notes": 5,
    "/referrals/new": 3,
}


@pytest.fixture(scope="module")
async def service(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership of the module's own whose people have passwords."""
    with database_server.fresh(f"{worker_name}_costs") as url:
        async with running_service(url) as running:
            await give_passwords(running)
            yield running


@pytest.fixture(scope="module")
async def cases(service: Service) -> tuple[Walk, Walk]:
    """One on which little has happened, and one on which much has."""
    little = await walked(service, "screen", "start_assessment", tier="moderate")
    much = await walked(service, "screen", "start_assessment", tier="moderate")
    for number in range(60):
        await much.record("housing_officer", "notes", {"note": f"Call {number}."})
    for _ in range(4):
        await much.take("hold")
        await much.take("resume")
    return little, much


@pytest.fixture
async def browser(service: Service) -> AsyncIterator[Browser]:
    """A housing officer's browser."""
    async with browsing(service) as opened:
        await opened.sign_in("housing_officer@test.example")
        yield opened


@pytest.mark.parametrize(("path", "most"), MOST.items())
async def test_a_page_sends_few_statements_however_much_has_happened(
    service: Service, cases: tuple[Walk, Walk], browser: Browser, path: str, most: int
) -> None:
    counts = []
    for walk in cases:
        with counted(service) as statements:
            response = await browser.http.get(path.format(case=walk.reference))
        assert response.status_code == 200, response.text
        assert statements.count <= most, str(statements)
        counts.append(statements.count)
    assert counts[0] == counts[1]
