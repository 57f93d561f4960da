"""A second factor: set up, asked for, taken once, guessed in vain, lost, and given up."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.edge.sessions import COOKIE
from app.kernel.database import Database, app_engine, sqlstate
from app.main import create_app
from app.settings import Settings
from tests.support.authenticator import (
    CODE,
    SECOND_FACTOR,
    MovedClock,
    Telephone,
    enrolled,
    shown_codes,
    shown_key,
    still,
)
from tests.support.browsing import PASSWORD, Browser, Page, browsing, change, faulty, give_passwords, signed_in
from tests.support.databases import TestServer
from tests.support.service import Service, running_service

pytestmark = pytest.mark.database
KEY = "a key of the tests' own of forty letters"
OFFICER = "housing_officer@test.example"
MANAGER = "team_manager@test.example"
ADMINISTRATOR = "administrator@test.example"
WRONG = "This code is not right, or has been used already."


@pytest.fixture(scope="module")
async def offices(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership that asks administrators for a second factor."""
    with database_server.fresh(f"{worker_name}_factors") as url:
        async with running_service(url, secret_key=KEY, second_factor_roles="administrator") as running:
            await give_passwords(running)
            yield running


@pytest.fixture
def clock(offices: Service) -> MovedClock:
    """The service's clock, for this test's codes."""
    return still(offices)


@pytest.fixture(autouse=True)
async def _nobody_has_any(offices: Service) -> AsyncIterator[None]:
    yield
    async with offices.owner.transaction() as session:
        for table in ("recovery_codes", "second_factors", "sessions", "sign_in_attempts"):
            await session.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
async def telephone(browser: Browser, clock: MovedClock) -> Telephone:
    """The officer's, set up from a browser that is then closed."""
    await browser.sign_in(OFFICER)
    made = await enrolled(browser, clock, password=PASSWORD)
    browser.http.cookies.clear()
    made.wait()
    return made


async def _asked(browser: Browser) -> None:
    response = await browser.sign_in(OFFICER)
    assert (response.status_code, response.headers["location"]) == (303, CODE)


async def _give(browser: Browser, code: str) -> int:
    return (await browser.send(CODE, CODE, code=code)).status_code


async def test_one_is_set_up_with_the_password_and_a_code(browser: Browser, clock: MovedClock) -> None:
    await browser.sign_in(OFFICER)
    faulty_page = await browser.send(SECOND_FACTOR, f"{SECOND_FACTOR}/begin", password="not mine")
    assert faulty_page.status_code == 422
    assert "This is not your present password." in faulty_page.text
    await browser.send(SECOND_FACTOR, f"{SECOND_FACTOR}/begin", password=PASSWORD)
    page = await browser.http.get(SECOND_FACTOR)
    key = shown_key(page)
    assert len(key) == 32
    assert "<svg" in page.text
    assert "style" not in Page(page.text).tags
    wrong = await browser.send(SECOND_FACTOR, f"{SECOND_FACTOR}/confirm", code="000000")
    assert wrong.status_code == 422
    secret = browser.http.cookies[COOKIE]
    done = await browser.send(SECOND_FACTOR, f"{SECOND_FACTOR}/confirm", code=Telephone(key, clock).code())
    assert len(set(shown_codes(done))) == 10
    assert browser.http.cookies[COOKIE] != secret
    assert (await browser.home()).status_code == 200
    assert key not in (await browser.http.get(SECOND_FACTOR)).text.replace(" ", "")


async def test_the_key_is_shown_again_until_it_is_confirmed_and_a_second_begin_makes_another(
    browser: Browser, clock: MovedClock
) -> None:
    await browser.sign_in(OFFICER)
    keys = []
    for _ in range(2):
        hidden = Page((await browser.home()).text).hidden
        await browser.http.post(f"{SECOND_FACTOR}/begin", data={**hidden, "password": PASSWORD})
        first, again = [shown_key(await browser.http.get(SECOND_FACTOR)) for _ in range(2)]
        assert first == again
        keys.append(first)
    assert keys[0] != keys[1]
    old = await browser.send(SECOND_FACTOR, f"{SECOND_FACTOR}/confirm", code=Telephone(keys[0], clock).code())
    assert old.status_code == 422


