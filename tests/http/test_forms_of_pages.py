"""What happens to a form on its way: sent twice, gone stale, sent with a session that is gone, sent by somebody else."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from app.edge.drafts import KEPT_DAYS
from tests.support.browsing import Browser, Page, browsing, change
from tests.support.pagewalks import Office, office, words
from tests.support.service import Service
from tests.support.walks import log, walked

pytestmark = pytest.mark.database
NOTE = {"note": "The key is with the neighbour."}
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>\u202e"


@pytest.fixture(scope="module")
async def desks(service: Service) -> AsyncIterator[Office]:
    """Browsers for the cast."""
    async with office(service) as opened:
        yield opened


async def _notes(service: Service, reference: str) -> int:
    events = (await service.get("service_manager", f"/cases/{reference}/events", limit=200)).json()["items"]
    return sum(event["kind"] == "note_added" for event in events)


async def _form(desks: Office, path: str, who: str = "housing_officer") -> tuple[Browser, dict[str, str]]:
    browser = await desks.browser(who)
    page = await browser.http.get(path)
    assert page.status_code == 200, words(page.text)
    return browser, Page(page.text).hidden


async def test_a_form_sent_twice_is_taken_once_and_answers_the_same(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/record/notes"
    browser, hidden = await _form(desks, path)
    answers = [await browser.http.post(path, data={**hidden, **NOTE}) for _ in range(3)]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, f"/cases/{walk.reference}?recorded=2")
    }
    assert await _notes(service, walk.reference) == 1
    shown = await browser.http.get(answers[0].headers["location"])
    assert "Recorded" in words(shown.text)


async def test_going_back_and_sending_something_else_does_not_pass_for_the_first(
    service: Service, desks: Office
) -> None:
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/record/notes"
    browser, hidden = await _form(desks, path)
    await browser.http.post(path, data={**hidden, **NOTE})
    again = await browser.http.post(path, data={**hidden, "note": "Something else."})
    assert again.status_code == 409
    assert "You have sent this form before, and it was taken." in words(again.text)
    assert "Something else." in again.text
    assert await _notes(service, walk.reference) == 1
    # What is on that page may be sent: it has a key of its own and knows where the case is.
    fresh = Page(again.text).hidden
    assert (await browser.http.post(path, data={**fresh, "note": "Something else."})).status_code == 303
    assert await _notes(service, walk.reference) == 2


async def test_a_stale_form_says_who_did_what_and_keeps_what_was_typed(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/actions/screen"
    browser, hidden = await _form(desks, path)
    await walk.record("occupational_therapist", "notes", {"note": "Rang today."})
    fields = {"tier": "moderate", "priority": "critical", "eligibility": "critical"}
    stale = await browser.http.post(path, data={**hidden, **fields})
    assert stale.status_code == 412
    said = words(stale.text)
    assert "Somebody else has worked on this case meanwhile" in said
    assert "Note, by Occupational Therapist" in said
    page = Page(stale.text)
    checked = {(a["name"], a["value"]) for a in page.ids.values() if "checked" in a}
    assert checked == set(fields.items())
    taken = await browser.http.post(path, data={**page.hidden, **fields})
    assert taken.status_code == 303
    assert (await walk.case())["stage"] == "awaiting_assessment"


async def test_a_form_whose_session_is_gone_is_kept_and_can_be_sent_after_signing_in(
    service: Service, desks: Office
) -> None:
    await desks.browser("housing_officer")
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/record/notes"
    async with browsing(service, address="198.51.100.1") as browser:
        await browser.sign_in("housing_officer@test.example")
        hidden = Page((await browser.http.get(path)).text).hidden
        newest = "SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1"
        await change(service, f"UPDATE sessions SET ended_at = now() WHERE id = ({newest})")
        lost = await browser.http.post(path, data={**hidden, **NOTE})
        assert lost.status_code == 401
        assert "What you typed is kept" in words(lost.text)
        page = Page(lost.text)
        fields = {"email": "housing_officer@test.example", "password": "a long enough pass phrase"}
        back = await browser.http.post("/sign-in", data={**page.hidden, **fields})
        assert (back.status_code, back.headers["location"]) == (303, f"{path}?draft=1")
        kept = await browser.http.get(back.headers["location"])
        assert NOTE["note"] in kept.text
        hidden = Page(kept.text).hidden
        assert (await browser.http.post(path, data={**hidden, **NOTE})).status_code == 303
        assert NOTE["note"] not in (await browser.http.get(f"{path}?draft=1")).text
    assert await _notes(service, walk.reference) == 1


async def test_a_form_of_an_older_sign_in_is_shown_again_not_lost(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/record/notes"
    browser, hidden = await _form(desks, path)
    old = {**hidden, "csrf_token": "of.another"}
    ours = await browser.http.post(path, data={**old, **NOTE}, headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 403
    assert NOTE["note"] in ours.text
    for site in ("cross-site", "same-site", None):
        headers = {"Sec-Fetch-Site": site} if site else {}
        foreign = await browser.http.post(path, data={**old, **NOTE}, headers=headers)
        assert foreign.status_code == 403
        assert NOTE["note"] not in foreign.text
    assert await _notes(service, walk.reference) == 0


async def test_one_more_row_keeps_what_was_typed_and_records_nothing(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/record/conversation"
    browser, hidden = await _form(desks, path)
    typed = {"with_whom": "the person", "options-0-option": "rehousing", "options-0-outcome": "Wishes to stay."}
    more = await browser.http.post(path, data={**hidden, **typed, "options-2-outcome": "", "add_row": "options"})
    assert more.status_code == 200
    page = Page(more.text)
    assert "options-3-outcome" in page.ids
    assert "Wishes to stay." in more.text
    assert "There is a problem" not in more.text
    assert (await walk.case())["sequence"] == 1


async def test_what_is_wrong_stands_beside_its_input_with_a_link_to_it(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access")
    path = f"/cases/{walk.reference}/actions/place_order"
    browser, hidden = await _form(desks, path)
    fields = {"contractor": " ", "price": "lots", "expected_start-day": "31", "expected_start-month": "2"}
    answer = await browser.http.post(path, data={**hidden, **fields, "expected_start-year": "2027"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.title.startswith("Error: ")
    linked = {link[1:] for link in page.links if link.startswith("#") and link != "#main"}
    assert {"contractor", "price", "expected_start-day", "expected_finish-day"} <= linked
    assert linked <= set(page.ids)
    assert page.ids["price"]["value"] == "lots"


@pytest.mark.parametrize("what", ["notes", "contacts", "conversation", "handover", "consent", "corrections"])
async def test_script_in_a_field_is_text_and_nothing_else(service: Service, desks: Office, what: str) -> None:
    walk = await log(service, tier="moderate")
    path = f"/cases/{walk.reference}/record/{what}"
    browser, hidden = await _form(desks, path)
    names = ("note", "with_whom", "summary", "what_matters", "options-0-outcome", "reason", "given_by", "why")
    answer = await browser.http.post(path, data={**hidden, "channel": "phone", **dict.fromkeys(names, HOSTILE)})
    pages = [answer.text, (await browser.http.get(f"/cases/{walk.reference}")).text]
    pages.append((await browser.http.get(f"/cases/{walk.reference}/timeline")).text)
    for source in pages:
        assert "<script>document" not in source
        assert "<img src=x" not in source


async def test_a_stranger_finds_no_page_of_a_case_and_can_send_nothing(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate")
    browser = await desks.browser("stranger")
    for part in ("", "/timeline", "/repeats", "/actions/screen", "/record/notes", "/repeats/HS-000001-B"):
        assert (await browser.http.get(f"/cases/{walk.reference}{part}")).status_code == 404, part
    page = Page((await browser.http.get("/help")).text)
    for part in ("/actions/screen", "/record/notes"):
        sent = await browser.http.post(f"/cases/{walk.reference}{part}", data={**page.hidden, **NOTE})
        assert sent.status_code == 404, part
    assert (await walk.case())["sequence"] == 1


async def test_every_page_of_a_case_that_is_read_is_on_record(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate")
    browser = await desks.browser("housing_officer")
    parts = ("", "/timeline", "/repeats", "/actions/screen", "/record/notes")
    for part in parts:
        assert (await browser.http.get(f"/cases/{walk.reference}{part}")).status_code == 200
    reads = (await service.get("auditor", f"/cases/{walk.reference}/reads")).json()["items"]
    routes = {read["route"] for read in reads}
    assert {
        "GET /cases/{reference}", "GET /cases/{reference}/timeline", "GET /cases/{reference}/repeats",
        "GET /cases/{reference}/actions/{action}", "GET /cases/{reference}/record/{what}",
    } <= routes  # fmt: skip


@pytest.mark.parametrize("path", ["actions/nonsense", "actions/log_referral", "record/nonsense", "record/repeats"])
async def test_what_there_is_not_is_not_found_in_plain_words(service: Service, desks: Office, path: str) -> None:
    walk = await log(service, tier="moderate")
    browser = await desks.browser("housing_officer")
    answer = await browser.http.get(f"/cases/{walk.reference}/{path}")
    assert answer.status_code == 404
    assert "Go to your home page" in words(answer.text)


async def test_drafts_are_their_owners_alone(service: Service, desks: Office) -> None:
    browser = await desks.browser("housing_officer")
    hidden = Page((await browser.http.get("/referrals/new")).text).hidden
    typed = {"person-name": "Davina Dummie", "need-adaptations": "grab rail"}
    assert hidden["draft_path"] == "/referrals/new"
    kept = await browser.http.post("/drafts", data={**hidden, **typed})
    assert kept.status_code == 200
    assert "Kept as a draft" in kept.text
    assert "Davina Dummie" in (await browser.http.get("/referrals/new?draft=1")).text
    assert "Go on with what you typed" in (await browser.http.get("/referrals/new")).text
    home = await browser.http.get("/")
    assert "Begun and not sent" in words(home.text)
    assert "/referrals/new?draft=1" in Page(home.text).links
    other = await desks.browser("assessor")
    assert "Begun and not sent" not in words((await other.http.get("/")).text)
    assert "Davina" not in (await other.http.get("/referrals/new?draft=1")).text
    foreign = await browser.http.post("/drafts", data={**typed, "draft_path": "/referrals/new"})
    assert foreign.status_code == 403
    odd = ("/\\elsewhere.example", "/worklist?q=Davina", "/%2f/elsewhere.example", "/x\n", "/sign-out")
    for path in ("", "//elsewhere.example", "https://elsewhere.example", "/" + "x" * 300, "/é", *odd):
        assert (await browser.http.post("/drafts", data={**hidden, "draft_path": path})).status_code == 422
    body = f"csrf_token={hidden['csrf_token']}&draft_path=/referrals/new&note=" + "%01" * 120_000
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await browser.http.post("/drafts", content=body, headers=kind)).status_code == 413
    async with service.owner.transaction() as session:
        rows = (await session.execute(text("SELECT fields FROM drafts"))).all()
    assert all("csrf_token" not in row.fields for row in rows)
    assert KEPT_DAYS == 30


@pytest.mark.parametrize("path", ["/help", "/accessibility", "/privacy"])
async def test_what_everybody_may_read_needs_no_sign_in(service: Service, desks: Office, path: str) -> None:
    async with browsing(service, address="198.51.100.2") as browser:
        assert (await browser.http.get(path)).status_code == 200
    signed = await (await desks.browser("housing_officer")).http.get(path)
    assert "Sign out" in words(signed.text)


async def test_what_was_ticked_stays_ticked_and_what_was_asked_for_is_offered_ticked(
    service: Service, desks: Office
) -> None:
    walk = await walked(service, "screen", tier="direct_access")
    path = f"/cases/{walk.reference}/actions/place_order"
    browser, hidden = await _form(desks, path)
    fresh = Page((await browser.http.get(path)).text)
    assert _ticked(fresh) == {"grab_rails"}
    answer = await browser.http.post(path, data={**hidden, "items": ["lever_taps", "key_safe"], "price": ""})
    assert answer.status_code == 422
    assert _ticked(Page(answer.text)) == {"lever_taps", "key_safe"}


def _ticked(page: Page) -> set[str]:
    return {a["value"] for a in page.ids.values() if a.get("type") == "checkbox" and "checked" in a}


async def test_an_error_page_leads_back_to_the_page_of_ours_that_led_to_it(service: Service, desks: Office) -> None:
    browser = await desks.browser("housing_officer")
    host = browser.http.base_url.netloc.decode()
    for referer, back in (
        (f"https://{host}/worklist?list=team", "/worklist?list=team"),
        ("https://elsewhere.example/worklist", None),
        (f"https://{host}/nowhere", None),
        ("javascript:alert(1)", None),
        (None, None),
    ):
        headers = {"Referer": referer} if referer else {}
        page = Page((await browser.http.get("/nowhere", headers=headers)).text)
        assert (back in page.links) if back else ("came from" not in page.source), referer
