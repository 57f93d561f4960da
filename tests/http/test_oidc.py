"""Signing in with a partner organisation's own sign-in, against a real provider: and what of it is not believed."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from app.commands.nightly import work
from app.edge.sessions import COOKIE
from app.kernel.clock import SystemClock
from app.people import commands
from app.people.openid import OpenIdProvider
from app.settings import Settings
from tests.support.authenticator import CODE, MovedClock, enrolled
from tests.support.browsing import PASSWORD, Browser, Page, browsing, change, give_passwords, signed_in
from tests.support.databases import TestServer
from tests.support.outbox import messages
from tests.support.providers import ProviderProcess, running_provider
from tests.support.service import Service, running_service

pytestmark = pytest.mark.database
WITH = "/sign-in/with/eastlaw"
BACK = f"{WITH}/back"
BASE = "https://testserver"
OFFICER = "housing_officer@test.example"
THERAPIST = "occupational_therapist@test.example"
NOT_BELIEVED = "Eastlaw sent an answer that cannot be accepted."
UNKNOWN = "Eastlaw knows you, but there is no account here"
STALE = "This took too long, or was begun in another browser."
MAPPED = [
    {"group": "adapt-therapists", "role": "occupational_therapist", "organisation": "eastlaw"},
    {"group": "adapt-seniors", "role": "senior_occupational_therapist", "organisation": "eastlaw"},
    {"group": "adapt-seniors", "role": "team_manager", "organisation": "clydeview"},
]


def _provider(issuer: str, **more: Any) -> dict[str, Any]:
    usual = {
        "label": "Eastlaw",
        "issuer": issuer,
        "client_id": "adapt",
        "client_secret": "hush",
        "organisations": ["eastlaw", "clydeview"],
        "email_domains": ["Test.Example"],
    }
    return {**usual, **more}


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[ProviderProcess]:
    """The provider of this module."""
    async with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
async def offices(database_server: TestServer, worker_name: str, provider: ProviderProcess) -> AsyncIterator[Service]:
    """A partnership one of whose organisations has a sign-in of its own."""
    with database_server.fresh(f"{worker_name}_oidc") as url:
        providers = {"eastlaw": _provider(provider.issuer)}
        settings = {"secret_key": "what the tests of providers keep secrets with", "public_url": BASE}
        async with running_service(url, oidc_providers=providers, **settings) as running:
            await give_passwords(running)
            yield running


@pytest.fixture(autouse=True)
async def _nobody_is_linked(offices: Service) -> AsyncIterator[None]:
    yield
    async with offices.owner.transaction() as session:
        for table in ("provider_links", "provider_journeys"):
            await session.execute(text(f"DELETE FROM {table}"))


@contextmanager
def _otherwise(offices: Service, provider: ProviderProcess, **changes: Any) -> Iterator[None]:
    """The service with other settings for its provider."""
    state = offices.app.state
    before = state.settings, state.openid
    given = {"secret_key": before[0].secret_key, "public_url": BASE, **changes.pop("settings", {})}
    state.settings = Settings(oidc_providers={"eastlaw": _provider(provider.issuer) | changes}, **given)
    state.openid = {key: OpenIdProvider(found) for key, found in state.settings.oidc_providers.items()}
    try:
        yield
    finally:
        state.settings, state.openid = before


async def _set_out(browser: Browser, **fields: str) -> str:
    """From the sign-in page to the provider's address."""
    response = await browser.send("/sign-in", WITH, **fields)
    assert response.status_code == 200, response.text
    [address] = re.findall(r'href="(http://127[^"]+)"', response.text)
    assert response.headers["refresh"] == f"0; url={unescape(address)}"
    return unescape(address)


async def _come_back(browser: Browser, location: str) -> httpx.Response:
    assert location.startswith(f"{BASE}{BACK}?")
    return await browser.http.get(location.removeprefix(BASE))


async def _sign_in(browser: Browser, provider: ProviderProcess, subject: str, **fields: str) -> httpx.Response:
    address = await _set_out(browser, **fields)
    return await _come_back(browser, await provider.answer(address, subject))


async def _links(offices: Service) -> dict[str, int]:
    async with offices.owner.transaction() as session:
        return {row.subject: row.user_id for row in await session.execute(text("SELECT * FROM provider_links"))}


async def _roles(offices: Service, email: str) -> set[tuple[str, str, bool]]:
    """The roles that somebody holds today, with their organisations, and whether a provider gave them."""
    statement = text(
        """
        SELECT h.role, o.key, h.given_by_provider IS NOT NULL AS given FROM role_holdings h
          JOIN organisations o ON o.id = h.organisation_id JOIN users u ON u.id = h.user_id
         WHERE u.email = :email AND (h.held_to IS NULL OR h.held_to > current_date)
        """
    )
    async with offices.owner.transaction() as session:
        return {tuple(row) for row in await session.execute(statement, {"email": email})}


