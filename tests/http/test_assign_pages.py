"""Ticking cases on a list, choosing a colleague, and seeing what became of each; and the manager's page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from tests.support.browsing import Browser, Page, browsing, give_passwords
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.queries import counted
from tests.support.service import Service, running_service
from tests.support.walks import Walk, log, walked

pytestmark = pytest.mark.database
OFFICER, MANAGER, ASSESSOR, SERVICE = "housing_officer", "team_manager", "assessor", "service_manager"


@pytest.fixture(scope="module")
async def service(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership of this module's own."""
    with database_server.fresh(f"{worker_name}_assigning") as url:
        async with running_service(url) as made:
            await give_passwords(made)
            yield made


@asynccontextmanager
async def at(service: Service, who: str) -> AsyncIterator[Browser]:
    """A browser in which somebody has signed in."""
    async with browsing(service) as browser:
        await browser.sign_in(f"{who}@test.example")
        yield browser


def ticked(*walks: Walk, **more: str) -> str:
    """The address that ticking these cases leads to."""
    values = [("case", f"{walk.reference}.{walk.sequence}") for walk in walks]
    return f"/worklist/assign?{urlencode([*values, *more.items()])}"


def ticks(page: Page) -> list[str]:
    """The cases that the page's form carries."""
    return re.findall(r'name="case" value="([^"]+)"', page.source)


async def assign(browser: Browser, address: str, to: str, **more: str) -> httpx.Response:
    """Load the page and send its form."""
    page = Page((await browser.http.get(address)).text)
    fields = {**page.hidden, "case": ticks(page), "assigned_to": to, **more}
    return await browser.http.post("/worklist/assign", data=fields)


async def test_ticked_cases_are_assigned_and_each_is_told_of(service: Service) -> None:
    good, moved, ended = [await log(service, tier="moderate") for _ in range(3)]
    address = ticked(good, moved, ended, back="list=unassigned")
    await moved.record(OFFICER, "notes", {"note": "Meanwhile."})
    await ended.take("close_not_proceeding")
    colleague = service.cast[ASSESSOR]
    async with at(service, OFFICER) as browser:
        page = Page((await browser.http.get(address)).text)
        assert "Assign 3 cases" in page.title
        assert "Assessor: 0 open, 0 overdue" in page.source
        response = await assign(browser, address, str(colleague.id))
        assert response.status_code == 303, response.text
        place = response.headers["location"]
        result = Page((await browser.http.get(place)).text)
    assert "1 case assigned to Assessor" in result.source
    assert "2 cases not assigned" in result.source
    assert "/worklist?list=unassigned" in result.links
    assert (await good.case())["assigned_to"]["id"] == colleague.id
    assert (await moved.case())["assigned_to"] is None
    assert moved.reference in result.source
    async with at(service, SERVICE) as browser:
        assert (await browser.http.get(place)).status_code == 404


