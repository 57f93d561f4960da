"""How many statements a page of a case sends: few, and as many for a case on which much has happened."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.test_panel_journeys import ON_THE_WAY, Item, accept
from tests.support.browsing import Browser, browsing, give_passwords
from tests.support.databases import TestServer
from tests.support.panels import a_meeting, coordinate
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


PANEL_PAGES = {
    "/meetings/{meeting}": ("panel_coordinator", 13),
    "/meetings/{meeting}/cases/{case}": ("panel_coordinator", 15),
    "/meetings/{meeting}/cases/{case}/papers": ("panel_member", 11),
    "/meetings/{meeting}/agenda": ("panel_coordinator", 7),
    "/my-panel": ("panel_member", 9),
    "/panels/{panel}/oversight": ("panel_coordinator", 15),
}


@pytest.fixture(scope="module")
async def meetings(service: Service) -> tuple[Item, Item]:
    """One with a case on its agenda, and one with five, each with papers, words, interests and questions."""
    found = []
    for number in (1, 5):
        meeting = await a_meeting(service)
        for _ in range(number):
            walk = await walked(service, *ON_THE_WAY, tier="complex")
            await accept(service, meeting["panel"], walk)
            await walk.take("schedule_for_panel", meeting=meeting["id"])
            item = Item(service, walk, meeting)
            await coordinate(service, f"{item.path}/papers", {})
            await item.assent("clydeview")
            stays = {"nature": "I assessed the person.", "effect": "stays"}
            assert (await service.post("panel_member", f"{item.path}/interests", stays)).status_code == 201
        found.append(item)
    return found[0], found[1]


@pytest.mark.parametrize(("path", "who", "most"), [(path, *rest) for path, rest in PANEL_PAGES.items()])
async def test_a_panels_page_sends_few_statements_however_long_the_agenda(
    service: Service, meetings: tuple[Item, Item], path: str, who: str, most: int
) -> None:
    async with browsing(service) as browser:
        await browser.sign_in(f"{who}@test.example")
        counts = []
        for item in meetings:
            known = {"meeting": item.meeting["id"], "case": item.walk.reference, "panel": item.meeting["panel"]}
            with counted(service) as statements:
                response = await browser.http.get(path.format(**known))
            assert response.status_code == 200, response.text
            assert statements.count <= most, str(statements)
            counts.append(statements.count)
        assert counts[0] == counts[1]