def _refused(response: httpx.Response, status: int, message: str) -> Page:
    """The sign-in page again, with what was wrong."""
    assert response.status_code == status, response.text
    page = Page(response.text)
    assert page.title.startswith("Error: Sign in")
    assert message in response.text
    assert COOKIE not in response.cookies
    return page


async def test_a_verified_address_finds_its_user_and_links_the_two(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-1", email=OFFICER.upper(), email_verified=True)
    assert signed_in(await _sign_in(browser, provider, "s-1"))
    assert "Housing Officer" in (await browser.home()).text
    assert await _links(offices) == {"s-1": offices.cast["housing_officer"].id}
    account = await browser.http.get("/account")
    assert [row[2] for row in Page(account.text).cells if "(this one)" in row[1]] == ["Eastlaw"]


async def test_once_linked_the_address_does_not_matter_any_more(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-2", email=OFFICER, email_verified=True)
    await _sign_in(browser, provider, "s-2")
    for claims in ({"email": "married@elsewhere.example", "email_verified": False}, {}):
        browser.http.cookies.clear()
        await provider.knows("s-2", **claims)
        assert signed_in(await _sign_in(browser, provider, "s-2"))
    assert await _links(offices) == {"s-2": offices.cast["housing_officer"].id}


@pytest.mark.parametrize(
    "claims",
    [
        {"email": OFFICER, "email_verified": False},
        {"email": OFFICER},
        {"email": OFFICER, "email_verified": "no"},
        {"email": "nobody@test.example", "email_verified": True},
        {"email": "housing_officer@elsewhere.example", "email_verified": True},
        {"email": "housing_officer@test.example.evil.example", "email_verified": True},
        {"email": [OFFICER], "email_verified": True},
        {"email_verified": True},
        {},
        # An officer of an organisation that this provider does not speak for.
        {"email": "stranger@test.example", "email_verified": True},
    ],
    ids=str,
)
async def test_nobody_is_found_by_an_address_that_is_not_verified_or_not_the_providers(
    offices: Service, browser: Browser, provider: ProviderProcess, claims: dict[str, Any]
) -> None:
    await provider.knows("s-3", **claims)
    _refused(await _sign_in(browser, provider, "s-3"), 403, UNKNOWN)
    assert await _links(offices) == {}
    assert (await browser.home()).status_code == 303


async def test_an_address_given_to_somebody_else_does_not_open_the_account_of_whoever_had_it(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    for subject in ("s-4", "s-5"):
        await provider.knows(subject, email=OFFICER, email_verified=True)
    assert signed_in(await _sign_in(browser, provider, "s-4"))
    browser.http.cookies.clear()
    _refused(await _sign_in(browser, provider, "s-5"), 403, UNKNOWN)
    async with offices.owner.transaction() as session:
        assert await commands.unlink(session, OFFICER) == 1
    browser.http.cookies.clear()
    assert signed_in(await _sign_in(browser, provider, "s-5"))


async def test_whoever_has_left_is_refused_whether_linked_or_not(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-6", email=OFFICER, email_verified=True)
    for linked in (False, True):
        if linked:
            await _sign_in(browser, provider, "s-6")
        await change(offices, f"UPDATE users SET active = false WHERE email = '{OFFICER}'")
        try:
            browser.http.cookies.clear()
            _refused(await _sign_in(browser, provider, "s-6"), 403, UNKNOWN)
        finally:
            await change(offices, f"UPDATE users SET active = true WHERE email = '{OFFICER}'")


# --- What a token says, really signed by the provider ---


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"iss": "https://evil.example"},
        {"iss": "http://127.0.0.1"},
        {"aud": "another client"},
        {"aud": ["adapt", "another client"]},
        {"aud": ["adapt"], "azp": "another client"},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nonce": None},
        {"aud": []},
        {"exp": "later"},
    ],
    ids=str,
)
async def test_a_token_that_says_anything_else_is_not_believed(
    offices: Service, browser: Browser, provider: ProviderProcess, claims: dict[str, Any]
) -> None:
    await provider.knows("s-7", email=OFFICER, email_verified=True, **claims)
    _refused(await _sign_in(browser, provider, "s-7"), 403, NOT_BELIEVED)
    assert await _links(offices) == {}


async def test_a_token_for_us_among_others_is_believed_when_it_says_so(
    browser: Browser, provider: ProviderProcess
) -> None:
    claims = {"aud": ["adapt", "another client"], "azp": "adapt"}
    await provider.knows("s-8", email=OFFICER, email_verified=True, **claims)
    assert signed_in(await _sign_in(browser, provider, "s-8"))


async def test_a_token_is_refused_when_its_time_is_over(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-9", email=OFFICER, email_verified=True)
    before = offices.app.state.clock
    try:
        for ahead, status in ((timedelta(minutes=62), 403), (timedelta(minutes=60), 303)):
            offices.app.state.clock = MovedClock(SystemClock().now() + ahead)
            browser.http.cookies.clear()
            assert (await _sign_in(browser, provider, "s-9")).status_code == status
    finally:
        offices.app.state.clock = before


async def test_a_nonce_changed_on_the_way_out_is_noticed(browser: Browser, provider: ProviderProcess) -> None:
    await provider.knows("s-10", email=OFFICER, email_verified=True)
    parts = urlsplit(await _set_out(browser))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
    assert {"openid", "email"} <= set(query["scope"].split())
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    address = urlunsplit(parts._replace(query=urlencode({**query, "nonce": "theirs"})))
    _refused(await _come_back(browser, await provider.answer(address, "s-10")), 403, NOT_BELIEVED)


# --- The journey there and back ---


async def test_an_answer_is_taken_once(offices: Service, browser: Browser, provider: ProviderProcess) -> None:
    await provider.knows("s-11", email=OFFICER, email_verified=True)
    location = await provider.answer(await _set_out(browser), "s-11")
    kept = browser.http.cookies["adapt_sign_in"]
    assert signed_in(await _come_back(browser, location))
    # The back button of whoever is signed in leads home.
    assert (await _come_back(browser, location)).headers["location"] == "/"
    async with browsing(offices) as thief:
        thief.http.cookies.set("adapt_sign_in", kept, domain="testserver.local")
        _refused(await _come_back(thief, location), 403, STALE)


async def test_an_answer_is_taken_in_the_browser_that_asked_and_no_other(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-12", email=OFFICER, email_verified=True)
    location = await provider.answer(await _set_out(browser), "s-12")
    async with browsing(offices) as other:
        _refused(await _come_back(other, location), 403, STALE)
        await _set_out(other)
        _refused(await _come_back(other, location), 403, STALE)
    assert signed_in(await _come_back(browser, location))


async def test_an_answer_comes_within_ten_minutes(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-13", email=OFFICER, email_verified=True)
    location = await provider.answer(await _set_out(browser), "s-13")
    await change(offices, "UPDATE provider_journeys SET began_at = began_at - interval '11 minutes'")
    _refused(await _come_back(browser, location), 403, STALE)


async def test_two_tabs_may_set_out_at_once(browser: Browser, provider: ProviderProcess) -> None:
    await provider.knows("s-14", email=OFFICER, email_verified=True)
    first, second = await _set_out(browser), await _set_out(browser)
    location = await provider.answer(first, "s-14")
    await provider.answer(second, "s-14")
    assert signed_in(await _come_back(browser, location))


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=x", "code=x&state=x", "error=access_denied", "state=%00&code=é"]
)
async def test_an_answer_to_nothing_is_refused(browser: Browser, query: str) -> None:
    _refused(await browser.http.get(f"{BACK}?{query}"), 403, STALE)


async def test_declining_there_leads_back_and_nothing_more(browser: Browser, provider: ProviderProcess) -> None:
    location = await provider.answer(await _set_out(browser), "s-15", decline=True)
    state = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}.get("state")
    if state is None:  # the mock leaves it out where the standard has it
        location += "&" + urlencode({"state": parse_qs(urlsplit(await _set_out(browser)).query)["state"][0]})
    _refused(await _come_back(browser, location), 403, "Eastlaw did not sign you in.")


async def test_an_answer_that_names_another_issuer_is_refused(browser: Browser, provider: ProviderProcess) -> None:
    await provider.knows("s-16", email=OFFICER, email_verified=True)
    location = await provider.answer(await _set_out(browser), "s-16")
    _refused(await _come_back(browser, f"{location}&iss=https%3A%2F%2Fevil.example"), 403, "did not sign you in")


async def test_a_code_that_is_none_is_refused(browser: Browser, provider: ProviderProcess) -> None:
    state = parse_qs(urlsplit(await _set_out(browser)).query)["state"][0]
    _refused(await browser.http.get(f"{BACK}?code=made-up&state={state}"), 403, NOT_BELIEVED)


async def test_nobody_sets_out_from_elsewhere_or_to_nowhere(browser: Browser) -> None:
    response = await browser.http.post(WITH, data={"csrf_token": "x.y"})
    _refused(response, 403, "The page was open too long")
    assert (await browser.send("/sign-in", "/sign-in/with/nobody")).status_code == 404
    assert (await browser.http.get("/sign-in/with/nobody/back")).status_code == 404


async def test_a_cookie_put_there_before_never_becomes_a_session(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-17", email=OFFICER, email_verified=True)
    browser.http.cookies.set(COOKIE, "planted", domain="testserver.local")
    response = await _sign_in(browser, provider, "s-17")
    assert signed_in(response)
    assert response.cookies[COOKIE] != "planted"


async def test_one_goes_on_to_where_one_was_going_with_what_was_typed(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-18", email=OFFICER, email_verified=True)
    assert (await _sign_in(browser, provider, "s-18", next="/account")).headers["location"] == "/account"
    browser.http.cookies.clear()
    resume = {"resume_path": "/cases/HS-000201-T", "resume_form": "note=typed"}
    response = await _sign_in(browser, provider, "s-18", **resume)
    assert response.headers["location"] == "/cases/HS-000201-T?draft=1"
    # What went wrong on the way loses nothing either.
    browser.http.cookies.clear()
    state = parse_qs(urlsplit(await _set_out(browser, **resume)).query)["state"][0]
    page = _refused(await browser.http.get(f"{BACK}?code=made-up&state={state}"), 403, NOT_BELIEVED)
    assert page.hidden["resume_form"] == "note=typed"


async def test_without_an_address_of_its_own_the_service_sends_nobody_away(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    with _otherwise(offices, provider, settings={"public_url": None}):
        response = await browser.send("/sign-in", WITH)
        _refused(response, 503, "has not been told where people find it")


# --- The provider itself ---


async def test_new_keys_are_asked_for_and_old_ones_no_longer_believed(
    offices: Service, provider: ProviderProcess
) -> None:
    async with browsing(offices) as first, browsing(offices) as second:
        await provider.knows("s-19", email=OFFICER, email_verified=True)
        assert signed_in(await _sign_in(first, provider, "s-19"))
        await provider.stop()
        await provider.start()
        await provider.knows("s-19", email=OFFICER, email_verified=True)
        assert signed_in(await _sign_in(second, provider, "s-19"))


async def test_a_provider_that_is_away_is_said_to_be_and_nothing_is_half_done(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-20", email=OFFICER, email_verified=True)
    address = await _set_out(browser)
    location = await provider.answer(address, "s-20")
    await provider.stop()
    try:
        _refused(await _come_back(browser, location), 503, "Eastlaw cannot be reached just now.")
        with _otherwise(offices, provider):
            page = _refused(await browser.send("/sign-in", WITH), 503, "Eastlaw cannot be reached just now.")
        # The password still gets people in.
        assert {"email", "password"} <= set(page.ids)
        assert await _links(offices) == {}
        assert signed_in(await browser.sign_in(OFFICER, PASSWORD))
    finally:
        await provider.start()


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    with _otherwise(offices, provider, issuer=provider.issuer.replace("127.0.0.1", "localhost") + "/"):
        _refused(await browser.send("/sign-in", WITH), 503, NOT_BELIEVED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://id.example"},
        {"issuer": "ftp://id.example"},
        {"issuer": "https://id.example?x=y"},
        {"issuer": ""},
        {"organisations": []},
        {"email_domains": []},
        {"email_domains": ["example"]},
        {"client_secret": None},
        {"roles": [{"group": "g", "role": "administrator", "organisation": "elsewhere"}]},
        {"roles": [{"group": "g", "role": "king", "organisation": "eastlaw"}]},
        {"unknown": "setting"},
    ],
    ids=str,
)
async def test_a_provider_set_up_wrongly_stops_the_service_from_starting(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(oidc_providers={"eastlaw": _provider("https://id.example") | wrong})
    with pytest.raises(ValidationError):
        Settings(oidc_providers={"password": _provider("https://id.example")})


async def test_a_providers_secret_may_stand_in_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given = _provider("https://id.example")
    del given["client_secret"]
    monkeypatch.setenv(
        "ADAPT_OIDC_PROVIDERS", httpx.Request("POST", "http://x", json={"eastlaw": given}).content.decode()
    )
    monkeypatch.setenv("ADAPT_OIDC_PROVIDERS__EASTLAW__CLIENT_SECRET", "hush")
    found = Settings().oidc_providers["eastlaw"]
    assert found.client_secret.get_secret_value() == "hush"
    assert "hush" not in repr(found)


# --- Roles by groups ---


async def test_groups_give_and_take_the_roles_they_are_mapped_to_and_no_other(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    by_hand = {("housing_officer", "clydeview", False)}
    with _otherwise(offices, provider, roles=MAPPED):
        for groups, given in (
            (["adapt-therapists", "administrator", "everybody"], {("occupational_therapist", "eastlaw", True)}),
            (
                ["adapt-seniors"],
                {("senior_occupational_therapist", "eastlaw", True), ("team_manager", "clydeview", True)},
            ),
            ("adapt-therapists", {("occupational_therapist", "eastlaw", True)}),
            ({"adapt-seniors": True}, set()),
            ([["adapt-seniors"], 7], set()),
            (None, set()),
        ):
            browser.http.cookies.clear()
            claims = {} if groups is None else {"groups": groups}
            await provider.knows("s-21", email=OFFICER, email_verified=True, **claims)
            assert signed_in(await _sign_in(browser, provider, "s-21"))
            assert await _roles(offices, OFFICER) == by_hand | given, groups


async def test_a_role_that_a_person_gave_is_left_as_it_is(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    held = await _roles(offices, THERAPIST)
    with _otherwise(offices, provider, roles=MAPPED):
        for groups in (["adapt-therapists"], []):
            browser.http.cookies.clear()
            await provider.knows("s-22", email=THERAPIST, email_verified=True, groups=groups)
            assert signed_in(await _sign_in(browser, provider, "s-22"))
            assert await _roles(offices, THERAPIST) == held


async def test_without_a_mapping_roles_are_left_alone(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    before = await _roles(offices, OFFICER)
    await provider.knows("s-23", email=OFFICER, email_verified=True, groups=["adapt-seniors"])
    await _sign_in(browser, provider, "s-23")
    assert await _roles(offices, OFFICER) == before


# --- Second factors, and forgotten passwords ---


async def test_a_role_asks_for_a_second_factor_unless_the_provider_has_asked(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    asks = {"settings": {"second_factor_roles": "housing_officer"}}
    for claims, settings, way in (
        ({}, {}, "/account/second-factor"),
        ({"amr": ["pwd"]}, {}, "/account/second-factor"),
        ({"amr": "mfa"}, {}, "/account/second-factor"),
        ({"amr": ["pwd", "mfa"]}, {}, "/"),
        ({}, {"has_second_factor": True}, "/"),
    ):
        await provider.knows("s-24", email=OFFICER, email_verified=True, **claims)
        with _otherwise(offices, provider, settings=dict(asks["settings"]), **settings):
            browser.http.cookies.clear()
            assert (await _sign_in(browser, provider, "s-24")).headers["location"] == way, claims


async def test_a_second_factor_that_was_set_up_here_is_asked_for_as_ever(
    offices: Service, browser: Browser, provider: ProviderProcess
) -> None:
    await provider.knows("s-25", email=OFFICER, email_verified=True, amr=["mfa"])
    before, clock = offices.app.state.clock, MovedClock(SystemClock().now())
    offices.app.state.clock = clock
    try:
        await _sign_in(browser, provider, "s-25")
        telephone = await enrolled(browser, clock, password=PASSWORD)
        browser.http.cookies.clear()
        assert (await _sign_in(browser, provider, "s-25", next="/account")).headers["location"] == CODE
        assert (await browser.home()).status_code == 303
        passed = await browser.send(CODE, CODE, code=telephone.code(steps=1))
        assert passed.headers["location"] == "/account"
    finally:
        offices.app.state.clock = before
        await change(offices, "DELETE FROM recovery_codes")
        await change(offices, "DELETE FROM second_factors")


async def test_the_service_reads_neither_links_nor_journeys(offices: Service) -> None:
    async with offices.owner.transaction() as session:
        readable = text("SELECT has_any_column_privilege('adapt_app', t, 'SELECT') FROM unnest(CAST(:t AS text[])) t")
        assert not any(await session.scalars(readable, {"t": ["provider_links", "provider_journeys"]}))


async def test_no_link_for_a_password_is_sent_to_whoever_signs_in_elsewhere(
    offices: Service, browser: Browser, provider: ProviderProcess, tmp_path: Path
) -> None:
    await provider.knows("s-26", email=OFFICER, email_verified=True)
    await _sign_in(browser, provider, "s-26")
    browser.http.cookies.clear()
    await browser.send("/forgot-password", "/forgot-password", email=OFFICER)
    settings = offices.app.state.settings.model_copy(update={"data_dir": tmp_path})
    await work(offices.url, settings, wait=False)
    [message] = messages(tmp_path)
    assert "choose your organisation" in message.get_content()
    assert "token=" not in message.get_content()