async def test_a_form_sent_twice_gives_the_same_page_and_assigns_once(service: Service) -> None:
    walk = await log(service, tier="moderate")
    async with at(service, OFFICER) as browser:
        page = Page((await browser.http.get(ticked(walk))).text)
        fields = {**page.hidden, "assigned_to": str(service.cast[ASSESSOR].id)}
        places = [(await browser.http.post("/worklist/assign", data=fields)).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    assert len(await walk.events()) == 2


async def test_all_on_the_page_is_one_tick(service: Service) -> None:
    walks = [await log(service, tier="moderate") for _ in range(3)]
    on_page = [("on_page", f"{walk.reference}.{walk.sequence}") for walk in walks]
    address = f"/worklist/assign?{urlencode([('all', '1'), ('case', on_page[0][1]), *on_page])}"
    async with at(service, OFFICER) as browser:
        response = await assign(browser, address, str(service.cast[MANAGER].id))
        result = await browser.http.get(response.headers["location"])
    assert "3 cases assigned to Team Manager" in result.text
    assert [(await walk.case())["assigned_to"]["name"] for walk in walks] == ["Team Manager"] * 3


async def test_nobody_chosen_is_said_beside_the_question_and_the_ticks_stay(service: Service) -> None:
    walks = [await log(service, tier="moderate") for _ in range(2)]
    async with at(service, OFFICER) as browser:
        response = await assign(browser, ticked(*walks), "", note="For the north.")
        assert response.status_code == 422
        again = Page(response.text)
    assert again.title.startswith("Error: ")
    assert "#assigned_to" in again.links
    assert ticks(again) == [f"{walk.reference}.1" for walk in walks]
    assert again.ids["note"]["value"] == "For the north."


async def test_nothing_ticked_is_said(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        response = await browser.http.get("/worklist/assign?back=list%3Dmine")
    assert response.status_code == 422
    assert "Tick the cases" in response.text


async def test_a_case_that_is_not_hers_is_neither_shown_nor_assigned(service: Service) -> None:
    walk = await log(service, tier="moderate")
    name = (await walk.case())["person"]["name"]
    async with at(service, STRANGER) as browser:
        page = await browser.http.get(ticked(walk))
        assert name not in page.text
        response = await assign(browser, ticked(walk), str(service.cast[STRANGER].id))
        result = await browser.http.get(response.headers["location"])
    assert "1 case not assigned" in result.text
    assert name not in result.text
    assert (await walk.case())["assigned_to"] is None


async def test_who_may_not_assign_gets_no_box_to_tick(service: Service) -> None:
    walk = await log(service, tier="moderate")
    async with at(service, "auditor") as browser:
        page = Page((await browser.http.get("/worklist?list=open")).text)
        assert not [name for name in page.ids if name.startswith("tick-")]
        assert (await browser.http.get(ticked(walk))).status_code == 403
    async with at(service, OFFICER) as browser:
        page = Page((await browser.http.get("/worklist?list=team")).text)
        assert [name for name in page.ids if name.startswith("tick-")]


class TestTeam:
    """What a manager looks at."""

    async def test_every_number_leads_to_a_list_of_as_many_cases(self, service: Service) -> None:
        await walked(service, "screen", "start_assessment", tier="moderate")
        await walked(service, "screen", "hold", tier="moderate")
        for who in (MANAGER, SERVICE):
            async with at(service, who) as browser:
                page = Page((await browser.http.get("/team")).text)
                numbers = re.findall(r'href="(/worklist[^"]*)">(\d+)', page.source)
                assert len(numbers) > 8
                for address, number in numbers:
                    shown = await browser.http.get(unescape(address))
                    said = {"0": "is", "1": "1 case."}.get(number, f"{number} cases.")
                    assert said in " ".join(shown.text.split()), address

    async def test_it_shows_what_waits_for_an_answer(self, service: Service) -> None:
        offered = await log(service, tier="moderate")
        await offered.record(OFFICER, "handover", {"organisation": "eastlaw", "reason": "Needs an OT."})
        async with at(service, MANAGER) as browser:
            page = Page((await browser.http.get("/team")).text)
        assert f"/cases/{offered.reference}" in page.links
        assert "An answer from Eastlaw HSCP Occupational Therapy" in page.source

    async def test_it_is_for_managers_and_costs_a_bounded_number_of_statements(self, service: Service) -> None:
        for who in (OFFICER, "auditor", "administrator", STRANGER):
            async with at(service, who) as browser:
                assert (await browser.http.get("/team")).status_code == 403
                assert "/team" not in Page((await browser.http.get("/")).text).links
        async with at(service, MANAGER) as browser:
            assert "/team" in Page((await browser.http.get("/")).text).links
            with counted(service) as statements:
                await browser.http.get("/team")
            assert statements.count <= 13, str(statements)
            assert (await browser.http.get("/team?organisation=elsewhere")).status_code == 422
