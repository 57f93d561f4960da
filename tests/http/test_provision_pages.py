"""The pages of provision, of a home and of items to use again: the same facts and refusals as the API's."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from app.edge.questions import filled_with
from app.provision.questions import mark_questions, quote_questions, survey_questions
from app.provision.schemas import MarkIn, QuoteIn, SurveyIn
from tests.http.test_homes import LOGGED, TODAY, history, installed, mark
from tests.support.browsing import Page
from tests.support.cast import STRANGER
from tests.support.pagewalks import Office, office, words
from tests.support.queries import counted
from tests.support.referrals import referral
from tests.support.refusals import nothing_written
from tests.support.service import Service
from tests.support.walks import Walk, log, walked

pytestmark = pytest.mark.database
OFFICER, TECHNICIAN = "housing_officer", "technical_officer"
NASTY = "<script>alert('Davina')</script> & \"Dummie\""
MOST_STATEMENTS = 16
"""What a page may ask of the database, whatever it shows."""
QUOTE = {
    "contractor": "Testcase Joiners", "amount": "1,250.50", "items": ["grab_rails"], "received_on": TODAY.isoformat(),
    "valid_until": "2199-01-31", "document": "Q-17",
}  # fmt: skip
SURVEY: dict[str, Any] = {
    "answers": {"ease": "easy", "satisfaction": "satisfied", "own_words": "It was fine.\nThank you."},
    "given_by": "carer", "how": "visit", "answered_on": TODAY.isoformat(),
}  # fmt: skip


@pytest.fixture(scope="module")
async def desks(service: Service) -> AsyncIterator[Office]:
    """Browsers for the cast."""
    async with office(service) as opened:
        yield opened


def fields(service: Service, what: str, answers: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser sends when a form is filled in with these answers."""
    pathways = service.app.state.casework.pathways
    asked = {
        "quote": quote_questions(pathways.default.catalogue),
        "survey": survey_questions(pathways.survey),
        "mark": mark_questions(reusable=True),
    }[what]
    return {name: list(values) for name, values in filled_with(asked, answers).fields.items()}


async def page(desks: Office, who: str, path: str, status: int = 200) -> httpx.Response:
    response = await (await desks.browser(who)).http.get(path)
    assert response.status_code == status, response.text[:500]
    return response


def path_of(walk: Walk, rest: str) -> str:
    return f"/cases/{walk.reference}/{rest}"


async def test_the_forms_ask_for_everything_that_the_bodies_take(service: Service) -> None:
    pathways = service.app.state.casework.pathways
    for body, questions in (
        (QuoteIn, quote_questions(pathways.default.catalogue)),
        (SurveyIn, survey_questions(pathways.survey)),
        (MarkIn, mark_questions(reusable=True)),
    ):
        asked = {question.name.partition(".")[0] for question in questions}
        assert asked == set(body.model_fields), body
        required = {question.name for question in questions if question.required and "." not in question.name}
        assert required == {name for name, field in body.model_fields.items() if field.is_required()} - {"answers"}


async def test_a_case_without_provision_says_what_will_appear_and_when(service: Service, desks: Office) -> None:
    walk = await log(service, tier="moderate", **LOGGED)
    shown = words((await page(desks, OFFICER, path_of(walk, "provision"))).text)
    for told in (
        "Nothing has been ordered yet. An order appears here when", "No quote has been recorded.",
        "No goals have been agreed yet. They appear here with the recommendation", "Nobody has been asked yet.",
        "No fault has been reported.", "No money has been approved here.",
    ):  # fmt: skip
        assert told in shown
    home = words((await page(desks, OFFICER, path_of(walk, "home"))).text)
    assert "Nothing is known to have been put into this home. What works put in appears here" in home


