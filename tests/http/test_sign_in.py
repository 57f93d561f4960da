"""Signing in and out with a browser, and what a session is worth."""

from http.cookies import SimpleCookie
from typing import Any

import pytest
from sqlalchemy import text

from app.edge.sessions import COOKIE, secret_hash
from tests.support.browsing import PASSWORD, Browser, Page, browsing, change, faulty, signed_in
from tests.support.service import Service

pytestmark = pytest.mark.database
OFFICER = "housing_officer@test.example"
WRONG = "The e-mail address or the password is not right."


async def _session(offices: Service, browser: Browser) -> Any:
    async with offices.owner.transaction() as session:
        found = text("SELECT * FROM sessions WHERE id = :id")
        return (await session.execute(found, {"id": secret_hash(browser.http.cookies[COOKIE])})).one()


async def test_the_right_password_opens_the_home_page(browser: Browser) -> None:
    assert (await browser.http.get("/sign-in")).status_code == 200
    assert signed_in(await browser.sign_in(f"  {OFFICER.upper()} "))
    home = await browser.home()
    assert home.status_code == 200
    assert "Housing Officer" in home.text
    assert "Clydeview Housing Association" in home.text
    again = await browser.http.get("/sign-in")
    assert (again.status_code, again.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "email", [OFFICER, "nobody@test.example", "no address", "x" * 5000, "\x00", "\ufffd𝄞é"], ids=ascii
)
async def test_a_wrong_password_and_an_unknown_address_are_told_the_same(browser: Browser, email: str) -> None:
    response = await browser.sign_in(email, "not the pass phrase")
    page = faulty(response, 422, "email", WRONG)
    assert "not the pass phrase" not in response.text
    assert "value" not in page.ids["password"] or page.ids["password"]["value"] == ""
    assert (await browser.home()).headers["location"] == "/sign-in"


async def test_somebody_who_has_left_or_has_no_password_is_told_the_same(offices: Service, browser: Browser) -> None:
    for loss in ("active = false", "password_hash = NULL"):
        await change(offices, f"UPDATE users SET {loss} WHERE email = 'assessor@test.example'")
        faulty(await browser.sign_in("assessor@test.example"), 422, "email", WRONG)
        await change(offices, "UPDATE users SET active = true WHERE email = 'assessor@test.example'")


async def test_what_was_left_out_is_asked_for(browser: Browser) -> None:
    faulty(await browser.sign_in("", "x"), 422, "email", "Enter your e-mail address.")
    page = faulty(await browser.sign_in(OFFICER, ""), 422, "password", "Enter your password.")
    assert page.ids["email"]["value"] == OFFICER


async def test_what_was_typed_is_shown_as_text_and_nothing_else(browser: Browser) -> None:
    typed = '"><script>alert(1)</script>'
    page = faulty(await browser.sign_in(typed), 422, "email", WRONG)
    assert page.scripts_are_ours()
    assert page.ids["email"]["value"] == typed


@pytest.mark.parametrize("token", ["", "x", "é.é", "a.b", "." * 3000])
async def test_a_form_without_this_browsers_token_signs_nobody_in(browser: Browser, token: str) -> None:
    response = await browser.sign_in(OFFICER, csrf_token=token)
    faulty(response, 403, "email", "this browser keeps no cookies")
    assert signed_in(await browser.sign_in(OFFICER))


async def test_a_form_from_another_browser_or_another_site_signs_nobody_in(offices: Service, browser: Browser) -> None:
    async with browsing(offices) as other:
        theirs = Page((await other.http.get("/sign-in")).text).hidden["csrf_token"]
    assert (await browser.sign_in(OFFICER, csrf_token=theirs)).status_code == 403
    browser.http.headers["Sec-Fetch-Site"] = "cross-site"
    assert (await browser.sign_in(OFFICER)).status_code == 403
    browser.http.headers["Sec-Fetch-Site"] = "same-origin"
    assert signed_in(await browser.sign_in(OFFICER))


async def test_without_cookies_there_is_no_signing_in(browser: Browser) -> None:
    page = Page((await browser.http.get("/sign-in")).text)
    browser.http.cookies.clear()
    response = await browser.http.post("/sign-in", data={**page.hidden, "email": OFFICER, "password": PASSWORD})
    faulty(response, 403, "email", "this browser keeps no cookies")


async def test_a_cookie_put_there_before_never_becomes_a_session(offices: Service, browser: Browser) -> None:
    browser.http.cookies.set(COOKIE, "planted", domain="testserver.local")
    response = await browser.sign_in(OFFICER)
    assert signed_in(response)
    assert response.cookies[COOKIE] != "planted"
    async with browsing(offices) as attacker:
        attacker.http.cookies.set(COOKIE, "planted", domain="testserver.local")
        assert (await attacker.home()).headers["location"] == "/sign-in"


