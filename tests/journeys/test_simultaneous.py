"""However many people take one step on one case at the same moment, it is taken once."""

import asyncio
from collections import Counter
from itertools import pairwise

import httpx
import pytest

from tests.support.service import Service
from tests.support.walks import Walk, log, set_meeting, walked

pytestmark = pytest.mark.database
ATTEMPTS = 200


async def _attempts(service: Service, walk: Walk, headers: dict[str, str]) -> list[httpx.Response]:
    """Everybody who may screens the case, each with their own reasons, all at once."""
    offer = await walk.offered("housing_officer", "screen")
    assert offer is not None
    body = offer["form"]["examples"][0]
    people = ("housing_officer", "assessor", "occupational_therapist", "senior_occupational_therapist")
    path = f"/cases/{walk.reference}/actions/screen"
    return await asyncio.gather(*(service.post(people[n % len(people)], path, body, headers) for n in range(ATTEMPTS)))


async def test_two_hundred_attempts_at_one_action_are_one_event(fresh_service: Service) -> None:
    walk = await log(fresh_service, tier="moderate")
    answers = await _attempts(fresh_service, walk, {})
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: ATTEMPTS - 1}
    blocked = [answer.json()["blockers"] for answer in answers if answer.status_code == 409]
    assert {blocker["code"] for blockers in blocked for blocker in blockers} == {"not_from_here"}
    assert [event["action"] for event in await walk.events()] == ["log_referral", "screen"]


async def test_two_hundred_attempts_from_what_they_last_saw_are_one_event(fresh_service: Service) -> None:
    walk = await log(fresh_service, tier="moderate")
    answers = await _attempts(fresh_service, walk, {"If-Match": '"1"'})
    assert Counter(answer.status_code for answer in answers) == {201: 1, 412: ATTEMPTS - 1}
    since = [answer.json()["since"] for answer in answers if answer.status_code == 412]
    assert {(event["sequence"], event["action"]) for events in since for event in events} == {(2, "screen")}
    assert [event["action"] for event in await walk.events()] == ["log_referral", "screen"]


async def test_different_steps_at_the_same_moment_leave_one_journal_without_a_gap(fresh_service: Service) -> None:
    walk = await log(fresh_service, tier="moderate")
    path = f"/cases/{walk.reference}"
    answers = await asyncio.gather(
        *(fresh_service.post("housing_officer", f"{path}/notes", {"note": f"Note {n}."}) for n in range(40)),
        walk.attempt("assessor", "screen"),
        walk.attempt("assessor", "signpost"),
        walk.attempt("team_manager", "refuse"),
    )
    taken = [answer for answer in answers if answer.status_code == 201]
    events = await walk.events()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [event["sequence"] for event in events] == list(range(1, len(taken) + 2))
    assert len([event for event in events if event["kind"] == "moved"]) >= 2
    for before, after in pairwise(events):
        assert after["from"] == before["to"]
        assert after["occurred_at"] >= before["occurred_at"]


async def test_the_last_place_at_a_meeting_is_given_once(fresh_service: Service) -> None:
    cases = [
        await walked(fresh_service, "screen", "start_assessment", "refer_to_panel", tier="complex") for _ in range(6)
    ]
    meeting = await set_meeting(fresh_service, capacity=2)
    answers = await asyncio.gather(
        *(case.attempt("panel_coordinator", "schedule_for_panel", meeting=meeting) for case in cases)
    )
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 4}
    full = [answer.json()["blockers"][0]["code"] for answer in answers if answer.status_code == 409]
    assert set(full) == {"meeting_full"}
    response = await fresh_service.get("panel_coordinator", f"/meetings/{meeting}")
    assert response.json()["booked"] == 2
