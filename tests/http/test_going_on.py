"""After signing in one is where one was going, with what was typed, and never anywhere else."""

import pytest
from sqlalchemy import text

from tests.support.browsing import PASSWORD, Browser, Page, faulty
from tests.support.service import Service

pytestmark = pytest.mark.database
OFFICER = "housing_officer@test.example"
ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%2f/evil.example", "evil.example",
    "/\tevil.example", "/ /evil.example", "javascript:alert(1)", "/../..//evil.example", "/sign-out", "/sign-in",
    "/sign-in/code", "/reset-password", "/api/v1/me", "/static/built/adapt.css", "/a\r\nSet-Cookie: x=y", "/" + "a" * 300,
    "/é", "",
]  # fmt: skip


async def test_a_page_asked_for_is_shown_after_signing_in(browser: Browser) -> None:
    sent = await browser.http.get("/account/password")
    assert sent.headers["location"] == "/sign-in?next=/account/password"
    hidden = Page((await browser.http.get(sent.headers["location"])).text).hidden
    wrong = await browser.http.post("/sign-in", data={**hidden, "email": OFFICER, "password": "not it at all"})
    hidden = faulty(wrong, 422, "email", "The e-mail address or the password is not right.").hidden
    right = await browser.http.post("/sign-in", data={**hidden, "email": OFFICER, "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/account/password")


async def test_what_stands_behind_a_question_mark_does_not_come_along(browser: Browser) -> None:
    page = await browser.http.get("/sign-in", params={"next": "/?q=Davina+Dummie"})
    assert "Davina" not in page.text


@pytest.mark.parametrize("asked", ELSEWHERE, ids=ascii)
async def test_nobody_is_sent_elsewhere(browser: Browser, asked: str) -> None:
    for form in ({"next": asked}, {"resume_path": asked, "resume_form": "a=b"}):
        browser.http.cookies.clear()
        page = Page((await browser.http.get("/sign-in", params=form)).text)
        assert not {"next", "resume_path"} & set(page.hidden)
        response = await browser.sign_in(OFFICER, **form)
        assert (response.status_code, response.headers["location"]) == (303, "/")


async def test_whoever_is_signed_in_already_goes_straight_on(browser: Browser) -> None:
    await browser.sign_in(OFFICER)
    assert (await browser.http.get("/sign-in", params={"next": "/account"})).headers["location"] == "/account"
    assert (await browser.http.get("/sign-in", params={"next": "//evil.example"})).headers["location"] == "/"


async def test_a_form_that_arrived_too_late_is_kept_as_a_draft_of_its_page(offices: Service, browser: Browser) -> None:
    typed = "note=%C3%A9 <b>&note=second&csrf_token=x&form_key=y"
    wrong = await browser.sign_in(OFFICER, "not it at all", resume_path="/cases/HS-000201-T", resume_form=typed)
    hidden = faulty(wrong, 422, "email", "The e-mail address or the password is not right.").hidden
    assert (hidden["resume_path"], hidden["resume_form"]) == ("/cases/HS-000201-T", typed)
    right = await browser.http.post("/sign-in", data={**hidden, "email": OFFICER, "password": PASSWORD})
    assert right.headers["location"] == "/cases/HS-000201-T?draft=1"
    async with offices.owner.transaction() as session:
        [(path, fields)] = await session.execute(text("SELECT path, fields FROM drafts"))
    assert (path, fields) == ("/cases/HS-000201-T", {"note": ["é <b>", "second"]})


async def test_neither_an_address_nor_another_site_brings_a_form_along(browser: Browser) -> None:
    planted = {"resume_path": "/referrals/new", "resume_form": "need-description=planted"}
    asked = await browser.http.get("/sign-in", params=planted)
    sent = await browser.http.post("/sign-in", data={**planted, "email": OFFICER, "password": PASSWORD})
    assert (asked.status_code, sent.status_code) == (200, 403)
    for page in (Page(asked.text), Page(sent.text)):
        assert "resume_form" not in page.hidden
    from_here = {"Sec-Fetch-Site": "same-origin"}
    late = await browser.http.post("/sign-in", data={**planted, "email": OFFICER}, headers=from_here)
    assert (late.status_code, Page(late.text).hidden["resume_form"]) == (403, "need-description=planted")


async def test_an_absurdly_long_form_does_not_stand_in_the_way(browser: Browser) -> None:
    response = await browser.sign_in(OFFICER, resume_path="/cases/HS-000201-T", resume_form="a" * 500_001)
    assert response.status_code in (303, 413)
