"""A forgotten password is set anew by a link: once, for half an hour, and without telling who has an account."""

import asyncio
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.commands.nightly import work, working_beside
from app.edge.sessions import secret_hash
from app.people import commands
from app.people.passwords import hash_password
from app.settings import Settings
from tests.support.browsing import PASSWORD, Browser, Page, browsing, change, faulty, give_passwords, signed_in
from tests.support.databases import TestServer
from tests.support.outbox import messages
from tests.support.service import Service, running_service

pytestmark = pytest.mark.database
OFFICER = "housing_officer@test.example"
MANAGER = "team_manager@test.example"
NEW = "three words apart"
PUBLIC = "https://adapt.testshire.example"
FORGOT = "/forgot-password"
RESET = "/reset-password"


@pytest.fixture(scope="module")
async def offices(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership that knows its own address."""
    with database_server.fresh(f"{worker_name}_resets") as url:
        async with running_service(url, public_url=f"{PUBLIC}/") as running:
            yield running


@pytest.fixture(autouse=True)
async def _as_at_first(offices: Service) -> AsyncIterator[None]:
    await give_passwords(offices)
    yield
    async with offices.owner.transaction() as session:
        for table in ("reset_requests", "password_resets", "procrastinate_jobs", "sign_in_attempts"):
            await session.execute(text(f"DELETE FROM {table}"))


async def _jobs(offices: Service) -> list[dict[str, Any]]:
    waiting = text("SELECT args FROM procrastinate_jobs WHERE task_name = 'send_reset_link' AND status = 'todo'")
    async with offices.owner.transaction() as session:
        return list(await session.scalars(waiting))


async def _messages(offices: Service, folder: Path) -> list[EmailMessage]:
    """What the worker writes to people, when it has done what waits."""
    await work(offices.url, Settings(data_dir=folder, brand_name="Testshire"), wait=False)
    return messages(folder)


async def _linked(offices: Service, browser: Browser, folder: Path, email: str = OFFICER) -> str:
    """The path of the link that somebody is sent who asks for it."""
    await browser.send(FORGOT, FORGOT, email=email)
    [message] = await _messages(offices, folder)
    [link] = re.findall(r"https?://\S+", message.get_content())
    assert link.startswith(f"{PUBLIC}{RESET}?token=")
    return link.removeprefix(PUBLIC)


async def test_a_link_sets_the_password_and_ends_every_session(
    offices: Service, browser: Browser, tmp_path: Path
) -> None:
    async with browsing(offices, address="another desk") as other:
        assert signed_in(await other.sign_in(OFFICER))
        link = await _linked(offices, browser, tmp_path, f"  {OFFICER.upper()} ")
        done = await browser.send(link, RESET, password=NEW)
        assert (done.status_code, done.headers["location"]) == (303, f"{RESET}/done")
        assert "Sign in with it" in (await browser.http.get(f"{RESET}/done")).text
        assert (await other.home()).status_code == 303
    assert not signed_in(await browser.sign_in(OFFICER, PASSWORD))
    assert signed_in(await browser.sign_in(OFFICER, NEW))


async def test_the_message_is_for_its_owner_alone_and_says_no_more_than_needed(
    offices: Service, browser: Browser, tmp_path: Path
) -> None:
    await browser.send(FORGOT, FORGOT, email=OFFICER)
    [message] = await _messages(offices, tmp_path)
    assert (message["To"], message["Subject"]) == (OFFICER, "Set a new password")
    assert message["From"] == "Testshire <adapt@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Housing Officer" not in message.as_string()
    assert f"\n{PUBLIC}{RESET}?token=" in message.as_string()
    [file] = (tmp_path / "outbox").iterdir()
    assert (file.stat().st_mode & 0o777, (tmp_path / "outbox").stat().st_mode & 0o777) == (0o600, 0o700)


async def test_its_owner_is_told_that_it_was_set(offices: Service, browser: Browser, tmp_path: Path) -> None:
    link = await _linked(offices, browser, tmp_path)
    await browser.send(link, RESET, password=NEW)
    *_, told = await _messages(offices, tmp_path)
    assert (told["To"], told["Subject"]) == (OFFICER, "Your password was set anew")
    assert "http" not in told.get_content()


async def test_a_link_works_once(offices: Service, browser: Browser, tmp_path: Path) -> None:
    link = await _linked(offices, browser, tmp_path)
    hidden = Page((await browser.http.get(link)).text).hidden
    # Looking at it, as programs that guard mailboxes do, does not use it up.
    assert (await browser.http.get(link)).status_code == 200
    assert (await browser.http.post(RESET, data={**hidden, "password": NEW})).status_code == 303
    again = await browser.http.post(RESET, data={**hidden, "password": "four words much apart"})
    assert again.status_code == 404
    assert "This link does not work any more" in again.text
    assert (await browser.http.get(link)).status_code == 404
    assert signed_in(await browser.sign_in(OFFICER, NEW))


async def test_a_link_works_for_half_an_hour(offices: Service, browser: Browser, tmp_path: Path) -> None:
    link = await _linked(offices, browser, tmp_path)
    hidden = Page((await browser.http.get(link)).text).hidden
    await change(offices, "UPDATE password_resets SET made_at = made_at - interval '29 minutes'")
    assert (await browser.http.get(link)).status_code == 200
    await change(offices, "UPDATE password_resets SET made_at = made_at - interval '1 minute'")
    assert (await browser.http.get(link)).status_code == 404
    assert (await browser.http.post(RESET, data={**hidden, "password": NEW})).status_code == 404


async def test_a_password_that_is_changed_otherwise_spends_every_link(offices: Service, browser: Browser) -> None:
    async with offices.owner.transaction() as session:
        link = await commands.make_reset(session, OFFICER)
        theirs = await commands.make_reset(session, MANAGER)
        await commands.set_password(session, OFFICER, NEW)
    assert (await browser.http.get(f"{RESET}?token={link}")).status_code == 404
    assert (await browser.http.get(f"{RESET}?token={theirs}")).status_code == 200


async def test_using_one_link_ends_the_others_of_the_same_user(offices: Service, browser: Browser) -> None:
    async with offices.owner.transaction() as session:
        first, second = [await commands.make_reset(session, OFFICER) for _ in range(2)]
        theirs = await commands.make_reset(session, MANAGER)
    assert (await browser.send(f"{RESET}?token={first}", RESET, password=NEW)).status_code == 303
    assert (await browser.http.get(f"{RESET}?token={second}")).status_code == 404
    assert (await browser.http.get(f"{RESET}?token={theirs}")).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "a" * 5000, "adapt_session"], ids=ascii)
async def test_what_is_no_link_is_told_the_same(browser: Browser, token: str) -> None:
    response = await browser.http.get(RESET, params={"token": token})
    assert response.status_code == 404
    assert "This link does not work any more" in response.text


@pytest.mark.parametrize("loss", ["active = false"])
async def test_a_link_of_somebody_who_has_left_does_not_work(offices: Service, browser: Browser, loss: str) -> None:
    async with offices.owner.transaction() as session:
        secret = await commands.make_reset(session, OFFICER)
    await change(offices, f"UPDATE users SET {loss} WHERE email = '{OFFICER}'")
    try:
        assert (await browser.http.get(f"{RESET}?token={secret}")).status_code == 404
    finally:
        await change(offices, f"UPDATE users SET active = true WHERE email = '{OFFICER}'")


async def test_a_password_that_will_not_do_leaves_the_link_as_it_is(offices: Service, browser: Browser) -> None:
    async with offices.owner.transaction() as session:
        secret = await commands.make_reset(session, OFFICER)
    link = f"{RESET}?token={secret}"
    faulty(await browser.send(link, RESET, password="short"), 422, "password", "Use 12 characters or more")
    faulty(await browser.send(link, RESET, password="housing_officer"), 422, "password", "one of the first")
    assert (await browser.send(link, RESET, password=NEW)).status_code == 303


@pytest.mark.parametrize(
    "email", [OFFICER, "nobody@test.example", "no address", "\x00", "x" * 5000, "a@b, c@d"], ids=ascii
)
async def test_the_answer_is_the_same_whether_there_is_an_account(
    offices: Service, browser: Browser, email: str
) -> None:
    response = await browser.send(FORGOT, FORGOT, email=email)
    assert (response.status_code, response.headers["location"]) == (303, f"{FORGOT}/sent")
    assert "set-cookie" not in response.headers
    assert response.content == b""
    # Even the job is the same; only the worker learns that there is nobody to write to.
    [job] = await _jobs(offices)
    assert job.keys() == {"request", "base"}


async def test_nobody_is_written_to_who_is_not_there_or_has_left(
    offices: Service, browser: Browser, tmp_path: Path
) -> None:
    await browser.send(FORGOT, FORGOT, email="nobody@test.example")
    await browser.send(FORGOT, FORGOT, email=OFFICER)
    await change(offices, f"UPDATE users SET active = false WHERE email = '{OFFICER}'")
    try:
        assert await _messages(offices, tmp_path) == []
    finally:
        await change(offices, f"UPDATE users SET active = true WHERE email = '{OFFICER}'")


async def test_asking_too_often_sends_no_more_and_looks_the_same(offices: Service, browser: Browser) -> None:
    answers = [await browser.send(FORGOT, FORGOT, email=OFFICER) for _ in range(5)]
    assert {answer.headers["location"] for answer in answers} == {f"{FORGOT}/sent"}
    assert len(await _jobs(offices)) == 3
    for number in range(30):
        await browser.send(FORGOT, FORGOT, email=f"nobody{number}@test.example")
    assert len(await _jobs(offices)) == 20
    async with browsing(offices, address="elsewhere") as other:
        await other.send(FORGOT, FORGOT, email=MANAGER)
    assert len(await _jobs(offices)) == 21


async def test_a_request_that_waited_for_an_hour_sends_nothing(
    offices: Service, browser: Browser, tmp_path: Path
) -> None:
    await browser.send(FORGOT, FORGOT, email=OFFICER)
    await change(offices, "UPDATE reset_requests SET at = at - interval '61 minutes'")
    assert await _messages(offices, tmp_path) == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:6666@evil.example"])
async def test_the_link_never_begins_with_what_a_request_says(offices: Service, browser: Browser, host: str) -> None:
    hidden = Page((await browser.http.get(FORGOT)).text).hidden
    headers = {"Host": host, "X-Forwarded-Host": host, "Forwarded": f"host={host}"}
    await browser.http.post(FORGOT, data={**hidden, "email": OFFICER}, headers=headers)
    assert {job["base"] for job in await _jobs(offices)} == {PUBLIC}


async def test_without_an_address_of_its_own_links_are_sent_on_this_machine_alone(offices: Service) -> None:
    settings = offices.app.state.settings
    try:
        offices.app.state.settings = Settings()
        async with browsing(offices, base="https://evil.example") as far:
            page = await far.http.get(FORGOT)
            assert page.status_code == 503
            assert "Ask an administrator" in page.text
            await far.http.post(FORGOT, data={**Page(page.text).hidden, "email": OFFICER})
        assert await _jobs(offices) == []
        for base in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
            async with browsing(offices, base=base) as far:
                assert (await far.http.get(FORGOT)).status_code == 503
            async with browsing(offices, base=base, address="127.0.0.1") as near:
                await near.send(FORGOT, FORGOT, email=MANAGER)
            assert (await _jobs(offices))[-1]["base"] == base
    finally:
        offices.app.state.settings = settings


async def test_forms_from_elsewhere_ask_for_nothing_and_set_nothing(offices: Service, browser: Browser) -> None:
    faulty(await browser.http.post(FORGOT, data={"email": OFFICER}), 403, "email", "The page was open too long")
    assert await _jobs(offices) == []
    async with offices.owner.transaction() as session:
        secret = await commands.make_reset(session, OFFICER)
    response = await browser.http.post(RESET, data={"token": secret, "password": NEW})
    faulty(response, 403, "password", "The page was open too long")
    assert signed_in(await browser.sign_in(OFFICER))


async def test_an_empty_address_is_asked_for(browser: Browser) -> None:
    faulty(await browser.send(FORGOT, FORGOT, email=" "), 422, "email", "Enter your e-mail address.")


async def test_only_hashes_are_kept_and_the_service_cannot_read_even_those(
    offices: Service, browser: Browser, tmp_path: Path
) -> None:
    link = await _linked(offices, browser, tmp_path)
    secret = link.partition("token=")[2]
    assert len(secret) >= 43
    async with offices.owner.transaction() as session:
        everything = text(
            """SELECT (SELECT json_agg(p) FROM password_resets p)::text || (SELECT json_agg(r) FROM reset_requests r)::text
                   || (SELECT json_agg(j) FROM procrastinate_jobs j)::text"""
        )
        kept = await session.scalar(everything)
        assert secret_hash(secret).hex() in kept
        readable = text("SELECT has_any_column_privilege('adapt_app', t, 'SELECT') FROM unnest(CAST(:t AS text[])) t")
        assert not any(await session.scalars(readable, {"t": ["password_resets", "reset_requests"]}))
    assert secret not in kept
    assert OFFICER not in kept


async def test_the_log_holds_neither_link_nor_address(
    offices: Service, browser: Browser, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    link = await _linked(offices, browser, tmp_path)
    await browser.http.get(link)
    await browser.send(link, RESET, password=NEW)
    logged = "".join(capfd.readouterr())
    assert link.partition("token=")[2] not in logged
    assert OFFICER not in logged


async def test_a_second_factor_is_asked_for_as_ever(offices: Service, browser: Browser) -> None:
    async with offices.owner.transaction() as session:
        secret = await commands.make_reset(session, OFFICER)
        factor = """INSERT INTO second_factors (user_id, secret, created_at, confirmed_at)
                    SELECT id, repeat('x', 50), now(), now() FROM users WHERE email = :e"""
        await session.execute(text(factor), {"e": OFFICER})
    try:
        await browser.send(f"{RESET}?token={secret}", RESET, password=NEW)
        assert (await browser.sign_in(OFFICER, NEW)).headers["location"] == "/sign-in/code"
    finally:
        await change(offices, "DELETE FROM second_factors")


async def test_somebody_without_a_password_gets_a_first_one(offices: Service, browser: Browser, tmp_path: Path) -> None:
    await change(offices, "UPDATE users SET password_hash = NULL WHERE email = :e", e=OFFICER)
    link = await _linked(offices, browser, tmp_path)
    await browser.send(link, RESET, password=NEW)
    assert signed_in(await browser.sign_in(OFFICER, NEW))
    await change(offices, "UPDATE users SET password_hash = :h WHERE email = :e", h=hash_password(PASSWORD), e=OFFICER)


async def test_a_worker_beside_the_service_sends_it_and_stops_with_it(
    offices: Service, browser: Browser, tmp_path: Path
) -> None:
    with working_beside(offices.url, Settings(data_dir=tmp_path)):
        await browser.send(FORGOT, FORGOT, email=OFFICER)
        done = text("SELECT bool_and(status = 'succeeded') FROM procrastinate_jobs WHERE task_name = 'send_reset_link'")
        async with asyncio.timeout(30), offices.owner.engine.connect() as session:
            while not await session.scalar(done):
                await session.rollback()
    assert len(messages(tmp_path)) == 1
    async with offices.owner.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0
