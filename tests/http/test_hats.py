"""Acting for one of several organisations: what is held in the others does not count meanwhile."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from app.access.actor import Actor
from app.access.roles import Role
from app.edge.doors import enter_session
from app.edge.sessions import COOKIE
from tests.support.browsing import Browser, Page, browsing, change, give_passwords
from tests.support.databases import TestServer
from tests.support.worlds import World, made_world

pytestmark = pytest.mark.database
THERAPIST = "occupational_therapist@test.example"
OFFICER = "housing_officer@test.example"
CLYDEVIEW = "Clydeview Housing Association"
EASTLAW = "Eastlaw HSCP Occupational Therapy"


@pytest.fixture(scope="module")
async def world(database_server: TestServer, worker_name: str) -> AsyncIterator[World]:
    """Cases of two organisations that do not know of one another's, and people with passwords."""
    async with made_world(database_server, f"{worker_name}_hats") as made:
        await give_passwords(made.service)
        yield made


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    """A new browser."""
    async with browsing(world.service) as opened:
        yield opened


async def _wear(browser: Browser, organisation: str, **fields: str) -> None:
    response = await browser.send("/hats", "/hats", organisation=organisation, **fields)
    assert response.status_code == 303, response.text


async def _actor(world: World, browser: Browser) -> tuple[Actor, int]:
    """Who has come in, and how many cases they see without any filter."""
    async with world.app.transaction() as session:
        actor = await enter_session(session, browser.http.cookies[COOKIE])
        return actor, await session.scalar(text("SELECT count(*) FROM cases"))


def _number(world: World, key: str) -> str:
    return str(world.service.cast.organisations[key])


async def test_who_belongs_to_one_organisation_acts_for_it_without_being_asked(world: World, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    actor, _ = await _actor(world, browser)
    assert (actor.acting_for, actor.has_other_hats) == (CLYDEVIEW, False)
    assert "/hats" not in Page((await browser.home()).text).links


async def test_who_belongs_to_several_acts_for_all_of_them_until_one_is_chosen(world: World, browser: Browser) -> None:
    await browser.sign_in(THERAPIST)
    actor, seen = await _actor(world, browser)
    assert (actor.acting_for, actor.has_other_hats, len(actor.holdings), seen) == (None, True, 2, 2)
    home = await browser.home()
    assert "Acting for all your organisations" in home.text
    assert "/hats" in Page(home.text).links
    choice = await browser.http.get("/hats")
    for name in (CLYDEVIEW, EASTLAW, "All of them together", "occupational therapist"):
        assert name in choice.text


async def test_with_a_hat_on_only_that_organisation_counts(world: World, browser: Browser) -> None:
    await browser.sign_in(THERAPIST)
    # Eastlaw is party to the case on the agenda alone, if to any: row-level security follows the hat.
    sees = "SELECT count(*) FROM cases WHERE CAST(:o AS integer) = ANY (party_ids)"
    for key, name in (("clydeview", CLYDEVIEW), ("eastlaw", EASTLAW)):
        await _wear(browser, _number(world, key))
        async with world.service.owner.transaction() as session:
            expected = await session.scalar(text(sees), {"o": world.service.cast.organisations[key]})
        actor, seen = await _actor(world, browser)
        assert (actor.acting_for, actor.has_other_hats, seen) == (name, True, expected)
        assert actor.holdings == {world.service.cast.organisations[key]: {Role.OCCUPATIONAL_THERAPIST}}
        assert actor.organisation_for(custody_id=None) == world.service.cast.organisations[key]
        assert f"Acting for {name}" in (await browser.home()).text
    await _wear(browser, "all")
    assert (await _actor(world, browser))[0].acting_for is None


async def test_a_role_that_sees_everything_counts_under_its_own_hat_alone(world: World, browser: Browser) -> None:
    give = """INSERT INTO role_holdings (user_id, organisation_id, role)
              SELECT id, :o, 'housing_officer' FROM users WHERE email = 'auditor@test.example'"""
    await change(world.service, give, o=world.service.cast.organisations["elsewhere"])
    await browser.sign_in("auditor@test.example")
    seen = {}
    for key in ("all", "clydeview", "elsewhere"):
        await _wear(browser, key if key == "all" else _number(world, key))
        actor, seen[key] = await _actor(world, browser)
        assert actor.sees_everything == (key != "elsewhere")
    assert seen == {"all": 3, "clydeview": 3, "elsewhere": 1}


@pytest.mark.parametrize("organisation", ["", "x", "-1", "0", "999999", "9" * 30, "１", "elsewhere's"])
async def test_no_hat_is_put_on_where_one_holds_no_role(world: World, browser: Browser, organisation: str) -> None:
    await browser.sign_in(THERAPIST)
    number = _number(world, "elsewhere") if organisation == "elsewhere's" else organisation
    response = await browser.send("/hats", "/hats", organisation=number)
    assert response.status_code == 422
    assert Page(response.text).title.startswith("Error: ")
    assert (await _actor(world, browser))[0].acting_for is None


async def test_another_hat_is_another_secret(world: World, browser: Browser) -> None:
    await browser.sign_in(THERAPIST)
    before = browser.http.cookies[COOKIE]
    await _wear(browser, _number(world, "eastlaw"))
    assert browser.http.cookies[COOKIE] != before
    browser.http.cookies.set(COOKIE, before, domain="testserver.local")
    assert (await browser.home()).headers["location"].startswith("/sign-in")


async def test_a_hat_whose_roles_have_ended_counts_nothing(world: World, browser: Browser) -> None:
    await browser.sign_in("senior_occupational_therapist@test.example")
    await _wear(browser, _number(world, "eastlaw"))
    end = """UPDATE role_holdings SET held_to = current_date WHERE organisation_id = :o AND user_id =
             (SELECT id FROM users WHERE email = 'senior_occupational_therapist@test.example')"""
    await change(world.service, end, o=world.service.cast.organisations["eastlaw"])
    actor, seen = await _actor(world, browser)
    assert (actor.holdings, seen, actor.has_other_hats) == ({}, 0, True)


async def test_one_goes_back_to_where_one_was_and_nowhere_else(world: World, browser: Browser) -> None:
    await browser.sign_in(THERAPIST)
    for asked, way in (("/account", "/account"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        hidden = Page((await browser.http.get("/hats", params={"next": asked})).text).hidden
        response = await browser.http.post("/hats", data={**hidden, "organisation": "all"})
        assert response.headers["location"] == way


async def test_a_form_from_elsewhere_changes_no_hat(world: World, browser: Browser) -> None:
    await browser.sign_in(THERAPIST)
    data = {"organisation": _number(world, "eastlaw"), "csrf_token": "x.y"}
    assert (await browser.http.post("/hats", data=data)).status_code == 403
    assert (await _actor(world, browser))[0].acting_for is None


async def test_a_token_has_no_hat(world: World, browser: Browser) -> None:
    await browser.sign_in(THERAPIST)
    await _wear(browser, _number(world, "eastlaw"))
    me = (await world.service.get("occupational_therapist", "/me")).json()
    assert {role["organisation"] for role in me["roles"]} == {CLYDEVIEW, EASTLAW}
