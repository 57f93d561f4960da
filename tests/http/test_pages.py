"""What every page carries, and the home page: whose cases it shows, to whom, and in which words."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cases.worklist import WorkPage
from app.kernel.database import sqlstate
from tests.support.browsing import Browser, Page, browsing, give_passwords
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.queries import counted
from tests.support.referrals import referral
from tests.support.refusals import refused
from tests.support.worlds import World, entered, made_world

pytestmark = pytest.mark.database
NASTY = "<script>alert('Davina')</script> & \"Dummie\""


@pytest.fixture(scope="module")
async def world(database_server: TestServer, worker_name: str) -> AsyncIterator[World]:
    """Cases of two organisations that do not know of one another's, and people with passwords."""
    async with made_world(database_server, f"{worker_name}_pages") as made:
        await give_passwords(made.service)
        yield made


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    """A new browser."""
    async with browsing(world.service) as opened:
        yield opened


async def _home(browser: Browser, who: str) -> Page:
    await browser.sign_in(f"{who}@test.example")
    response = await browser.home()
    assert response.status_code == 200, response.text
    return Page(response.text)


def has_page_headers(response: httpx.Response) -> None:
    """Every HTML answer is locked down in the same way."""
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


async def test_every_page_is_locked_down_and_keeps_to_its_own_policy(browser: Browser) -> None:
    pages = [await browser.http.get("/sign-in"), await browser.http.get("/nowhere"), await browser.http.put("/sign-in")]
    await browser.sign_in("housing_officer@test.example")
    pages += [await browser.home(), await browser.http.get("/worklist?list=team&cursor=x")]
    assert [page.status_code for page in pages] == [200, 404, 405, 200, 422]
    for response in pages:
        has_page_headers(response)
        page = Page(response.text)
        assert page.title.endswith(" – Adapt")
        assert {"html", "main", "h1"} <= set(page.tags)
        # What the policy would refuse is not on the page.
        assert not {"style", "base"} & set(page.tags)
        assert page.scripts_are_ours()
        assert not [name for name, _ in page.attributes if name == "style" or name.startswith("on")]


async def test_who_is_not_signed_in_is_sent_to_sign_in(browser: Browser) -> None:
    for headers in (
        {},
        {"Accept": "*/*"},
        {"Cookie": "adapt_session=unknown"},
        {"Cookie": 'adapt_session="\\377\\000"'},
    ):
        response = await browser.http.get("/", headers=headers)
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
        assert response.headers["cache-control"] == "no-store"


async def test_a_session_does_not_open_the_api_and_a_token_opens_no_page(world: World, browser: Browser) -> None:
    await browser.sign_in("housing_officer@test.example")
    refused(await browser.http.get("/api/v1/cases"), 401)
    bearer = world.service.cast["housing_officer"].headers
    assert (await world.service.http.get("/", headers=bearer)).status_code == 303


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("housing_officer", {"ours", "on_agenda"}),
        (STRANGER, {"theirs"}),
        ("panel_member", {"on_agenda"}),
        ("service_manager", {"ours", "on_agenda", "theirs"}),
    ],
)
async def test_home_shows_the_cases_one_may_see_and_no_other(
    world: World, browser: Browser, who: str, seen: set[str]
) -> None:
    known = {"ours": world.ours.reference, "on_agenda": world.on_agenda.reference, "theirs": world.theirs}
    page = await _home(browser, who)
    [head, *rows] = page.cells
    assert head == ["Person", "Stage and tier", "Waited", "What comes next", "Due", "Assigned to"]
    assert {known[name] for name in seen} == {row[0].split()[-1] for row in rows}
    for hidden in set(known) - seen:
        assert known[hidden] not in page.source


