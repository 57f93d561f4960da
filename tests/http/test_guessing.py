"""Guessing passwords is made slow, and nobody can use that to keep others out."""

import asyncio

import pytest
from sqlalchemy import text

from tests.support.browsing import Browser, browsing, change, faulty, signed_in
from tests.support.service import Service

pytestmark = pytest.mark.database
OFFICER = "housing_officer@test.example"


async def _fail(browser: Browser, times: int, email: str = OFFICER) -> list[int]:
    return [(await browser.sign_in(email, "guess")).status_code for _ in range(times)]


@pytest.mark.parametrize("email", [OFFICER, "nobody@test.example"])
async def test_after_five_failures_one_has_to_wait_whether_there_is_such_a_user_or_not(
    offices: Service, browser: Browser, email: str
) -> None:
    assert await _fail(browser, 6, email) == [422] * 5 + [429]
    refused = await browser.sign_in(email)
    faulty(refused, 429, "email", "Try again in 1 minute.")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    # Nobody is kept out by somebody else's tries: not this user elsewhere, not a colleague here.
    async with browsing(offices, address="at home") as elsewhere:
        assert signed_in(await elsewhere.sign_in(OFFICER))
    assert signed_in(await browser.sign_in("team_manager@test.example"))


async def test_each_further_failure_doubles_the_wait_and_a_success_forgets_them(
    offices: Service, browser: Browser
) -> None:
    # More than the longest wait ago for all; the newest is what the wait is counted from.
    back = "UPDATE sign_in_attempts SET at = at - interval '16 minutes'"
    await _fail(browser, 5)
    for minutes in (2, 4, 8, 15, 15):
        await change(offices, back)
        assert await _fail(browser, 1) == [422]
        faulty(await browser.sign_in(OFFICER), 429, "email", f"Try again in {minutes} minutes.")
    await change(offices, back)
    assert signed_in(await browser.sign_in(OFFICER))
    browser.http.cookies.clear()
    assert await _fail(browser, 5) == [422] * 5


async def test_many_accounts_from_one_address_are_too_many_but_for_who_is_known_there(
    offices: Service, browser: Browser
) -> None:
    assert signed_in(await browser.sign_in(OFFICER))
    browser.http.cookies.clear()
    copy = """INSERT INTO sign_in_attempts (at, account, address)
              SELECT now(), sha256(n::text::bytea), address FROM generate_series(1, 50) n,
                     (SELECT address FROM sign_in_attempts ORDER BY id DESC LIMIT 1) a"""
    await change(offices, copy)
    faulty(await browser.sign_in("auditor@test.example"), 429, "email", "Try again in 15 minutes.")
    assert signed_in(await browser.sign_in(OFFICER))


async def test_tries_at_once_are_all_counted(browser: Browser) -> None:
    answers = await asyncio.gather(*(browser.sign_in(OFFICER, "guess") for _ in range(9)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 4


async def test_what_was_typed_is_kept_as_a_keyed_hash_only(offices: Service, browser: Browser) -> None:
    await browser.sign_in("my secret pass phrase", "x")
    async with offices.owner.transaction() as session:
        kept = (await session.execute(text("SELECT * FROM sign_in_attempts ORDER BY id DESC LIMIT 1"))).one()
        plain = await session.scalar(text("SELECT sha256('my secret pass phrase')"))
    assert len(kept.account) == len(kept.address) == 32
    assert kept.account != plain
    assert not kept.succeeded


async def test_old_tries_and_sessions_are_forgotten(offices: Service, browser: Browser) -> None:
    await _fail(browser, 1)
    assert signed_in(await browser.sign_in(OFFICER))
    await change(
        offices,
        "UPDATE sign_in_attempts SET at = at - CASE WHEN succeeded THEN interval '31 days' ELSE interval '25 hours' END",
    )
    await change(
        offices,
        "UPDATE sessions SET created_at = created_at - interval '91 days', expires_at = expires_at - interval '91 days'",
    )
    browser.http.cookies.clear()
    assert signed_in(await browser.sign_in(OFFICER))
    async with offices.owner.transaction() as session:
        for table in ("sign_in_attempts", "sessions"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 1
