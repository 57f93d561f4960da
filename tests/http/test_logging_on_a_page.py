"""Logging a referral on its page: one press for direct access, and what happens when something speaks against it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.browsing import Page
from tests.support.pagewalks import Office, office, words
from tests.support.referrals import referral
from tests.support.service import Service

pytestmark = pytest.mark.database
PATH = "/referrals/new"
SETTLED = {
    "referrer-capacity": "The person",
    "first_contact_on-day": "12",
    "first_contact_on-month": "1",
    "first_contact_on-year": "2026",
    "consent": "person",
    "screening-priority": "substantial",
    "screening-eligibility": "substantial",
    "need-adaptations": "grab bar; lever tap",
    "need-description": "Unsteady at the door.",
}


@pytest.fixture(scope="module")
async def desks(service: Service) -> AsyncIterator[Office]:
    """Browsers for the cast."""
    async with office(service) as opened:
        yield opened


def _somebody(**home: str) -> dict[str, str]:
    """Who and where, in the fields of the page: nobody we know."""
    body = referral()
    year, month, day = body["person"]["date_of_birth"].split("-")
    return {
        "person-name": body["person"]["name"],
        "person-date_of_birth-day": day,
        "person-date_of_birth-month": month,
        "person-date_of_birth-year": year,
        "person-phone": "01632 960123",
        "home-address": body["home"]["address"],
        "home-postcode": body["home"]["postcode"].lower().replace(" ", ""),
        "home-tenure": "rsl_tenant",
        "home-landlord": "Clydeview Housing Association",
        **home,
    }


async def _send(desks: Office, fields: dict[str, str], who: str = "housing_officer", **more: str) -> httpx.Response:
    return await desks.send(who, PATH, {name: [value] for name, value in {**SETTLED, **fields}.items()}, **more)


async def _case(service: Service, response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 303, words(response.text)
    path = response.headers["location"].partition("?")[0]
    case: dict[str, Any] = (await service.get("service_manager", path)).json()
    return case


async def _cases(service: Service, name: str) -> list[dict[str, Any]]:
    # The search forgives slips, and the people of tests have names that are alike.
    found: list[dict[str, Any]] = (await service.get("service_manager", "/cases", q=name)).json()["items"]
    return [case for case in found if case["person"]["name"] == name]


async def test_direct_access_is_logged_screened_and_approved_at_once(service: Service, desks: Office) -> None:
    somebody = _somebody()
    case = await _case(service, await _send(desks, somebody))
    assert (case["tier"], case["stage"]) == ("direct_access", "approved")
    assert case["need"]["adaptations"] == ["grab_rails", "lever_taps"]
    assert case["person"]["name"] == somebody["person-name"]
    assert case["home"]["landlord"] == "Clydeview Housing Association"
    assert case["first_contact_on"] == "2026-01-12"
    events = (await service.get("service_manager", f"/cases/{case['reference']}/events")).json()["items"]
    assert [event["action"] for event in events] == ["log_referral", "screen"]
    assert events[1]["details"]["tier"] == "direct_access"


async def test_somebody_we_know_is_not_typed_again(service: Service, desks: Office) -> None:
    first = await _case(service, await _send(desks, _somebody()))
    await service.post(
        "housing_officer",
        f"/cases/{first['reference']}/actions/close_not_proceeding",
        {"reason": "withdrawn", "note": "No longer wanted."},
    )
    shown = await desks.send("housing_officer", PATH, {"look_up": [first["home"]["postcode"]], "look": ["1"]})
    assert shown.status_code == 200
    assert "There is a problem" not in shown.text
    assert first["person"]["name"] in shown.text
    assert "Not proceeding" in words(shown.text)
    second = await _case(service, await _send(desks, {"known": f"person:{first['reference']}"}))
    assert second["reference"] != first["reference"]
    assert second["person"] == first["person"]
    assert second["home"] == first["home"]
    assert second["stage"] == "approved"


async def test_a_neighbour_in_the_same_home_is_somebody_else(service: Service, desks: Office) -> None:
    first = await _case(service, await _send(desks, _somebody()))
    other = {name: value for name, value in _somebody().items() if name.startswith("person")}
    fields = {**other, "known": f"home:{first['reference']}", "need-adaptations": "key safe"}
    second = await _case(service, await _send(desks, fields))
    assert second["home"]["address"] == first["home"]["address"]
    assert second["person"]["name"] == other["person-name"]


async def test_a_repeat_is_shown_before_anything_is_written_and_can_be_told_apart(
    service: Service, desks: Office
) -> None:
    first = await _case(service, await _send(desks, _somebody()))
    known = {"known": f"person:{first['reference']}"}
    refused = await _send(desks, known)
    assert refused.status_code == 409
    said = words(refused.text)
    assert f"Look at {first['reference']} first" in said
    assert "Nothing has been logged yet." in said
    assert len(await _cases(service, first["person"]["name"])) == 1
    second = await _case(service, await _send(desks, {**known, "separate": "The back door this time."}))
    assert second["stage"] == "approved"
    events = (await service.get("service_manager", f"/cases/{second['reference']}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["moved", "repeat_separated", "moved"]
    assert events[1]["details"] == {"other": first["reference"], "reason": "The back door this time."}


async def test_what_needs_an_assessment_is_not_approved_but_can_be_logged(service: Service, desks: Office) -> None:
    fields = {**_somebody(), "need-adaptations": "wet floor shower", "need-flags": "progressive_condition"}
    refused = await _send(desks, fields)
    assert refused.status_code == 409
    assert "Triage proposes Moderate" in words(refused.text)
    assert await _cases(service, fields["person-name"]) == []
    case = await _case(service, await _send(desks, fields, anyway="1"))
    assert (case["tier"], case["stage"]) == ("moderate", "received")
    assert case["need"]["flags"] == ["progressive_condition"]


async def test_without_consent_it_is_logged_and_waits(service: Service, desks: Office) -> None:
    fields = {**_somebody(), "consent": "no"}
    refused = await _send(desks, fields)
    assert refused.status_code == 409
    assert await _cases(service, fields["person-name"]) == []
    case = await _case(service, await _send(desks, fields, anyway="1"))
    assert case["stage"] == "received"


async def test_words_that_nobody_knows_are_asked_about_beside_the_field(service: Service, desks: Office) -> None:
    refused = await _send(desks, {**_somebody(), "need-adaptations": "grabb rale"})
    assert refused.status_code == 422
    page = Page(refused.text)
    assert "#need-adaptations" in page.links
    said = words(refused.text)
    assert "We do not know “grabb rale”. Do you mean grab rails" in said


async def test_an_empty_form_names_every_question_once_and_in_order(desks: Office) -> None:
    refused = await desks.send("housing_officer", PATH, {"need-adaptations": ["grab rail"]})
    assert refused.status_code == 422
    faulted = [link[1:] for link in Page(refused.text).links if link.startswith("#") and link != "#main"]
    assert faulted == [
        "person-name", "person-date_of_birth-day", "home-postcode", "home-address", "home-tenure", "need-description",
        "referrer-capacity", "first_contact_on-day", "consent", "screening-priority", "screening-eligibility",
    ]  # fmt: skip
    assert "This is missing" not in words(refused.text)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("person-name", "", "Fill this in: Full name"),
        ("home-tenure", "", "Choose an answer: How do they live there?"),
        ("referrer-capacity", "", "Choose an answer: Who asks?"),
        ("home-postcode", "FK9", "postcode"),
        ("person-chi_number", "123", "CHI"),
        ("first_contact_on-year", "2999", "between the years"),
        ("first_contact_on-month", "13", "day"),
        ("consent", "", "Choose an answer: May the partner organisations share"),
        ("screening-priority", "", "Choose an answer"),
        ("home-tenure", "castle", "Choose one of the answers offered."),
    ],
)
async def test_a_fault_stands_beside_its_question_and_nothing_is_written(
    service: Service, desks: Office, field: str, value: str, said: str
) -> None:
    fields = {**_somebody(), field: value}
    refused = await _send(desks, fields)
    assert refused.status_code == 422, words(refused.text)
    page = Page(refused.text)
    assert said in words(refused.text)
    linked = [link[1:] for link in page.links if link.startswith("#") and link != "#main"]
    assert linked
    assert set(linked) <= set(page.ids)
    assert await _cases(service, fields["person-name"] or "nobody at all") == []


async def test_a_referrer_logs_and_is_not_asked_to_screen(service: Service, desks: Office) -> None:
    browser = await desks.browser("referrer")
    page = await browser.http.get(PATH)
    assert "screening-priority" not in Page(page.text).ids
    case = await _case(service, await _send(desks, _somebody(), "referrer"))
    assert case["stage"] == "received"


@pytest.mark.parametrize("who", ["team_manager", "auditor", "administrator", "panel_member"])
async def test_who_may_not_log_is_told_who_may(desks: Office, who: str) -> None:
    browser = await desks.browser(who)
    answer = await browser.http.get(PATH)
    assert answer.status_code == 403
    assert "This is for:" in words(answer.text)
    assert PATH not in Page((await browser.http.get("/help")).text).links


async def test_a_stranger_does_not_find_our_people(service: Service, desks: Office) -> None:
    first = await _case(service, await _send(desks, _somebody()))
    looked = await desks.send("stranger", PATH, {"look_up": [first["home"]["postcode"]], "look": ["1"]})
    assert first["person"]["name"] not in looked.text
    taken = await _send(desks, {"known": f"person:{first['reference']}"}, "stranger")
    assert taken.status_code == 422
    assert first["person"]["name"] not in taken.text
    hidden = Page((await (await desks.browser("stranger")).http.get(PATH)).text).hidden
    part = await (await desks.browser("stranger")).http.post(
        "/referrals/look-up", data={**hidden, "look_up": first["reference"]}
    )
    assert part.status_code == 200
    assert first["person"]["name"] not in part.text


async def test_somebody_who_cannot_be_found_any_more_costs_no_words(service: Service, desks: Office) -> None:
    fields = {**_somebody(), "known": "person:HS-999999-X", "need-description": "Kept word for word."}
    shown = await _send(desks, fields)
    assert shown.status_code == 422
    assert "This person cannot be found any more." in shown.text
    browser = await desks.browser("housing_officer")
    kept = await browser.http.post("/drafts", data={**Page(shown.text).hidden, **fields})
    assert kept.status_code == 200
    draft = await browser.http.get(f"{PATH}?draft=1")
    assert draft.status_code == 200
    for page in (shown, draft):
        assert "Kept word for word." in page.text
        assert Page(page.text).ids["person-name"]["value"] == fields["person-name"]


async def test_whoever_is_told_of_a_repeat_is_on_record(service: Service, desks: Office) -> None:
    """Whether somebody has a case is told of cases that the asker may not open, too."""
    first = await _case(service, await _send(desks, _somebody()))
    browser = await desks.browser("stranger")
    hidden = Page((await browser.http.get(PATH)).text).hidden
    typed = {f"home-{name}": first["home"][name] for name in ("address", "postcode")}
    told = await browser.http.post("/referrals/findings", data={**hidden, **typed})
    assert first["reference"] in told.text
    assert first["person"]["name"] not in told.text
    reads = (await service.get("auditor", f"/cases/{first['reference']}/reads")).json()["items"]
    assert ("stranger", "POST /referrals/findings") in [(read["email"].split("@")[0], read["route"]) for read in reads]


async def test_parts_drawn_while_typing_need_the_page_they_are_for(service: Service, desks: Office) -> None:
    browser = await desks.browser("housing_officer")
    hidden = Page((await browser.http.get(PATH)).text).hidden
    typed = {"need-adaptations": "grab bar; stair lift", "need-flags": "child"}
    found = await browser.http.post("/referrals/findings", data={**hidden, **typed})
    assert found.status_code == 200
    assert "Somebody has to assess first." in words(found.text)
    assert "<html" not in found.text
    for path in ("/referrals/findings", "/referrals/look-up"):
        assert (await browser.http.post(path, data=typed)).status_code == 403