async def test_a_session_that_waits_for_its_code_opens_nothing_else(browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    waiting = browser.http.cookies[COOKIE]
    for path in ("/", "/account", "/account/password", "/hats"):
        assert (await browser.http.get(path)).headers["location"].startswith("/sign-in"), path
    assert (await browser.http.get(SECOND_FACTOR)).headers["location"] == CODE
    hidden = Page((await browser.http.get(CODE)).text).hidden
    for path, fields in (
        ("/account/password", {"present": PASSWORD, "password": "another long pass phrase"}),
        ("/account/sign-out-everywhere", {}),
        ("/hats", {"organisation": "all"}),
        (f"{SECOND_FACTOR}/begin", {"password": PASSWORD}),
        (f"{SECOND_FACTOR}/confirm", {"code": telephone.code()}),
        (f"{SECOND_FACTOR}/drop", {"code": telephone.code()}),
    ):
        response = await browser.http.post(path, data={**hidden, **fields})
        assert response.status_code in (303, 401), path
        assert "location" not in response.headers or response.headers["location"].startswith("/sign-in"), path
    telephone.wait()
    passed = await browser.send(CODE, CODE, code=telephone.code())
    assert signed_in(passed)
    assert browser.http.cookies[COOKIE] != waiting
    assert (await browser.home()).status_code == 200
    browser.http.cookies.set(COOKIE, waiting, domain="testserver.local")
    assert (await browser.home()).headers["location"].startswith("/sign-in")


async def test_a_code_is_taken_once_and_no_older_one_after_it(browser: Browser, telephone: Telephone) -> None:
    used, before = telephone.code(), telephone.code(steps=-1)
    await _asked(browser)
    assert await _give(browser, used) == 303
    for code in (used, before):
        browser.http.cookies.clear()
        await _asked(browser)
        faulty(await browser.send(CODE, CODE, code=code), 422, "code", WRONG)
    telephone.wait()
    assert await _give(browser, f" {telephone.code()[:3]} {telephone.code()[3:]} ") == 303


async def test_the_code_that_confirmed_it_does_not_sign_in(browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    assert await _give(browser, telephone.code(steps=-1)) == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\x00" * 6, "x" * 5000], ids=ascii)
async def test_what_is_no_code_is_refused(browser: Browser, telephone: Telephone, code: str) -> None:
    await _asked(browser)
    faulty(await browser.send(CODE, CODE, code=code), 422, "code", WRONG)


async def test_clocks_half_a_minute_apart_agree_and_more_do_not(browser: Browser, telephone: Telephone) -> None:
    for steps, status in ((-2, 422), (2, 422), (1, 303)):
        browser.http.cookies.clear()
        await _asked(browser)
        assert await _give(browser, telephone.code(steps=steps)) == status, steps


async def test_the_same_code_sent_at_once_opens_one_session(offices: Service, telephone: Telephone) -> None:
    async def attempt(number: int) -> int:
        async with browsing(offices, address=f"192.0.2.{number}") as browser:
            await _asked(browser)
            return await _give(browser, telephone.code())

    assert sorted(await asyncio.gather(*(attempt(number) for number in range(1, 5)))) == [303, 422, 422, 422]


async def test_a_recovery_code_stands_for_a_code_once(browser: Browser, telephone: Telephone) -> None:
    first, second, *_ = telephone.recovery
    await _asked(browser)
    assert await _give(browser, first.upper().replace("-", " ")) == 303
    assert "You have 9 recovery codes left." in (await browser.http.get(SECOND_FACTOR)).text
    browser.http.cookies.clear()
    await _asked(browser)
    assert await _give(browser, first) == 422
    assert await _give(browser, second) == 303


async def test_nobody_elses_recovery_code_is_taken(
    offices: Service, browser: Browser, telephone: Telephone, clock: MovedClock
) -> None:
    async with browsing(offices, address="192.0.2.50") as other:
        await other.sign_in(MANAGER)
        theirs = await enrolled(other, clock, password=PASSWORD)
    await _asked(browser)
    assert await _give(browser, theirs.recovery[0]) == 422
    assert await _give(browser, theirs.code(steps=1)) == 422
    assert await _give(browser, telephone.recovery[0]) == 303


async def test_guessing_codes_is_made_slow(browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    assert [await _give(browser, "000000") for _ in range(6)] == [422] * 5 + [429]
    refused = await browser.send(CODE, CODE, code=telephone.code())
    faulty(refused, 429, "code", "Try again in 1 minute.")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    # Nor do the password, a recovery code or another session help meanwhile.
    browser.http.cookies.clear()
    await _asked(browser)
    assert await _give(browser, telephone.recovery[0]) == 429


async def test_guessing_from_many_addresses_is_slow_too_and_keeps_nobody_out_where_they_are_known(
    offices: Service, browser: Browser, telephone: Telephone
) -> None:
    await _asked(browser)
    assert await _give(browser, telephone.code()) == 303
    telephone.wait()
    statuses = []
    for number in range(6):
        async with browsing(offices, address=f"198.51.100.{number}") as guesser:
            await _asked(guesser)
            statuses += [await _give(guesser, "000000") for _ in range(4)]
    assert statuses == [422] * 20 + [429] * 4
    browser.http.cookies.clear()
    await _asked(browser)
    assert await _give(browser, telephone.code()) == 303


async def test_tries_at_once_are_all_counted(browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    hidden = Page((await browser.http.get(CODE)).text).hidden
    tries = (browser.http.post(CODE, data={**hidden, "code": "000000"}) for _ in range(9))
    assert sorted(answer.status_code for answer in await asyncio.gather(*tries)) == [422] * 5 + [429] * 4


async def test_a_form_from_elsewhere_is_not_taken(browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    response = await browser.http.post(CODE, data={"code": telephone.code(), "csrf_token": "x.y"})
    assert response.status_code == 403
    assert await _give(browser, telephone.code()) == 303


async def test_waiting_lasts_a_quarter_of_an_hour(offices: Service, browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    await change(offices, "UPDATE sessions SET expires_at = now() WHERE awaits IS NOT NULL")
    assert (await browser.http.get(CODE)).headers["location"] == "/sign-in"
    await _asked(browser)
    async with offices.owner.transaction() as session:
        waits = text(
            "SELECT max(expires_at - created_at) FROM sessions WHERE awaits IS NOT NULL AND expires_at > now()"
        )
        assert (await session.scalar(waits)).total_seconds() == 900
    assert await _give(browser, telephone.code()) == 303
    async with offices.owner.transaction() as session:
        lasts = text("SELECT max(expires_at - created_at) FROM sessions WHERE ended_at IS NULL")
        assert (await session.scalar(lasts)).total_seconds() == 12 * 3600


async def test_setting_one_up_ends_the_sessions_that_had_none(
    offices: Service, browser: Browser, clock: MovedClock
) -> None:
    async with browsing(offices, address="192.0.2.60") as other:
        await other.sign_in(OFFICER)
        await browser.sign_in(OFFICER)
        await enrolled(browser, clock, password=PASSWORD)
        assert (await other.home()).headers["location"].startswith("/sign-in")
    assert (await browser.home()).status_code == 200


async def test_a_role_that_asks_for_one_leads_to_setting_it_up_and_nowhere_else(
    browser: Browser, clock: MovedClock
) -> None:
    response = await browser.sign_in(ADMINISTRATOR, next="/account")
    assert response.headers["location"] == SECOND_FACTOR
    assert (await browser.home()).headers["location"].startswith("/sign-in")
    assert (await browser.http.get(CODE)).headers["location"] == SECOND_FACTOR
    telephone = await enrolled(browser, clock)
    assert len(telephone.recovery) == 10
    assert (await browser.home()).status_code == 200
    # One goes on to where one was going.
    browser.http.cookies.clear()
    telephone.wait()
    await browser.sign_in(ADMINISTRATOR, next="/account")
    assert (await browser.send(CODE, CODE, code=telephone.code())).headers["location"] == "/account"


async def test_giving_it_up_takes_a_code_and_who_must_have_one_sets_up_another(
    browser: Browser, clock: MovedClock
) -> None:
    await browser.sign_in(ADMINISTRATOR)
    telephone = await enrolled(browser, clock)
    drop = f"{SECOND_FACTOR}/drop"
    faulty(await browser.send(SECOND_FACTOR, drop, code="000000"), 422, "code", WRONG)
    assert (await browser.send(SECOND_FACTOR, drop, code=telephone.code())).status_code == 422
    telephone.wait()
    assert (await browser.send(SECOND_FACTOR, drop, code=telephone.code())).status_code == 303
    assert (await browser.home()).headers["location"].startswith("/sign-in")
    another = await enrolled(browser, clock)
    assert another.key != telephone.key
    assert (await browser.home()).status_code == 200


async def test_who_need_not_have_one_is_without_it_afterwards(browser: Browser, telephone: Telephone) -> None:
    await _asked(browser)
    await _give(browser, telephone.code())
    drop = f"{SECOND_FACTOR}/drop"
    assert (await browser.send(SECOND_FACTOR, drop, code=telephone.recovery[0])).status_code == 303
    browser.http.cookies.clear()
    assert signed_in(await browser.sign_in(OFFICER))


async def test_neither_key_nor_codes_can_be_read_from_the_database(offices: Service, telephone: Telephone) -> None:
    async with offices.owner.transaction() as session:
        kept = (await session.execute(text("SELECT secret FROM second_factors"))).scalar_one()
        hashes = (await session.scalars(text("SELECT code_hash FROM recovery_codes"))).all()
    assert telephone.key not in kept
    assert len(hashes) == 10
    assert not {code.encode() for code in telephone.recovery} & set(hashes)
    app = Database(app_engine(offices.url))
    try:
        for table in ("second_factors", "recovery_codes", "sessions", "sign_in_attempts"):
            with pytest.raises(DBAPIError) as refusal:
                async with app.transaction() as session:
                    await session.execute(text(f"SELECT * FROM {table}"))
            assert sqlstate(refusal.value) == "42501", table
    finally:
        await app.close()


async def test_another_key_reads_no_secret_and_the_old_one_beside_it_does(
    offices: Service, browser: Browser, telephone: Telephone
) -> None:
    settings = offices.app.state.settings
    try:
        for key, status in ((f"{KEY} no more", 422), (f"{KEY} anew,{KEY}", 303)):
            offices.app.state.settings = Settings(secret_key=key)
            await _asked(browser)
            assert await _give(browser, telephone.code()) == status
    finally:
        offices.app.state.settings = settings


async def test_a_service_that_asks_for_one_and_has_no_key_does_not_start(offices: Service) -> None:
    with pytest.raises(SystemExit, match="ADAPT_SECRET_KEY"):
        create_app(Settings(second_factor_roles="administrator"), offices.url)


async def test_without_a_key_there_is_none_to_set_up(offices: Service, browser: Browser) -> None:
    settings = offices.app.state.settings
    try:
        offices.app.state.settings = Settings()
        await browser.sign_in(OFFICER)
        assert SECOND_FACTOR not in Page((await browser.http.get("/account")).text).links
        assert (await browser.http.get(SECOND_FACTOR)).status_code == 503
    finally:
        offices.app.state.settings = settings
