"""A panel's pages: the same actions as the API's, the same words, and nothing for those whom it does not concern."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.journeys.test_panel_journeys import COORDINATOR, HEALTH, Item, an_item
from tests.support.browsing import Page
from tests.support.cast import STRANGER
from tests.support.pagewalks import Office, office, words
from tests.support.panels import a_meeting, coordinate, working_day
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
async def offices(service: Service) -> AsyncIterator[Office]:
    """Browsers of the cast."""
    async with office(service) as opened:
        yield opened


def a_day(name: str, written: str) -> dict[str, list[str]]:
    year, month, day = written.split("-")
    return {f"{name}-day": [day], f"{name}-month": [month], f"{name}-year": [year]}


async def page_of(offices: Office, who: str, path: str, status: int = 200) -> str:
    response = await (await offices.browser(who)).http.get(path)
    assert response.status_code == status, response.text
    return words(response.text)


def agreement(item: Item) -> dict[str, list[str]]:
    return {
        "solution": ["A ground-floor shower room."],
        "reasons": ["It meets the person's goals."],
        **a_day("review_on", item.ahead(60)),
    }


async def test_a_case_goes_through_the_panel_by_its_pages(service: Service, offices: Office) -> None:
    item = await an_item(service)
    meeting = f"/meetings/{item.meeting['id']}"
    assert item.walk.reference in await page_of(offices, COORDINATOR, meeting)
    refused = await offices.send(COORDINATOR, f"{item.path}/decision/agree", agreement(item))
    by_api = await item.decide("agree")
    assert refused.status_code == by_api.status_code == 409
    for blocker in by_api.json()["blockers"]:
        assert blocker["message"] in words(refused.text)

    came = {f"member_{member['id']}": ["yes"] for member in item.meeting["members"]}
    sent = await offices.send(COORDINATOR, f"{meeting}/attendance", came)
    assert (sent.status_code, sent.headers["location"]) == (303, meeting)
    assert "It can decide" in await page_of(offices, COORDINATOR, meeting)

    silent = await offices.send("panel_member", f"{item.path}/assents", {"assents": ["false"]})
    assert silent.status_code == 422
    assert "Say why: dissent is recorded with its reasons." in words(silent.text)
    assert (await offices.send("panel_member", f"{item.path}/assents", {"assents": ["true"]})).status_code == 303
    passed_on = {"assents": ["true"], "organisation": [HEALTH]}
    assert (await offices.send(COORDINATOR, f"{item.path}/assents", passed_on)).status_code == 303
    condition = {
        "tasks-0-told": ["The landlord agrees to the change of use."],
        "tasks-0-owner": [service.cast["housing_officer"].email],
        **a_day("tasks-0-due_on", item.ahead(15)),
    }
    path = f"{item.path}/decision/agree_with_conditions"
    without = await offices.send(COORDINATOR, path, agreement(item))
    assert without.status_code == 422
    assert "Name at least one condition" in words(without.text)
    decided = await offices.send(COORDINATOR, path, agreement(item) | condition)
    assert (decided.status_code, decided.headers["location"]) == (303, item.path)
    shown = await page_of(offices, COORDINATOR, item.path)
    assert "Agreed with conditions" in shown
    assert "The person is to be told by" in shown
    assert (await item.walk.events())[-1]["action"] == "panel_agree"

    letter = f"{item.path}/letter"
    assert (await offices.send(COORDINATOR, letter, {})).status_code == 303
    assert "* The landlord agrees to the change of use." in await page_of(offices, COORDINATOR, letter)
    kept = await offices.send(COORDINATOR, letter, {"body": ["Dear Nettie,\r\n\r\nWe agreed."]})
    assert kept.status_code == 303
    unsaid = await offices.send(COORDINATOR, f"{letter}/sent", {})
    assert unsaid.status_code == 422
    today = a_day("sent_on", str((await item.now())["decided"]["decided_on"]))
    assert (await offices.send(COORDINATOR, f"{letter}/sent", today)).status_code == 303
    assert "stays as it is. Dear Nettie, We agreed." in await page_of(offices, COORDINATOR, letter)
    await page_of(offices, "panel_member", letter, 403)

    tasks = await page_of(offices, "housing_officer", "/panel-tasks")
    assert "Condition: The landlord agrees to the change of use." in tasks
    [task] = (await item.now())["tasks"]
    end = f"/panel-tasks/{task['id']}/end"
    why = await offices.send("housing_officer", end, {"outcome": ["not_met"]})
    assert (why.status_code, "Say why." in words(why.text)) == (422, True)
    assert (await offices.send("housing_officer", end, {"outcome": ["done"]})).status_code == 303
    assert "The landlord agrees to the change of use." not in await page_of(offices, "housing_officer", "/panel-tasks")


async def test_who_leaves_is_shown_the_meeting_and_no_longer_the_case(service: Service, offices: Office) -> None:
    item = await an_item(service)
    assert item.walk.reference in await page_of(offices, "panel_member", item.path)
    leaving = {"nature": ["The person is my neighbour."], "effect": ["leaves"]}
    sent = await offices.send("panel_member", f"{item.path}/interests", leaving)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/meetings/{item.meeting['id']}")
    assert item.walk.reference not in await page_of(offices, "panel_member", sent.headers["location"])
    await page_of(offices, "panel_member", item.path, 404)
    stands = await page_of(offices, COORDINATOR, item.path)
    assert "The person is my neighbour. Leaves, and sees nothing of the case from now on." in stands


async def test_a_decision_sent_twice_gives_the_same_page_and_is_recorded_once(
    service: Service, offices: Office
) -> None:
    item = await an_item(service)
    await item.attend()
    await item.all_agree()
    browser = await offices.browser(COORDINATOR)
    path = f"{item.path}/decision/agree"
    form = {**Page((await browser.http.get(path)).text).hidden, **agreement(item)}
    first, second = [await browser.http.post(path, data=form) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"] == item.path
    assert [event["action"] for event in await item.walk.events()].count("panel_agree") == 1
    # In another tab it was opened before that: it says who was there first, and keeps what was typed.
    other = await browser.http.post(path, data={**form, "form_key": "another tab"})
    assert other.status_code == 409
    assert "Panel Coordinator has recorded a decision on this case already: agreed." in words(other.text)
    assert "A ground-floor shower room." in other.text


async def test_a_form_that_went_stale_says_what_happened_and_keeps_what_was_typed(
    service: Service, offices: Office
) -> None:
    item = await an_item(service)
    await item.attend()
    await item.all_agree()
    browser = await offices.browser(COORDINATOR)
    path = f"{item.path}/decision/agree"
    form = {**Page((await browser.http.get(path)).text).hidden, **agreement(item)}
    await item.walk.record("housing_officer", "notes", {"note": "The daughter rang."})
    stale = await browser.http.post(path, data=form)
    assert stale.status_code == 412
    assert "Somebody else has worked on this case meanwhile" in words(stale.text)
    assert "A ground-floor shower room." in stale.text


@pytest.mark.parametrize("part", ["", "/interests", "/assents", "/decision/defer"])
async def test_pages_of_an_item_are_for_those_whom_it_concerns(service: Service, offices: Office, part: str) -> None:
    item = await an_item(service)
    await page_of(offices, STRANGER, f"{item.path}{part}", 404)
    await page_of(offices, COORDINATOR, f"/meetings/2000000000/cases/{item.walk.reference}{part}", 404)
    await page_of(offices, "administrator", f"{item.path}{part}", 404)
    if part in ("/interests", "/assents"):
        await page_of(offices, "housing_officer", f"{item.path}{part}", 403)
    if part.startswith("/decision"):
        # Shown with why it is not for them, as every action's page is; sent, it is refused.
        assert "panel coordinator" in await page_of(offices, "panel_member", f"{item.path}{part}")
        sent = await offices.send("panel_member", f"{item.path}{part}", {"what_is_needed": ["x"]})
        assert sent.status_code in (403, 409)
        await page_of(offices, COORDINATOR, f"{item.path}/decision/perhaps", 404)


async def test_a_meeting_is_cancelled_on_its_page_and_its_cases_move(service: Service, offices: Office) -> None:
    item = await an_item(service)
    path = f"/meetings/{item.meeting['id']}/cancel"
    later = await a_meeting(service, key=item.meeting["panel"], ahead=30)
    nowhere = await offices.send(COORDINATOR, path, {"reason": ["Snow."]})
    assert nowhere.status_code == 409
    assert f"Cases wait for this meeting: {item.walk.reference}." in words(nowhere.text)
    moved = {"reason": ["Snow."], "move_to": [str(later["id"])]}
    assert (await offices.send("panel_member", path, moved)).status_code == 403
    sent = await offices.send(COORDINATOR, path, moved)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/meetings/{item.meeting['id']}")
    assert "Cancelled Snow." in await page_of(offices, COORDINATOR, f"/meetings/{item.meeting['id']}")
    assert item.walk.reference in await page_of(offices, COORDINATOR, f"/meetings/{later['id']}")
    again = await offices.send(COORDINATOR, path, moved)
    assert again.status_code == 409
    assert "This meeting was cancelled already." in words(again.text)


async def test_an_urgent_case_is_asked_about_between_meetings(service: Service, offices: Office) -> None:
    walk = await walked(service, tier="complex")
    await walk.take("screen", fast_track="end_of_life")
    await walk.take("start_assessment")
    await walk.take("refer_to_panel")
    meeting = await a_meeting(service)
    path = f"/panels/{meeting['panel']}/correspondence"
    await page_of(offices, "panel_member", path, 403)
    assert walk.reference in await page_of(offices, COORDINATOR, path)
    day = a_day("closes_on", working_day(service, 3).isoformat())
    unsaid = await offices.send(COORDINATOR, path, {"reference": [walk.reference]})
    assert unsaid.status_code == 422
    sent = await offices.send(COORDINATOR, path, {"reference": [walk.reference], **day})
    assert sent.status_code == 303
    opened = await page_of(offices, COORDINATOR, sent.headers["location"])
    assert "Decisions by correspondence until" in opened
    assert "Not everybody has answered yet" in opened
    assert "By correspondence, answers wanted by" in await page_of(offices, COORDINATOR, "/panels")


async def test_the_panels_page_shows_terms_members_and_meetings(service: Service, offices: Office) -> None:
    item = await an_item(service)
    shown = await page_of(offices, "housing_officer", "/panels")
    assert f"Panel {item.meeting['panel']}" in shown
    assert "It can decide with 2 members there, at least one of each of: health, housing." in shown
    await page_of(offices, "referrer", "/panels", 403)
    meeting: Any = item.meeting
    await page_of(offices, "panel_member", f"/meetings/{meeting['id']}/attendance", 403)
    calendar = await (await offices.browser("panel_member")).http.get(f"/meetings/{meeting['id']}/invitation.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert item.walk.reference not in calendar.text


async def test_the_home_page_says_what_panels_have_for_somebody(service: Service, offices: Office) -> None:
    item = await an_item(service)
    home = await page_of(offices, "panel_member", "/")
    # Another test's round by correspondence may come sooner.
    assert "Your next panel meeting is on" in home or "Answers wanted by" in home
    await item.attend()
    await item.all_agree()
    task = {
        "kind": "condition",
        "told": "The landlord agrees to the change of use.",
        "due_on": item.ahead(15),
        "owner": service.cast["technical_officer"].email,
    }
    assert (await item.decide("agree_with_conditions", tasks=[task])).status_code == 201
    # Tasks of other tests may stand there too.
    assert re.search(
        r"\d+ panel tasks?, (the first due by|\d+ overdue)", await page_of(offices, "technical_officer", "/")
    )
    await walked(service, "screen", "start_assessment", "refer_to_panel", tier="complex")
    assert "waiting for a panel’s agenda" in await page_of(offices, COORDINATOR, "/")


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/panels/new", {"name": ["Board"], "key": ["Not A Key"]}, "Short name for addresses"),
        ("/panels/{panel}/terms", {}, "From which day on?"),
        ("/panels/{panel}/meetings/new", {"capacity": ["0"]}, "On which day?"),
        ("/panels/{panel}/series", {"every": ["1"], "unit": ["months"]}, "On which weekday?"),
        ("/panels/{panel}/members", {"sector": ["housing"]}, "Who?"),
        ("/meetings/{meeting}/change", {"capacity": ["6"]}, "On which day?"),
        ("/meetings/{meeting}/chair", {}, "Chair"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    service: Service, offices: Office, path: str, fields: dict[str, list[str]], said: str
) -> None:
    meeting = await a_meeting(service)
    known = {"panel": meeting["panel"], "meeting": meeting["id"]}
    answer = await offices.send(COORDINATOR, path.format(**known), fields)
    assert answer.status_code == 422
    assert "There is a problem" in words(answer.text)
    assert said in words(answer.text)
    for value in fields.get("name", []):
        assert f'value="{value}"' in answer.text
    # Who does not coordinate a panel is not asked at all.
    await page_of(offices, "panel_member", path.format(**known), 403)


async def test_papers_sent_twice_are_circulated_once(service: Service, offices: Office) -> None:
    item = await an_item(service)
    browser = await offices.browser(COORDINATOR)
    path = f"{item.path}/papers/prepare"
    hidden = Page((await browser.http.get(path)).text).hidden
    first, second = [await browser.http.post(path, data=hidden) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"] == f"{item.path}/papers"
    assert (await service.get(COORDINATOR, f"{item.path}/papers")).json()["newest"] == 1
    # A form of before says that nothing has changed since, on the page it was sent from.
    fresh = Page((await browser.http.get(path)).text).hidden
    stale = await browser.http.post(path, data={**fresh, "why": "Again"})
    assert stale.status_code == 409
    assert "Members have these papers already" in words(stale.text)


async def test_a_file_of_papers_is_not_kept_by_browsers_and_tells_nothing_by_its_name(
    service: Service, offices: Office
) -> None:
    item = await an_item(service)
    assert (await offices.send(COORDINATOR, f"{item.path}/papers/prepare", {})).status_code == 303
    browser = await offices.browser("panel_member")
    for path in (f"{item.path}/papers.pdf", f"/meetings/{item.meeting['id']}/papers.pdf"):
        answer = await browser.http.get(path)
        assert answer.content.startswith(b"%PDF-")
        assert "no-store" in answer.headers["cache-control"]
        assert item.walk.reference not in str(answer.headers)


async def test_a_case_tells_its_way_through_panels(service: Service, offices: Office) -> None:
    item = await an_item(service)
    therapist, reference = "occupational_therapist", item.walk.reference
    path = f"/cases/{reference}/panel"
    await coordinate(service, f"{item.path}/papers", {})
    question = {"kind": "question", "told": "Has the drain been looked at?"}
    assert (await service.post("panel_member", f"{item.path}/questions", question)).status_code == 201
    shown = await page_of(offices, therapist, path)
    for said in ("Not decided yet", "version 1: prepare them", "1 question to answer", "Accepted"):
        assert said in shown
    # Whoever works on the case finds the question on their own home page too.
    assert f"1 question of the panel to answer: {reference}" in await page_of(offices, therapist, "/")
    await item.defer()
    told = (await service.get(therapist, path)).json()
    assert [(one["decision"], one["papers"]) for one in told["items"]] == [("deferred", 1)]
    assert [task["kind"] for task in told["tasks"]] == ["information"]
    assert [check["outcome"] for check in told["checks"]] == ["accepted"]
    shown = await page_of(offices, therapist, path)
    assert "Asked for: A second opinion on the drainage. From: The technical officer" in shown
    assert "to answer" not in shown
    assert f"to answer: {reference}" not in await page_of(offices, therapist, "/")
    reads = (await service.get("auditor", f"/cases/{reference}/reads")).json()["items"]
    assert "GET /cases/{reference}/panel" in {one["route"] for one in reads}
    # Cases that come before no panel have no such page among theirs.
    simple = await walked(service, "screen", tier="moderate")
    page = (await (await offices.browser(therapist)).http.get(f"/cases/{simple.reference}")).text
    assert f"/cases/{simple.reference}/panel" not in page