async def test_signing_in_again_ends_the_session_before(browser: Browser) -> None:
    form = Page((await browser.http.get("/sign-in")).text).hidden
    kept = browser.http.cookies["adapt_sign_in"]
    await browser.sign_in(OFFICER)
    first = browser.http.cookies[COOKIE]
    # A second tab that had the page open all along.
    browser.http.cookies.set("adapt_sign_in", kept, domain="testserver.local", path="/")
    again = await browser.http.post("/sign-in", data={**form, "email": OFFICER, "password": PASSWORD})
    assert signed_in(again)
    assert (await browser.home()).status_code == 200
    browser.http.cookies.clear()
    browser.http.cookies.set(COOKIE, first, domain="testserver.local")
    assert (await browser.home()).headers["location"] == "/sign-in"


async def test_the_cookie_is_for_this_service_alone(browser: Browser) -> None:
    response = await browser.sign_in(OFFICER)
    cookie = SimpleCookie(next(c for c in response.headers.get_list("set-cookie") if c.startswith(COOKIE)))[COOKIE]
    assert len(cookie.value) >= 43
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"]) == (True, True, "lax", "/")
    assert (cookie["max-age"], cookie["expires"], cookie["domain"]) == ("", "", "")


@pytest.mark.parametrize(
    ("base", "secure"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("https://localhost", True),
        ("http://adapt.example", True),
        ("http://127.0.0.1.adapt.example", True),
    ],
)
async def test_the_cookie_travels_in_the_clear_on_this_machine_only(offices: Service, base: str, secure: bool) -> None:
    async with browsing(offices, base=base) as browser:
        page = await browser.http.get("/sign-in")
    assert ("secure" in page.headers["set-cookie"].lower()) == secure


async def test_a_host_that_is_none_gets_a_secure_cookie_and_no_fault(browser: Browser) -> None:
    for host in ("[::1", "", "a b", "@"):
        response = await browser.http.get("/sign-in", headers={"Host": host})
        assert response.status_code < 500, host


async def test_only_a_hash_of_the_secret_is_kept(offices: Service, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    secret = browser.http.cookies[COOKIE]
    found = await _session(offices, browser)
    assert secret not in str(found)
    assert secret.encode() not in found.id
    assert (found.expires_at - found.created_at).total_seconds() == 12 * 3600


async def test_a_session_ends_after_half_an_hour_alone(offices: Service, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    number = (await _session(offices, browser)).id
    left_alone = "UPDATE sessions SET last_seen_at = now() - CAST(:for AS interval) WHERE id = :id"
    await change(offices, left_alone, **{"for": "29 minutes", "id": number})
    assert (await browser.home()).status_code == 200
    # The visit counts: another 29 minutes are allowed from here.
    assert (await _session(offices, browser)).last_seen_at > (await _session(offices, browser)).created_at
    await change(offices, left_alone, **{"for": "31 minutes", "id": number})
    assert (await browser.home()).headers["location"] == "/sign-in"


async def test_a_session_ends_after_twelve_hours_however_busy(offices: Service, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    aged = """UPDATE sessions SET created_at = created_at - interval '12 hours', expires_at = expires_at - interval '12 hours'
               WHERE id = :id"""
    await change(offices, aged, id=(await _session(offices, browser)).id)
    assert (await browser.home()).headers["location"] == "/sign-in"


async def test_a_session_ends_with_the_user(offices: Service, browser: Browser) -> None:
    await browser.sign_in("technical_officer@test.example")
    await change(offices, "UPDATE users SET active = false WHERE email = 'technical_officer@test.example'")
    assert (await browser.home()).headers["location"] == "/sign-in"


async def test_signing_out_ends_the_session_here_and_on_the_server(offices: Service, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    secret = browser.http.cookies[COOKIE]
    form = Page((await browser.home()).text).hidden
    out = await browser.http.post("/sign-out", data=form)
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert COOKIE not in browser.http.cookies
    browser.http.cookies.set(COOKIE, secret, domain="testserver.local")
    assert (await browser.home()).headers["location"] == "/sign-in"
    assert (await browser.http.post("/sign-out", data=form)).status_code == 303


async def test_nobody_else_can_sign_one_out(offices: Service, browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    async with browsing(offices, address="elsewhere") as other:
        await other.sign_in(OFFICER)
        theirs = Page((await other.home()).text).hidden
    for form in ({}, {"csrf_token": "x.y"}, theirs):
        response = await browser.http.post("/sign-out", data=form or {"a": "b"})
        assert response.status_code == 403
        assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert (await browser.home()).status_code == 200


async def test_a_body_that_is_no_form_is_refused(browser: Browser) -> None:
    for content, kind, status in (
        (b"{}", "application/json", 415),
        (b"", "", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
        (b"&".join(b"a=b" for _ in range(600)), "application/x-www-form-urlencoded", 422),
        (b"\xff\xfe%00%ff=%ed%a0%80", "application/x-www-form-urlencoded", 403),
        (b"x" * 1_000_001, "application/x-www-form-urlencoded", 413),
    ):
        response = await browser.http.post("/sign-in", content=content, headers={"Content-Type": kind})
        assert response.status_code == status, (content[:20], response.text[:300])
        assert response.headers["content-type"] == "text/html; charset=utf-8"