async def test_a_case_is_told_in_words(world: World, browser: Browser) -> None:
    page = await _home(browser, "occupational_therapist")
    row = next(row for row in page.cells if world.on_agenda.reference in row[0])
    assert row[1].startswith(f"{world.on_agenda.pathway.stage('panel_scheduled').label} Complex")
    assert re.match("[01] working days? since “Referred to the panel” began, target 20", row[2])
    assert row[3].startswith("The panel's decision (panel coordinator)")
    assert row[5] == "Occupational Therapist"
    assert "_" not in "".join(row)
    status = (await world.on_agenda.case())["due_status"]
    assert row[4].startswith({"overdue": "Overdue", "due_soon": "Due soon", "on_track": "On track"}[status])


async def test_home_begins_with_who_has_waited_longest(world: World, browser: Browser) -> None:
    page = await _home(browser, "occupational_therapist")
    [case] = (await world.service.get("occupational_therapist", "/cases", list="mine")).json()["items"]
    assert f'Waited longest: <a class="govuk-link" href="/cases/{case["reference"]}">' in page.source
    assert "working days since first contact" in page.source
    assert "Recorded" not in page.source


async def test_home_tells_what_others_did_on_ones_cases_meanwhile(world: World, browser: Browser) -> None:
    await world.on_agenda.record("housing_officer", "notes", {"note": "Key is with the neighbour."})
    page = await _home(browser, "occupational_therapist")
    assert "What others did on your cases since" in page.source
    assert "A note was added, by Housing Officer" in page.source
    assert "neighbour" not in page.source
    async with browsing(world.service) as another:
        assert "What others did" not in (await _home(another, "housing_officer")).source


async def test_home_costs_a_bounded_number_of_statements(world: World, browser: Browser) -> None:
    await browser.sign_in("occupational_therapist@test.example")
    with counted(world.service) as statements:
        await browser.home()
    assert statements.count <= 10, str(statements)


async def test_a_read_of_the_home_page_is_on_record(world: World, browser: Browser) -> None:
    await _home(browser, "assessor")
    newest = text("SELECT user_id, route, case_ids FROM case_reads ORDER BY id DESC LIMIT 1")
    async with world.service.owner.transaction() as session:
        read = (await session.execute(newest)).one()
    assert (read.user_id, read.route) == (world.service.cast["assessor"].id, "GET /")
    assert len(read.case_ids) == 2


async def test_whoever_the_news_names_is_on_record_when_no_list_shows_them(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_args: object, **_more: object) -> WorkPage:
        return WorkPage(items=(), following=None, preceding=None)

    monkeypatch.setattr("app.cases.home.worklist", nothing)
    await world.on_agenda.record("housing_officer", "notes", {"note": "Rang at noon."})
    page = await _home(browser, "occupational_therapist")
    assert f"/cases/{world.on_agenda.reference}" in page.links
    reads = (await world.service.get("auditor", f"/cases/{world.on_agenda.reference}/reads")).json()["items"]
    assert (reads[0]["email"], reads[0]["route"]) == ("occupational_therapist@test.example", "GET /")


async def test_a_role_that_sees_no_cases_is_told_so_kindly(browser: Browser) -> None:
    page = await _home(browser, "administrator")
    assert page.cells == []
    assert "Your role does not include seeing people’s cases" in page.source
    assert "add colleagues and organisations" in page.source
    assert "Clydeview Housing Association: administrator" in page.source


async def test_names_are_text_whatever_they_hold(database_server: TestServer, worker_name: str) -> None:
    async with made_world(database_server, f"{worker_name}_names") as world:
        await give_passwords(world.service)
        body = referral(person={"name": NASTY})
        assert (await world.service.post("housing_officer", "/referrals", body)).status_code == 201
        async with world.service.owner.transaction() as session:
            await session.execute(text("UPDATE users SET name = :name"), {"name": NASTY})
            await session.execute(text("UPDATE organisations SET name = :name || id"), {"name": NASTY})
        async with browsing(world.service) as browser:
            page = await _home(browser, "housing_officer")
    assert page.scripts_are_ours()
    assert "<script>" not in page.source
    assert any(row[0].startswith(NASTY) for row in page.cells)


