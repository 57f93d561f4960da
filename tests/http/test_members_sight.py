"""A panel's member and a case that is not on its meetings: by no page, call, paper, document, list or search."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from app.kernel.database import Session
from app.main import PAGES
from tests.journeys.test_panel_journeys import COORDINATOR, ON_THE_WAY, Item, accept
from tests.support.browsing import Page
from tests.support.files import picture
from tests.support.pagewalks import Office, office
from tests.support.panels import a_meeting, a_panel, coordinate
from tests.support.routes import routes
from tests.support.service import API, Service
from tests.support.walks import walked

pytestmark = pytest.mark.database
MEMBER = "panel_member"
NOBODYS = "HS-000999-Z"


@dataclass(frozen=True)
class Foreign:
    """A case on an agenda of a panel on which the member does not sit, with papers and a document."""

    item: Item
    person: str
    document: int
    values: dict[str, str]


@pytest.fixture(scope="module")
async def offices(service: Service) -> AsyncIterator[Office]:
    """Browsers of the cast."""
    async with office(service) as opened:
        yield opened


@pytest.fixture(scope="module")
async def foreign(service: Service) -> Foreign:
    """The case, and what goes into addresses about it."""
    panel = await a_panel(service, members=False)
    seat = {"email": service.cast["team_manager"].email, "sector": "housing", "organisation": "clydeview"}
    seated = await coordinate(service, f"/panels/{panel}/members", seat)
    meeting = await a_meeting(service, key=panel)
    walk = await walked(service, *ON_THE_WAY, tier="complex")
    await accept(service, panel, walk)
    await walk.take("schedule_for_panel", meeting=meeting["id"])
    item = Item(service, walk, meeting)
    added = await service.http.post(
        f"{API}/cases/{walk.reference}/documents",
        files={"file": ("plan.jpg", picture())},
        data={"kind": "drawing"},
        headers=service.cast["occupational_therapist"].headers,
    )
    await coordinate(service, f"{item.path}/papers", {})
    asked = await service.post(COORDINATOR, f"{item.path}/questions", {"kind": "question", "told": "Why?"})
    values = {
        "reference": walk.reference,
        "meeting_id": str(meeting["id"]),
        "document_id": str(added.json()["id"]),
        "question_id": str(asked.json()["items"][0]["id"]),
        "key": panel,
        "member_id": str(seated["members"][0]["id"]),
        "version": "1",
        "action": "hold",
        "what": "notes",
        "other": NOBODYS,
        "decision": "agree",
        "item_id": "1",
        "number": "1",
    }
    person = (await service.get(COORDINATOR, f"/cases/{walk.reference}")).json()["person"]["name"]
    return Foreign(item=item, person=person, document=added.json()["id"], values=values)


def pages_of_a_case() -> Iterator[tuple[str, str]]:
    """Every page's route that names a case: method and path."""
    for pages in PAGES:
        for route in pages.router.routes:
            if isinstance(route, APIRoute) and "{reference}" in route.path:
                yield from ((method, route.path) for method in sorted(route.methods))


def lists() -> Iterator[str]:
    """Pages that name no case and may show several."""
    for pages in PAGES:
        for route in pages.router.routes:
            if not isinstance(route, APIRoute) or "GET" not in route.methods or "{reference}" in route.path:
                continue
            if not re.search(r"\{(?!meeting_id|key)", route.path):
                yield route.path


@pytest.mark.parametrize(("method", "path"), sorted(set(pages_of_a_case())))
async def test_no_page_about_it_is_there(offices: Office, foreign: Foreign, method: str, path: str) -> None:
    browser = await offices.browser(MEMBER)

    async def asked(reference: str) -> httpx.Response:
        address = path.format(**{**foreign.values, "reference": reference})
        if method == "GET":
            return await browser.http.get(address)
        hidden = Page((await browser.http.get("/worklist")).text).hidden
        return await browser.http.post(address, data={**hidden, "anything": "something"})

    answer, of_nobody = await asked(foreign.item.walk.reference), await asked(NOBODYS)
    # A form that cannot be read is refused before anything is looked up, whosever case it names.
    assert answer.status_code == of_nobody.status_code
    assert answer.status_code in ({404} if method == "GET" else {404, 415, 422}), answer.text[:300]
    assert foreign.person not in answer.text


async def test_no_call_about_it_is_answered(service: Service, foreign: Foreign) -> None:
    headers = service.cast[MEMBER].headers
    wrong = []
    for route in routes(service.app):
        if "{reference}" in route.path:
            answer = await route.ask(service, headers, foreign.values)
            if answer.status_code != 404 or foreign.person in answer.text:
                wrong.append((route.name, answer.status_code, answer.text[:200]))
    assert wrong == []


@pytest.mark.parametrize("path", sorted(set(lists())))
async def test_no_list_has_it(offices: Office, foreign: Foreign, path: str) -> None:
    browser = await offices.browser(MEMBER)
    answer = await browser.http.get(path.format(**foreign.values))
    assert answer.status_code != 500
    assert foreign.item.walk.reference not in answer.text
    assert foreign.person not in answer.text


async def test_no_search_finds_it(service: Service, offices: Office, foreign: Foreign) -> None:
    for wanted in (foreign.item.walk.reference, foreign.person):
        found = (await service.get(MEMBER, "/cases", search=wanted)).json()["items"]
        assert foreign.item.walk.reference not in {one["reference"] for one in found}
        answer = await offices.send(MEMBER, "/worklist", {"typed": [wanted]})
        assert f"/cases/{foreign.item.walk.reference}" not in answer.text


async def test_the_database_gives_no_row_of_it(service: Service, foreign: Foreign) -> None:
    known = {"reference": foreign.item.walk.reference}
    async with service.owner.transaction() as session:
        case_id = await session.scalar(text("SELECT id FROM cases WHERE reference = :reference"), known)
        item_id = await session.scalar(text("SELECT id FROM panel_items WHERE reference = :reference"), known)
    there = {"case_id": case_id, "item_id": item_id, "id": foreign.document}
    async with service.app.state.db.transaction() as session:
        await session.execute(text("SELECT door.enter_as(:id)"), {"id": service.cast[MEMBER].id})
        assert await _rows(session, there) == set()
    async with service.app.state.db.transaction() as session:
        await session.execute(text("SELECT door.enter_as(:id)"), {"id": service.cast[COORDINATOR].id})
        assert "panel_packs" in await _rows(session, there)


TABLES = {
    "cases": "id = :case_id",
    "case_events": "case_id = :case_id",
    "documents": "id = :id",
    "document_versions": "document_id = :id",
    "panel_items": "id = :item_id",
    "panel_packs": "item_id = :item_id",
    "panel_questions": "item_id = :item_id",
    "panel_options": "item_id = :item_id",
    "panel_interests": "item_id = :item_id",
    "panel_redactions": "item_id = :item_id",
    "panel_decisions": "item_id = :item_id",
    "panel_assents": "item_id = :item_id",
    "panel_tasks": "case_id = :case_id",
    "panel_letters": "case_id = :case_id",
    "panel_referral_checks": "case_id = :case_id",
    "panel_exceptions": "case_id = :case_id",
    "panel_hearings": "case_id = :case_id",
}


async def _rows(session: Session, there: dict[str, int]) -> set[str]:
    """The tables that give rows about it."""
    found = set()
    for table, where in TABLES.items():
        statement = text(f"SELECT EXISTS (SELECT FROM {table} WHERE {where})")  # names of this file
        name = where.rsplit(":", 1)[-1]
        if await session.scalar(statement, {name: there[name]}):
            found.add(table)
    return found
