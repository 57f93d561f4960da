"""A page and the API do the same: the same events from the same answers, and the same words for every refusal."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.access.permissions import GRANTS
from app.access.roles import Role
from app.cases.record_questions import RECORD_FORMS, SHOULD_BE, Choices
from app.cases.recording import RECORDINGS
from app.pathways.facts import State
from tests.journeys.scripts import JOURNEYS, Journey
from tests.journeys.test_blockers import CHANGES_THE_CAST, DAYS_LATER, SCENARIOS, later
from tests.support.pagewalks import Office, PageWalk, fields_for, office, words
from tests.support.service import Service
from tests.support.walks import CONVERSATION, PEOPLE, Walk, log, set_meeting, walked

pytestmark = pytest.mark.database

SAME = ("kind", "action", "from", "to", "details", "actor", "organisation")
SEES_NO_CASE_HERE = {Role.PANEL_MEMBER, Role.ADMINISTRATOR}
WAYS: dict[str, tuple[str, ...]] = {
    "direct_access": ("screen", "place_order", "complete_works", "pass_check"),
    "non_complex": ("screen", "start_assessment", "recommend", "return_recommendation"),
    "moderate": ("screen", "hold", "resume", "start_assessment", "recommend_other_solution"),
    "complex": ("screen", "start_assessment", "refer_to_panel", "schedule_for_panel"),
}


@pytest.fixture(scope="module")
async def desks(service: Service) -> AsyncIterator[Office]:
    """Browsers for the cast."""
    async with office(service) as opened:
        yield opened


async def _twins(service: Service, desks: Office, **more: Any) -> tuple[Walk, PageWalk]:
    by_api = await log(service, **more)
    there = await log(service, **more)
    values = {name: getattr(there, name) for name in Walk.__dataclass_fields__}
    return by_api, PageWalk(**values, office=desks)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name.replace(" ", "-"))
async def test_every_action_of_every_tier_records_the_same_event_from_its_page(
    service: Service, desks: Office, journey: Journey
) -> None:
    by_api, by_page = await _twins(service, desks, pathway=journey.pathway, tier=journey.starts)
    for step in journey.steps:
        action, answers = step if isinstance(step, tuple) else (step, {})
        if action == "schedule_for_panel":
            answers = {**answers, "meeting": await set_meeting(service)}
        told, shown = await by_api.take(action, **answers), await by_page.take(action, **answers)
        assert {name: shown[name] for name in SAME} == {name: told[name] for name in SAME}
    assert (by_page.tier, by_page.stage) == (by_api.tier, by_api.stage)


@pytest.mark.parametrize("code", [code for code in SCENARIOS if code not in CHANGES_THE_CAST])
async def test_a_blocker_says_the_same_on_the_page(service: Service, desks: Office, code: str) -> None:
    barred = await SCENARIOS[code](service)
    walk = barred.walk
    values = {name: getattr(walk, name) for name in Walk.__dataclass_fields__}
    page = PageWalk(**values, office=desks)
    async with later(service, DAYS_LATER.get(code, 0)):
        told = await walk.attempt(barred.by, barred.action, **barred.answers)
        shown = await page.attempt(barred.by, barred.action, **barred.answers)
    assert (told.status_code, shown.status_code) == (409, 409)
    for blocker in told.json()["blockers"]:
        assert blocker["message"] in words(shown.text)


@pytest.mark.parametrize("tier", WAYS)
async def test_a_role_that_may_not_is_told_whose_it_is_in_the_same_words(
    service: Service, desks: Office, tier: str
) -> None:
    walk = await log(service, tier=tier)
    tried = set()
    for step in (*WAYS[tier], None):
        for action in walk.pathway.actions_from(_state(walk)):
            may = walk.pathway.roles_for(action) | SEES_NO_CASE_HERE
            others = [who for who, role in PEOPLE.items() if role not in may]
            if not others or action in tried:
                continue
            tried.add(action)
            told = await walk.attempt(others[0], action)
            path = f"/cases/{walk.reference}/actions/{action}"
            shown = await desks.send(others[0], path, {})
            assert (told.status_code, shown.status_code) == (403, 403), (action, others[0], shown.text[:200])
            assert told.json()["detail"] in words(shown.text)
        if step is not None:
            await walk.take(step)
    assert len(tried) > 3


@pytest.mark.parametrize("tier", WAYS)
async def test_an_empty_form_is_faulted_in_the_same_words(service: Service, desks: Office, tier: str) -> None:
    walk = await log(service, tier=tier)
    compared = set()
    for step in (*WAYS[tier], None):
        for action in walk.pathway.actions_from(_state(walk)):
            # One that asks for nothing would be taken.
            if action in compared or not walk.pathway.action(action).schema.get("required"):
                continue
            compared.add(action)
            who = next(who for who, role in PEOPLE.items() if role in walk.pathway.roles_for(action))
            told = await service.post(who, f"/cases/{walk.reference}/actions/{action}", {})
            assert told.status_code == 422, told.text
            shown = await desks.send(who, f"/cases/{walk.reference}/actions/{action}", {"nothing": [""]})
            assert shown.status_code == 422, shown.text[:300]
            for error in told.json()["errors"]:
                assert error["message"] in words(shown.text), (action, error)
        if step is not None:
            await walk.take(step)
    assert len(compared) > 3


def _state(walk: Walk) -> State:
    return State(walk.tier, walk.stage)


BODIES: dict[str, dict[str, Any]] = {
    "conversation": CONVERSATION,
    "contacts": {"with_whom": "the person", "channel": "phone", "summary": "Told them of the visit."},
    "notes": {"note": "The key is with a neighbour.\nRing twice."},
    "consent": {"share_with_partners": True, "recorded_on": "2026-01-12", "given_by": "the person"},
    "assignment": {"assigned_to": "occupational_therapist@test.example", "note": "Knows the street."},
    "handover": {"organisation": "eastlaw", "reason": "Needs an assessment."},
    "corrections": {
        "sequence": 1, "field": "first_contact_on", "now": "2026-01-09", "why": "The letter says so.",
    },
}  # fmt: skip


def _fields(what: str, body: dict[str, Any]) -> dict[str, list[str]]:
    answers = dict(body)
    if what == "corrections":
        answers[SHOULD_BE[answers["field"]]] = answers.pop("now")
    return fields_for(RECORD_FORMS[what].questions(Choices()), answers)


@pytest.mark.parametrize("what", BODIES)
async def test_what_is_recorded_beside_the_moves_is_the_same_event(service: Service, desks: Office, what: str) -> None:
    by_api, by_page = await _twins(service, desks, tier="moderate")
    told = await service.post("housing_officer", f"/cases/{by_api.reference}/{what}", BODIES[what])
    assert told.status_code == 201, told.text
    shown = await desks.send(
        "housing_officer", f"/cases/{by_page.reference}/record/{what}", _fields(what, BODIES[what])
    )
    assert shown.status_code == 303, words(shown.text)
    event = (await by_page.events())[-1]
    assert {name: event[name] for name in SAME} == {name: told.json()[name] for name in SAME}


@pytest.mark.parametrize("what", BODIES)
async def test_what_is_recorded_is_refused_in_the_same_words(service: Service, desks: Office, what: str) -> None:
    walk = await walked(service, "screen", tier="moderate")
    address, page = f"/cases/{walk.reference}/{what}", f"/cases/{walk.reference}/record/{what}"
    allowed = GRANTS[RECORDINGS[what].permission] | SEES_NO_CASE_HERE
    for role in sorted(set(Role) - allowed):
        told = await service.post(role.value, address, BODIES[what])
        shown = await desks.send(role.value, page, _fields(what, BODIES[what]))
        assert (told.status_code, shown.status_code) == (403, 403), role
        assert told.json()["detail"] in words(shown.text)
    told = await service.post("housing_officer", address, {})
    shown = await desks.send("housing_officer", page, {"nothing": [""]})
    assert (told.status_code, shown.status_code) == (422, 422)
    for error in told.json()["errors"]:
        assert error["message"] in words(shown.text)


async def test_a_repeat_is_decided_and_a_handover_answered_alike(service: Service, desks: Office) -> None:
    for by_page in (False, True):
        barred = await SCENARIOS["unresolved_repeat"](service)
        reference = barred.walk.reference
        [repeat] = (await service.get("housing_officer", f"/cases/{reference}/repeats")).json()[:1]
        body = {"decision": "separate", "reason": "Hers, not his."}
        if by_page:
            fields = fields_for(RECORD_FORMS["repeats"].questions(Choices()), body)
            answer = await desks.send("housing_officer", f"/cases/{reference}/repeats/{repeat['reference']}", fields)
            assert answer.status_code == 303
        else:
            path = f"/cases/{reference}/repeats/{repeat['reference']}"
            assert (await service.post("housing_officer", path, body)).status_code == 201
        event = (await barred.walk.events())[-1]
        assert (event["kind"], event["details"]["reason"]) == ("repeat_separated", "Hers, not his.")


def test_every_field_of_every_body_has_its_question() -> None:
    """A field that a page does not ask for could not be filled in there."""
    choices = Choices(details=())
    for what, recording in RECORDINGS.items():
        asked = {question.name for question in RECORD_FORMS[what].questions(choices)}
        fields = set(recording.body.model_fields)
        if what == "corrections":
            asked, fields = asked - set(SHOULD_BE.values()), fields - {"now", "detail"}
        assert asked == fields, what
