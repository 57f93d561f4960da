"""One's own sign-in: where one is signed in, signing out everywhere, and another password."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from app.edge.sessions import COOKIE, secret_hash
from app.people.passwords import hash_password
from app.settings import Settings
from tests.support.browsing import PASSWORD, Browser, Page, browsing, change, faulty, signed_in
from tests.support.service import Service

pytestmark = pytest.mark.database
OFFICER = "housing_officer@test.example"
MANAGER = "team_manager@test.example"
NEW = "three words apart"
FORM = "/account/password"


async def _back(offices: Service) -> None:
    await change(offices, "UPDATE users SET password_hash = :h WHERE email = :e", h=hash_password(PASSWORD), e=OFFICER)


async def test_a_password_is_changed_with_the_present_one(offices: Service, browser: Browser) -> None:
    async with browsing(offices, address="another desk") as other:
        await other.sign_in(OFFICER)
        await browser.sign_in(OFFICER)
        before = browser.http.cookies[COOKIE]
        response = await browser.send(FORM, FORM, present=PASSWORD, password=NEW)
        assert (response.status_code, response.headers["location"]) == (303, "/account")
        assert browser.http.cookies[COOKIE] != before
        assert (await browser.home()).status_code == 200
        assert (await other.home()).status_code == 303
        browser.http.cookies.set(COOKIE, before, domain="testserver.local")
        assert (await browser.home()).status_code == 303
        browser.http.cookies.clear()
        faulty(await browser.sign_in(OFFICER), 422, "email", "is not right")
        assert signed_in(await browser.sign_in(OFFICER, NEW))
    await _back(offices)


@pytest.mark.parametrize(
    ("present", "wanted", "field", "message"),
    [
        ("not it", NEW, "present", "This is not your present password."),
        ("", NEW, "present", "This is not your present password."),
        (PASSWORD, "eleven char", "password", "Use 12 characters or more"),
        (PASSWORD, "Password1234!", "password", "one of the first passwords"),
        (PASSWORD, OFFICER, "password", "one of the first passwords"),
        (PASSWORD, "x" * 1001, "password", "Use at most 1,000 characters."),
    ],
)
async def test_what_will_not_do_is_said_and_nothing_changes(
    browser: Browser, present: str, wanted: str, field: str, message: str
) -> None:
    await browser.sign_in(OFFICER)
    cookie = browser.http.cookies[COOKIE]
    response = await browser.send(FORM, FORM, present=present, password=wanted)
    page = faulty(response, 422, field, message)
    assert not {page.ids[name].get("value", "") for name in ("present", "password")} - {""}
    assert browser.http.cookies[COOKIE] == cookie
    browser.http.cookies.clear()
    assert signed_in(await browser.sign_in(OFFICER))


async def test_password_managers_are_told_what_each_field_is(browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    ids = Page((await browser.http.get(FORM)).text).ids
    assert [ids[name]["autocomplete"] for name in ("present", "password")] == ["current-password", "new-password"]
    browser.http.cookies.clear()
    ids = Page((await browser.http.get("/sign-in")).text).ids
    assert [ids[name]["autocomplete"] for name in ("email", "password")] == ["username", "current-password"]


async def test_guessing_the_present_password_in_a_session_is_slow_too(browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    for _ in range(5):
        faulty(await browser.send(FORM, FORM, present="guess", password=NEW), 422, "present", "not your present")
    faulty(await browser.send(FORM, FORM, present=PASSWORD, password=NEW), 422, "present", "Try again in 1 minute.")


async def test_no_password_changes_without_a_try_at_the_sessions_own_account(
    offices: Service, browser: Browser
) -> None:
    await browser.sign_in(OFFICER)
    own = secret_hash(browser.http.cookies[COOKIE])
    changed = text("SELECT door.change_password(:h, sha256('new'), :attempt, 'x')")
    tried = text("SELECT attempt FROM door.password_of(:email, 'here')")
    async with offices.app.state.db.engine.connect() as session:
        theirs = await session.scalar(tried, {"email": MANAGER})
        assert not await session.scalar(changed, {"h": own, "attempt": theirs})
        assert not await session.scalar(changed, {"h": own, "attempt": None})
        ours = await session.scalar(tried, {"email": OFFICER})
        assert not await session.scalar(changed, {"h": secret_hash("no session"), "attempt": ours})
        assert await session.scalar(changed, {"h": own, "attempt": ours})
        assert not await session.scalar(changed, {"h": own, "attempt": ours})
        await session.rollback()


async def test_one_sees_where_one_is_signed_in_and_nobody_else(offices: Service, browser: Browser) -> None:
    # There may be none yet: this test may be the first.
    async with offices.owner.transaction() as session:
        await session.execute(text("UPDATE sessions SET ended_at = now()"))
    async with browsing(offices, address="another desk") as other, browsing(offices, address="a third") as third:
        await other.sign_in(OFFICER)
        await third.sign_in(MANAGER)
        await browser.sign_in(OFFICER)
        page = await browser.http.get("/account")
        [_, *rows] = Page(page.text).cells
        assert [row[2] for row in rows] == ["Password", "Password"]
        assert ["(this one)" in row[1] for row in rows] == [True, False]
        assert browser.http.cookies[COOKIE] not in page.text


async def test_signing_out_everywhere_ends_every_session_of_ones_own(offices: Service, browser: Browser) -> None:
    async with browsing(offices, address="another desk") as other, browsing(offices, address="a third") as third:
        await other.sign_in(OFFICER)
        await third.sign_in(MANAGER)
        await browser.sign_in(OFFICER)
        everywhere = "/account/sign-out-everywhere"
        assert (await browser.http.post(everywhere, data={"csrf_token": "x.y"})).status_code == 403
        assert (await other.home()).status_code == 200
        response = await browser.send("/account", everywhere)
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
        assert [(await one.home()).status_code for one in (browser, other, third)] == [303, 303, 200]


async def test_a_partnership_may_shorten_sessions(offices: Service, browser: Browser) -> None:
    settings = offices.app.state.settings
    try:
        offices.app.state.settings = Settings(session_idle_minutes=5, session_hours=2)
        await browser.sign_in(OFFICER)
    finally:
        offices.app.state.settings = settings
    mine = {"id": secret_hash(browser.http.cookies[COOKIE])}
    async with offices.owner.transaction() as session:
        found = text("SELECT expires_at - created_at FROM sessions WHERE id = :id")
        assert await session.scalar(found, mine) == timedelta(hours=2)
    left_alone = "UPDATE sessions SET last_seen_at = now() - interval '6 minutes' WHERE id = :id"
    await change(offices, left_alone, **mine)
    assert (await browser.home()).status_code == 303


@pytest.mark.parametrize(
    "longer",
    [{"session_idle_minutes": 31}, {"session_hours": 13}, {"session_hours": 0}, {"secret_key": "a" * 40 + ",b"}],
)
async def test_nobody_may_lengthen_them_or_use_a_short_key(longer: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**longer)


async def test_a_report_in_a_session_left_for_a_minute_still_only_reads(offices: Service, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    mine = {"id": secret_hash(browser.http.cookies[COOKIE])}
    await change(offices, "UPDATE sessions SET last_seen_at = now() - interval '2 minutes' WHERE id = :id", **mine)
    async with offices.app.state.db.snapshot() as session:
        entered = text("SELECT user_id FROM door.enter_session(:id)")
        assert await session.scalar(entered, mine) == offices.cast["housing_officer"].id


async def test_the_api_lists_and_ends_ones_own_sessions_and_nobody_elses(offices: Service, browser: Browser) -> None:
    # There may be none yet: this test may be the first.
    async with offices.owner.transaction() as session:
        await session.execute(text("UPDATE sessions SET ended_at = now()"))
    async with browsing(offices, address="another desk") as other:
        await other.sign_in(MANAGER)
        await browser.sign_in(OFFICER)
        [listed] = (await offices.get("housing_officer", "/sessions")).json()["items"]
        assert (listed["opened_by"], set(listed)) == ("password", {"created_at", "last_seen_at", "opened_by"})
        ended = await offices.post("housing_officer", "/sessions/end")
        assert (ended.status_code, ended.json()) == (201, {"ended": 1})
        assert [(await one.home()).status_code for one in (browser, other)] == [303, 200]
    assert (await offices.get("housing_officer", "/sessions")).json() == {"items": []}