async def test_a_page_and_the_api_record_the_same_quote_and_survey(service: Service, desks: Office) -> None:
    by_api, by_page = [await walked(service, "screen", tier="direct_access", **LOGGED) for _ in range(2)]
    told = await service.post(TECHNICIAN, path_of(by_api, "quotes"), {**QUOTE, "amount": "1250.50"})
    shown = await desks.send(TECHNICIAN, path_of(by_page, "provision/quote"), fields(service, "quote", QUOTE))
    assert (told.status_code, shown.status_code) == (201, 303), words(shown.text)
    for walk in (by_api, by_page):
        await walk.take("place_order", contractor="Testcase Joiners", price="1250.50", items=["grab_rails"])
        await walk.take("complete_works", final_cost=[{"source": "landlord", "amount": "1300.00"}])
    told = await service.post(OFFICER, path_of(by_api, "surveys"), SURVEY)
    shown = await desks.send(OFFICER, path_of(by_page, "provision/survey"), fields(service, "survey", SURVEY))
    assert (told.status_code, shown.status_code) == (201, 303), words(shown.text)
    kinds = ("quote_received", "survey_answered")
    ours, theirs = [
        [(event["kind"], event["details"], event["actor"]) for event in await walk.events() if event["kind"] in kinds]
        for walk in (by_api, by_page)
    ]
    assert ours == theirs
    assert len(ours) == 2