async def test_home_shows_the_first_of_a_long_list_and_leads_to_the_rest(
    database_server: TestServer, worker_name: str
) -> None:
    async with made_world(database_server, f"{worker_name}_long") as world:
        await give_passwords(world.service)
        for _ in range(11):
            assert (await world.service.post("housing_officer", "/referrals", referral())).status_code == 201
        async with browsing(world.service) as browser:
            page = await _home(browser, "housing_officer")
        assert len(page.cells) == 11
        assert "/worklist?list=waiting" in page.links
        listed = (await world.service.get("housing_officer", "/cases", list="waiting", limit=10)).json()["items"]
        assert [row[0].split()[-1] for row in page.cells[1:]] == [case["reference"] for case in listed]


@pytest.mark.parametrize(
    ("path", "accept", "page"),
    [
        ("/nowhere", "text/html", True),
        ("/nowhere", "text/html;q=0.9, application/json;q=0.8", True),
        ("/nowhere", "text/html;q=0.5, application/json", False),
        ("/nowhere", "*/*", False),
        ("/nowhere", "text/html;q=high", False),
        ("/nowhere", ",;,=", False),
        ("/static/nowhere.css", "text/html", True),
        ("/static/../templating.py", "text/html", True),
        ("/api/v1/nowhere", "text/html", False),
        ("/api/v1/cases/HS-1", "text/html", False),
    ],
)
async def test_browsers_get_a_page_and_programs_a_problem(browser: Browser, path: str, accept: str, page: bool) -> None:
    response = await browser.http.get(path, headers={"Accept": accept})
    if page:
        assert response.status_code == 404
        has_page_headers(response)
        assert "Page not found" in response.text
    else:
        refused(response, 401 if "cases" in path else 404)


async def test_the_stylesheet_is_kept_for_good_under_an_address_that_names_its_content(browser: Browser) -> None:
    page = await browser.http.get("/sign-in")
    [address] = [value for name, value in Page(page.text).attributes if name == "href" and "adapt.css" in value]
    style = await browser.http.get(address)
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["x-content-type-options"] == "nosniff"
    for elsewhere in (address.split("?")[0], address + "0"):
        other = await browser.http.get(elsewhere)
        assert (other.status_code, other.headers["cache-control"]) == (200, "no-cache")
    unchanged = await browser.http.get(address, headers={"If-None-Match": style.headers["etag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM users",
        "SELECT u FROM users u",
        "UPDATE users SET password_hash = 'x'",
        "INSERT INTO users (email, name, home_organisation_id, password_hash) VALUES ('a@b', 'x', 1, 'x')",
        "SELECT * FROM sessions",
        "UPDATE sessions SET expires_at = 'infinity'",
        "INSERT INTO sessions VALUES ('x', 1, now(), now(), 'infinity')",
        "DELETE FROM sessions",
        "SELECT * FROM sign_in_key",
        "DELETE FROM sign_in_attempts",
        "SELECT door.keyed('account', 'x')",
    ],
)
async def test_the_apps_role_has_no_way_past_the_doors(world: World, statement: str) -> None:
    async with entered(world, "administrator") as session:
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text(statement))
    assert sqlstate(refusal.value) == "42501"


async def test_no_session_opens_without_a_try_at_that_very_account(world: World) -> None:
    cast = world.service.cast
    opened = text("SELECT door.open_session(:attempt, :user_id, sha256('secret'), 30, 12, '{}', NULL)")
    tried = text("SELECT attempt FROM door.password_of('housing_officer@test.example', 'here')")
    async with entered(world, None) as session:
        attempt = await session.scalar(tried)
        for number, user in ((attempt, "service_manager"), (attempt + 1, "housing_officer")):
            assert not await session.scalar(opened, {"attempt": number, "user_id": cast[user].id})
        assert await session.scalar(opened, {"attempt": attempt, "user_id": cast["housing_officer"].id})
        assert not await session.scalar(opened, {"attempt": attempt, "user_id": cast["housing_officer"].id})
