"""The worklist's pages: lists, filters, search, saved views and the file, for those who may see them."""

import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from tests.support.browsing import Browser, Page, browsing, give_passwords
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.queries import counted
from tests.support.referrals import referral
from tests.support.service import Service, running_service
from tests.support.walks import walked

pytestmark = pytest.mark.database
OFFICER, THERAPIST = "housing_officer", "occupational_therapist"
NASTY = '<script>alert(1)</script> & "Dummie"'
FORMULAS = ("=1+1", "+44", "-2", "@SUM(A1)", "\tTab", "＝1")
MANY = 230


@pytest.fixture(scope="module")
async def service(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership with more than two hundred cases, and people with passwords."""
    with database_server.fresh(f"{worker_name}_lists") as url:
        async with running_service(url) as made:
            await give_passwords(made)
            for name in (NASTY, *(formula.strip("\t") for formula in FORMULAS)):
                response = await made.post(OFFICER, "/referrals", referral(person={"name": name}))
                assert response.status_code == 201, response.text
            mine = await walked(made, "screen", tier="moderate")
            await mine.record(OFFICER, "assignment", {"assigned_to": "me"})
            await walked(made, "screen", "hold", tier="moderate")
            for number in range(MANY):
                home = {"landlord": "Elsewhere Council"} if number % 50 == 49 else {}
                who = STRANGER if number % 50 == 49 else OFFICER
                response = await made.post(who, "/referrals", referral(home=home))
                assert response.status_code == 201, response.text
            async with made.owner.transaction() as session:
                await session.execute(text("UPDATE people SET name = E'\\tTab' WHERE name = 'Tab'"))
            yield made


@asynccontextmanager
async def at(service: Service, who: str) -> AsyncIterator[Browser]:
    """A browser in which somebody has signed in."""
    async with browsing(service) as browser:
        await browser.sign_in(f"{who}@test.example")
        yield browser


async def load(browser: Browser, address: str, status: int = 200) -> Page:
    """Load a page."""
    response = await browser.http.get(address)
    assert response.status_code == status, response.text[:2000]
    return Page(response.text)


async def send(browser: Browser, address: str, page: Page, **fields: Any) -> httpx.Response:
    """Send a form as it stands on a page; `query` and the like that are hidden are the page's own."""
    return await browser.http.post(address, data={**page.hidden, **fields})


def references(page: Page) -> list[str]:
    """The cases on a page, in their order."""
    return [link.rsplit("/", 1)[1] for link in page.links if link.startswith("/cases/HS-")]


def onward(page: Page, name: str) -> str | None:
    """Where the link to the next (`cursor`) or the previous (`before`) page leads."""
    return next((link for link in page.links if f"{name}=" in link and link.startswith("/worklist?")), None)


@pytest.mark.parametrize("order", ["first", "due", "waited", "newest", "name"])
async def test_a_long_list_is_read_forwards_and_backwards(service: Service, order: str) -> None:
    async with at(service, OFFICER) as browser:
        pages, address = [], f"/worklist?list=team&sort={order}"
        while address:
            page = await load(browser, address)
            pages.append(references(page))
            address, back = onward(page, "cursor"), onward(page, "before")
        listed = await whole(service, OFFICER, list="team", sort=order)
        assert [one for page in pages for one in page] == listed
        assert len(listed) > 200
        assert {len(page) for page in pages[:-1]} == {25}
        for expected in reversed(pages[:-1]):
            assert back is not None
            page = await load(browser, back)
            assert references(page) == expected
            back = onward(page, "before")
        assert back is None


async def whole(service: Service, who: str, **wanted: Any) -> list[str]:
    """Every case of a list, through the API."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        response = (await service.get(who, "/cases", limit=200, **wanted, **cursor)).json()
        found += [case["reference"] for case in response["items"]]
        if response["next_cursor"] is None:
            return found
        cursor = {"cursor": response["next_cursor"]}


async def test_an_address_that_asks_for_nothing_shows_ones_own_cases(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        page = await load(browser, "/worklist")
        assert "Assigned to me" in page.title
        assert references(page) == await whole(service, OFFICER, list="mine")
    async with at(service, "auditor") as browser:
        assert "Everything open" in (await load(browser, "/worklist")).title


async def test_a_line_tells_who_waits_how_long_and_for_what(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        page = await load(browser, "/worklist?list=mine")
    [head, row] = page.cells
    assert head[1:] == ["Person", "Stage and tier", "Waited", "What comes next", "Due", "Assigned to"]
    assert row[2] == "Waiting for assessment Moderate, priority substantial"
    # A night may lie between.
    assert re.match("[01] working days?, target 30", row[3])
    assert "since first contact" in row[3]
    assert row[4] == "An assessor to start (occupational therapist)"
    assert row[5].startswith("On track")
    assert row[6] == "Housing Officer"


async def test_what_a_role_can_do_is_said_to_it_alone(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        assert "For your role: Screen; Give advice and close" in (await load(browser, "/worklist?list=waiting")).source
    async with at(service, "auditor") as browser:
        assert "For your role:" not in (await load(browser, "/worklist?list=open")).source


async def test_on_hold_says_whom_it_waits_for(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        page = await load(browser, "/worklist?list=team&on_hold=true")
    assert len(page.cells) == 2
    assert page.cells[1][4].startswith("On hold. It waits for: ")
    assert page.cells[1][5].startswith("On hold until reviewed")


async def test_counts_stop_at_a_hundred_and_are_those_of_the_lists(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        page = await load(browser, "/worklist?list=mine")
    assert "Assigned to me (1)" in page.source
    assert "Unassigned (100+)" in page.source
    assert "Overdue (0)" in page.source


@pytest.mark.parametrize("name", ["tier", "stage", "group", "tenure", "priority", "fast_track", "due", "adaptation",
                                  "organisation", "assigned_to"])  # fmt: skip
async def test_a_value_that_nobody_knows_is_told_beside_its_field_and_nothing_is_shown(
    service: Service, name: str
) -> None:
    async with at(service, OFFICER) as browser:
        page = await load(browser, f"/worklist?list=team&{name}=gone", status=422)
    assert page.title.startswith("Error: ")
    assert f"#{name}" in page.links
    assert page.ids[name]["aria-describedby"] == f"{name}-error"
    assert references(page) == []


async def test_the_filters_that_hold_are_told_and_carried_on(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        plain = await load(browser, "/worklist?list=team")
        assert "tier" not in plain.ids
        page = await load(browser, "/worklist?list=team&tier=moderate&on_hold=false&source=a-sheet&choose=1&nonsense=1")
    text_of_it = " ".join(page.source.split())
    assert "Only: tier Moderate; on hold No; source a-sheet." in text_of_it
    assert page.hidden["source"] == "a-sheet"
    assert "tier" in page.ids
    assert "nonsense" not in page.source
    assert "choose" not in page.hidden
    assert "No case fits." in page.source


async def test_a_list_or_an_order_that_is_not_there_is_told_too(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        for wrong in ("list=gone", "sort=gone", "list=team&on_hold=perhaps", "list=team&cursor=x"):
            response = await browser.http.get(f"/worklist?{wrong}")
            assert response.status_code == 422, wrong


async def test_an_address_with_too_many_fields_is_told_so(service: Service) -> None:
    many = "&".join(f"field{number}=1" for number in range(101))
    async with at(service, OFFICER) as browser:
        for path in (f"/worklist?{many}", f"/worklist.csv?{many}", f"/worklist/save?{many}"):
            response = await browser.http.get(path)
            assert response.status_code == 422, path
            assert "at most 100 fields" in response.text
        page = await load(browser, "/worklist/save")
        assert (await send(browser, "/worklist/save", page, name="Mine", query=many)).status_code == 422


class TestSearch:
    """Finding somebody without saying in an address whom."""

    async def test_what_was_typed_is_in_no_address(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            page = await load(browser, "/worklist")
            response = await send(browser, "/worklist/search", page, typed="Dumie")
            assert response.status_code == 303
            found = response.headers["location"]
            assert "dumie" not in found.lower()
            page = await load(browser, found)
            assert page.ids["typed"]["value"] == "Dumie"
            assert "What your search found" in page.title
            following = onward(page, "cursor")
            assert following is not None
            assert "dumie" not in following.lower()
            assert (
                references(page) + references(await load(browser, following))
                == (await whole(service, OFFICER, q="Dumie"))[:50]
            )
            narrowed = await load(browser, f"{found}&on_hold=true")
            assert len(references(narrowed)) == 1

    async def test_a_search_is_nobody_else_s(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            page = await load(browser, "/worklist")
            found = (await send(browser, "/worklist/search", page, typed="Dummie")).headers["location"]
        async with at(service, THERAPIST) as browser:
            page = await load(browser, found, status=422)
            assert "A search is kept for one day" in page.source
            assert "Dummie" not in page.ids["typed"]["value"]
        async with at(service, OFFICER) as browser:
            await load(browser, "/worklist?found=00000000-0000-0000-0000-000000000000", status=422)

    @pytest.mark.parametrize("typed", ["", "   ", "x" * 201])
    async def test_what_cannot_be_searched_for_is_said_beside_the_field(self, service: Service, typed: str) -> None:
        async with at(service, OFFICER) as browser:
            page = await load(browser, "/worklist")
            response = await send(browser, "/worklist/search", page, typed=typed)
            assert response.status_code == 422
            again = Page(response.text)
            assert again.title.startswith("Error: ")
            assert "#typed" in again.links

    async def test_what_was_typed_is_text_whatever_it_holds(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            page = await load(browser, "/worklist")
            found = (await send(browser, "/worklist/search", page, typed=NASTY)).headers["location"]
            page = await load(browser, found)
        assert page.ids["typed"]["value"] == NASTY
        assert page.scripts_are_ours()


class TestViews:
    """Lists that one keeps for oneself."""

    async def test_a_view_is_saved_shown_changed_renamed_and_deleted(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            page = await load(browser, "/worklist/save?list=team&on_hold=true&sort=name")
            response = await send(browser, "/worklist/save", page, name=f"Held {NASTY}"[:40])
            assert response.status_code == 303, response.text
            view = response.headers["location"]
            number = parse_qs(urlsplit(view).query)["view"][0]
            page = await load(browser, view)
            assert len(references(page)) == 1
            assert page.scripts_are_ours()
            changed = await load(browser, f"/worklist/save?view={number}&list=team&sort=newest")
            assert (await send(browser, "/worklist/save", changed, name="All of ours")).headers["location"] == view
            assert (
                references(await load(browser, view))
                == (await whole(service, OFFICER, list="team", sort="newest"))[:25]
            )
            page = await load(browser, f"/worklist/views/{number}")
            assert (await send(browser, f"/worklist/views/{number}", page, name="Ours")).headers["location"] == view
            assert "Ours – " in (await load(browser, view)).title
            page = await load(browser, f"/worklist/views/{number}")
            deleted = await send(browser, f"/worklist/views/{number}/delete", page)
            assert (deleted.status_code, deleted.headers["location"]) == (303, "/worklist")
            await load(browser, view, status=404)

    async def test_a_view_is_nobody_else_s(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            page = await load(browser, "/worklist/save?list=mine")
            view = (await send(browser, "/worklist/save", page, name="Mine alone")).headers["location"]
            number = parse_qs(urlsplit(view).query)["view"][0]
        async with at(service, "service_manager") as browser:
            assert "Mine alone" not in (await load(browser, "/worklist")).source
            await load(browser, view, status=404)
            await load(browser, f"/worklist/views/{number}", status=404)
            page = await load(browser, "/worklist/save?list=mine")
            assert (await send(browser, f"/worklist/views/{number}", page, name="Taken")).status_code == 404
            assert (await send(browser, f"/worklist/views/{number}/delete", page)).status_code == 404

    async def test_a_view_says_that_a_filter_of_it_is_gone(self, service: Service) -> None:
        kept = '{"list": "team", "order": "first", "filters": {"stage": "limbo"}}'
        statement = text(
            "INSERT INTO saved_views (user_id, name, wanted) VALUES (:u, 'Old', CAST(:w AS jsonb)) RETURNING id"
        )
        async with service.owner.transaction() as session:
            number = await session.scalar(statement, {"u": service.cast["assessor"].id, "w": kept})
        async with at(service, "assessor") as browser:
            page = await load(browser, f"/worklist?view={number}", status=422)
        assert "The view “Old” uses something that no longer exists" in page.source
        assert "#stage" in page.links
        assert references(page) == []

    async def test_a_name_that_is_taken_keeps_what_was_typed(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            for status in (303, 409):
                page = await load(browser, "/worklist/save?list=waiting")
                response = await send(browser, "/worklist/save", page, name="Twice")
                assert response.status_code == status
            again = Page(response.text)
            assert "You have a saved view of this name already" in again.source
            assert again.ids["name"]["value"] == "Twice"
            assert again.hidden["query"] == "list=waiting"


class TestFile:
    """The list as CSV."""

    async def test_it_holds_the_whole_list_as_it_is_shown(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            response = await browser.http.get("/worklist.csv?list=team&sort=name")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert response.headers["content-disposition"].endswith('.csv"')
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert [row["Reference"] for row in rows] == await whole(service, OFFICER, list="team", sort="name")
        assert set(rows[0]) >= {"Reference", "Person", "Tier", "Stage", "Target working days", "Due on", "Assigned to"}

    async def test_no_cell_is_a_formula(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            response = await browser.http.get("/worklist.csv?list=team")
        people = {row["Person"] for row in csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))}
        for formula in FORMULAS:
            assert f"'{formula}" in people
            assert formula not in people

    async def test_every_case_in_it_is_on_record_as_read(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.cases.list_csv._PIECE", 100)
        async with at(service, "senior_occupational_therapist") as browser:
            response = await browser.http.get("/worklist.csv?list=open")
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        reads = text("SELECT case_ids FROM case_reads WHERE route = 'GET /worklist.csv' AND user_id = :id ORDER BY id")
        async with service.owner.transaction() as session:
            read = (await session.scalars(reads, {"id": service.cast["senior_occupational_therapist"].id})).all()
        assert [len(ids) for ids in read] == [100, 100, len(rows) - 200]
        assert len({one for ids in read for one in ids}) == len(rows)

    async def test_a_file_that_is_cut_off_says_so_in_its_name(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in ("list_csv", "worklist_pages"):
            monkeypatch.setattr(f"app.cases.{module}.MOST_ROWS", 7)
        async with at(service, OFFICER) as browser:
            response = await browser.http.get("/worklist.csv?list=team")
        assert "first-7.csv" in response.headers["content-disposition"]
        assert len(response.text.splitlines()) == 8

    async def test_it_is_refused_like_the_page(self, service: Service) -> None:
        async with at(service, OFFICER) as browser:
            assert (await browser.http.get("/worklist.csv?list=team&tier=gone")).status_code == 422
            assert (await browser.http.get("/worklist.csv?view=999999")).status_code == 404
        async with at(service, "administrator") as browser:
            assert (await browser.http.get("/worklist.csv?list=team")).status_code == 403
        async with browsing(service) as browser:
            assert (await browser.http.get("/worklist.csv")).status_code == 303

    async def test_a_stranger_finds_her_own_cases_only(self, service: Service) -> None:
        async with at(service, STRANGER) as browser:
            response = await browser.http.get("/worklist.csv?list=open")
        assert len(response.text.splitlines()) == 1 + MANY // 50


async def test_a_role_that_sees_no_case_is_told_so(service: Service) -> None:
    async with at(service, "administrator") as browser:
        for address in ("/worklist", "/worklist/search", "/worklist/save", "/worklist/assign"):
            assert (await browser.http.get(address)).status_code == 403
        assert "/worklist" not in (await load(browser, "/")).links


async def test_names_are_text_whatever_they_hold(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        page = await load(browser, "/worklist?list=team&sort=newest")
        while (address := onward(page, "cursor")) is not None:
            page = await load(browser, address)
    assert NASTY in " ".join(cell for row in page.cells for cell in row)
    assert page.scripts_are_ours()


async def test_a_page_costs_a_bounded_number_of_statements(service: Service) -> None:
    async with at(service, OFFICER) as browser:
        for address, most in (
            ("/worklist?list=team", 7),
            ("/worklist?list=team&tier=moderate&organisation=clydeview", 10),
        ):
            with counted(service) as statements:
                await load(browser, address)
            assert statements.count <= most, str(statements)


async def test_the_read_of_a_page_is_on_record(service: Service) -> None:
    async with at(service, "assessor") as browser:
        page = await load(browser, "/worklist?list=team")
    newest = text("SELECT user_id, route, case_ids FROM case_reads ORDER BY id DESC LIMIT 1")
    async with service.owner.transaction() as session:
        read = (await session.execute(newest)).one()
    assert (read.user_id, read.route) == (service.cast["assessor"].id, "GET /worklist")
    assert len(read.case_ids) == len(references(page)) == 25