async def test_what_was_ordered_and_what_it_cost_is_on_the_page(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    sent = await desks.send(TECHNICIAN, path_of(walk, "provision/quote"), fields(service, "quote", QUOTE))
    recorded = await page(desks, TECHNICIAN, sent.headers["location"])
    assert "Recorded" in words(recorded.text)
    await walk.take("place_order", contractor="Testcase Joiners", price="1250.50", items=["grab_rails", "key_safe"])
    await walk.take(
        "complete_works",
        final_cost=[{"source": "landlord", "amount": "1300.00"}, {"source": "self_funded", "amount": "1.00"}],
    )
    await walk.take("raise_snag", what_is_wrong=NASTY)
    response = await page(desks, OFFICER, path_of(walk, "provision"))
    shown = words(response.text)
    for told in (
        "Testcase Joiners", "Finished", "In time", "£1,250.50", "£1,301.00: £50.50 more than agreed",
        "Landlord's own budget £1,300.00", "Together £1,301.00", "Still wrong", "Q-17", "Taken",
    ):  # fmt: skip
        assert told.replace("'", "’") in shown.replace("'", "’"), told
    assert "<script>alert" not in response.text
    assert NASTY in shown


async def test_a_form_that_cannot_be_taken_is_shown_again_with_what_was_typed(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    wrong = fields(service, "quote", {**QUOTE, "contractor": NASTY, "amount": "lots", "items": []})
    async with nothing_written(service):
        response = await desks.send(TECHNICIAN, path_of(walk, "provision/quote"), wrong)
    assert response.status_code == 422
    told = (await service.post(TECHNICIAN, path_of(walk, "quotes"), {**QUOTE, "amount": "lots", "items": []})).json()
    for error in told["errors"]:
        if error["pointer"] == "/amount":
            assert error["message"] in words(response.text)
    shown = Page(response.text)
    assert {"#amount", "#items"} <= set(shown.links)
    assert ("value", NASTY) in shown.attributes
    assert shown.title.startswith("Error: ")


async def test_an_empty_survey_asks_for_what_is_missing(service: Service, desks: Office) -> None:
    walk = await installed(service)
    async with nothing_written(service):
        response = await desks.send(OFFICER, path_of(walk, "provision/survey"), {"nothing": [""]})
    assert response.status_code == 422
    assert {"#answers-satisfaction", "#given_by", "#how"} & set(Page(response.text).links)


async def test_a_form_sent_twice_gives_the_same_answer(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    browser = await desks.browser(TECHNICIAN)
    path = path_of(walk, "provision/quote")
    filled = {**Page((await browser.http.get(path)).text).hidden, **fields(service, "quote", QUOTE)}
    first = await browser.http.post(path, data=filled)
    async with nothing_written(service):
        again = await browser.http.post(path, data=filled)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]


async def test_a_stale_form_says_who_did_what_and_keeps_what_was_typed(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    browser = await desks.browser(TECHNICIAN)
    path = path_of(walk, "provision/quote")
    filled = {**Page((await browser.http.get(path)).text).hidden, **fields(service, "quote", QUOTE)}
    await walk.record(OFFICER, "notes", {"note": "Rang back."})
    async with nothing_written(service):
        response = await browser.http.post(path, data=filled)
    assert response.status_code == 412
    assert "Somebody else has worked on this case meanwhile" in words(response.text)
    assert ("value", "Testcase Joiners") in Page(response.text).attributes


async def test_what_cannot_be_done_now_says_why_and_offers_no_form(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    early = await page(desks, OFFICER, path_of(walk, "provision/survey"))
    assert "Nothing is in place yet that the person could speak of." in words(early.text)
    assert "answers-ease" not in early.text
    ended = await walked(service, "close_not_proceeding", tier="non_complex", **LOGGED)
    late = await page(desks, TECHNICIAN, path_of(ended, "provision/quote"))
    assert "The case has ended, so nothing is to be ordered." in words(late.text)
    for who in ("auditor", "referrer"):
        barred = await page(desks, who, path_of(walk, "provision/quote"))
        assert "This is for:" in words(barred.text)
        async with nothing_written(service):
            sent = await desks.send(who, path_of(walk, "provision/quote"), fields(service, "quote", QUOTE))
        assert sent.status_code == 403
        assert "Record a quote" not in words((await page(desks, who, path_of(walk, "provision"))).text)


async def test_a_stranger_finds_no_page(service: Service, desks: Office) -> None:
    walk = await installed(service)
    [item, *_] = await history(service, walk.reference)
    for rest in ("provision", "provision/quote", "provision/survey", "home", f"home/{item['id']}"):
        response = await page(desks, STRANGER, path_of(walk, rest), 404)
        assert "There is no case with this reference" in words(response.text)
    browser = await desks.browser(STRANGER)
    ours = Page((await browser.http.get("/")).text).hidden
    async with nothing_written(service):
        sent = await browser.http.post(path_of(walk, f"home/{item['id']}"), data={**ours, "mark": "removed"})
    assert sent.status_code == 404


async def test_an_item_is_marked_on_its_page_and_listed_to_be_used_again(service: Service, desks: Office) -> None:
    walk = await installed(service, "key_safe")
    [item] = await history(service, walk.reference)
    answers = {"mark": "for_recycling", "marked_on": TODAY.isoformat(), "note": NASTY}
    sent = await desks.send(OFFICER, path_of(walk, f"home/{item['id']}"), fields(service, "mark", answers))
    assert sent.headers["location"] == path_of(walk, f"home?marked={item['id']}"), words(sent.text)
    home = await page(desks, OFFICER, sent.headers["location"])
    assert "Key safe: Can be taken out and used again" in words(home.text)
    listed = await page(desks, TECHNICIAN, "/reusable-items?adaptation=key_safe&organisation=clydeview")
    assert walk.reference in listed.text
    assert NASTY in words(listed.text)
    assert "<script>alert" not in home.text + listed.text
    other = await page(desks, TECHNICIAN, "/reusable-items?adaptation=key_safe&organisation=elsewhere")
    assert walk.reference not in other.text
    nobodys = await page(desks, TECHNICIAN, "/reusable-items?adaptation=key_safe&organisation=nobody")
    assert "Nothing waits to be used again that fits this." in words(nobodys.text)
    wants = await log(service, tier="direct_access", need={"adaptations": ["key_safe"]}, **LOGGED)
    shown = words((await page(desks, OFFICER, path_of(wants, "provision"))).text)
    assert "Key safe: " in shown
    assert "marked for recycling in the partnership." in shown


async def test_a_mark_that_cannot_be_is_refused_in_the_apis_words(service: Service, desks: Office) -> None:
    walk = await installed(service)
    items = {one["adaptation"]: one for one in await history(service, walk.reference)}
    for adaptation, which, on in (("key_safe", "removed", "2001-01-01"), ("grab_rails", "recycled", TODAY.isoformat())):
        item = items[adaptation]["id"]
        body = {"mark": which, "marked_on": on}
        told = await service.post(OFFICER, f"/home-adaptations/{item}/marks", body)
        async with nothing_written(service):
            shown = await desks.send(OFFICER, path_of(walk, f"home/{item}"), fields(service, "mark", body))
        problem = told.json()
        [message] = [fault["message"] for fault in problem.get("errors", []) + problem.get("blockers", [])]
        assert (shown.status_code, message in words(shown.text)) == (told.status_code, True)
    offered = await page(desks, OFFICER, path_of(walk, f"home/{items['grab_rails']['id']}"))
    assert "recycled" not in offered.text
    other = await installed(service)
    await page(desks, OFFICER, path_of(other, f"home/{items['key_safe']['id']}"), 404)


async def test_the_next_tenants_page_tells_what_is_there_and_not_whose_it_was(service: Service, desks: Office) -> None:
    before = await installed(service, person={"name": "Hamish Dummie-Original"})
    home = (await before.case())["home"]
    [item, *_] = await history(service, before.reference)
    await mark(service, item["id"], "still_in_use", note="The daughter has the code.")
    new = referral(home={"address": home["address"], "postcode": home["postcode"], "landlord": "Elsewhere Council"})
    logged = (await service.post(STRANGER, "/referrals", new)).json()
    shown = (await page(desks, STRANGER, f"/cases/{logged['reference']}/home")).text
    assert "Key safe" in shown
    assert "Clydeview Housing Association" in shown
    for secret in ("Original", "daughter", before.reference):
        assert secret not in shown


@pytest.mark.parametrize(("who", "status"), [("team_manager", 200), ("assessor", 403), ("auditor", 403)])
async def test_the_list_is_for_those_who_give_items_out(desks: Office, who: str, status: int) -> None:
    await page(desks, who, "/reusable-items", status)
    entry = "Items to use again" in words((await page(desks, who, "/")).text)
    assert entry is (status == 200)


async def test_reads_are_on_record_with_their_page(service: Service, desks: Office) -> None:
    walk = await installed(service)
    await page(desks, "assessor", path_of(walk, "provision"))
    await page(desks, "assessor", path_of(walk, "home"))
    reads = (await service.get("auditor", f"/cases/{walk.reference}/reads", limit=200)).json()["items"]
    routes = {read["route"] for read in reads if read["email"].startswith("assessor")}
    assert {"GET /cases/{reference}/provision", "GET /cases/{reference}/home"} <= routes


async def test_a_page_asks_a_bounded_number_of_questions_of_the_database(service: Service, desks: Office) -> None:
    small, large = (
        await log(service, tier="moderate", **LOGGED),
        await walked(service, "screen", tier="direct_access", **LOGGED),
    )
    for number in range(12):
        quote = {**QUOTE, "amount": f"{100 + number}.00"}
        assert (await service.post(TECHNICIAN, path_of(large, "quotes"), quote)).status_code == 201
    await large.take("place_order", items=["key_safe", "grab_rails", "lever_taps"])
    await large.take("complete_works")
    for rest in ("provision", "home"):
        sent = []
        for walk in (small, large):
            with counted(service) as statements:
                await page(desks, OFFICER, path_of(walk, rest))
            sent.append(statements.count)
        assert sent[1] <= sent[0] + 1, statements
        assert max(sent) <= MOST_STATEMENTS, statements
    assert date.fromisoformat(LOGGED["first_contact_on"]) == TODAY


async def test_the_timeline_tells_of_quotes_and_surveys_in_words(service: Service, desks: Office) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    await service.post(TECHNICIAN, path_of(walk, "quotes"), {**QUOTE, "amount": "1250.50"})
    await walk.take("place_order")
    await walk.take("complete_works")
    await service.post(OFFICER, path_of(walk, "surveys"), SURVEY)
    shown = words((await page(desks, OFFICER, path_of(walk, "timeline"))).text)
    for told in (
        "Quote received", "Contractor Testcase Joiners", "Grab rails", "Asked how it went",
        "How easy was it to get help? Easy", "Is there anything else you would like to say? It was fine.",
    ):  # fmt: skip
        assert told in shown
