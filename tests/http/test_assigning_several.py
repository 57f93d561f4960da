"""Several cases assigned at once: each on its own, with an answer for each, and the same answer to a repeat."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.answers import pointers
from tests.support.cast import STRANGER
from tests.support.referrals import referral
from tests.support.service import Service
from tests.support.walks import log, walked

pytestmark = pytest.mark.database
OFFICER, MANAGER, ASSESSOR = "housing_officer", "team_manager", "assessor"
PATH = "/cases/assignments"


def body(service: Service, *cases: Any, to: str = ASSESSOR) -> dict[str, Any]:
    """The request; a case is a reference, or a reference and a sequence."""
    seen = [dict(zip(("reference", "sequence"), case, strict=False)) for case in cases]
    return {"cases": seen, "assigned_to": service.cast[to].email}


async def test_each_case_is_told_what_became_of_it(service: Service) -> None:
    good = await log(service, tier="moderate")
    moved = await walked(service, "screen", tier="moderate")
    ended = await walked(service, "close_not_proceeding", tier="moderate")
    theirs = (await service.post(STRANGER, "/referrals", referral(home={"landlord": "Elsewhere Council"}))).json()
    held = await log(service, tier="moderate")
    await held.record(OFFICER, "assignment", {"assigned_to": service.cast[ASSESSOR].email})
    asked = body(
        service,
        (moved.reference, 1),
        (good.reference, 1),
        (ended.reference,),
        (theirs["reference"],),
        (held.reference.lower(), 2),
        ("nonsense",),
    )
    response = await service.post(OFFICER, PATH, asked)
    assert response.status_code == 201, response.text
    results = response.json()["results"]
    assert [(one["outcome"], one["code"]) for one in results] == [
        ("refused", "case-moved-on"),
        ("assigned", None),
        ("refused", "ended"),
        ("refused", "not-found"),
        ("unchanged", None),
        ("refused", "not-found"),
    ]
    assert results[1]["sequence"] == 2
    assert all(one["message"] for one in results if one["outcome"] == "refused")
    assert results[4]["reference"] == held.reference
    assert (await good.case())["assigned_to"]["email"] == service.cast[ASSESSOR].email
    assert [event["kind"] for event in await good.events()] == ["moved", "assigned"]
    assert (await moved.case())["assigned_to"] is None
    assert len(await held.events()) == 2


async def test_a_repeat_with_the_same_key_gives_the_same_answer_and_writes_nothing(service: Service) -> None:
    walks = [await log(service, tier="moderate") for _ in range(3)]
    asked = body(service, *[(walk.reference, 1) for walk in walks])
    key = {"Idempotency-Key": walks[0].reference}
    first = await service.post(OFFICER, PATH, asked, key)
    second = await service.post(OFFICER, PATH, asked, key)
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert [len(await walk.events()) for walk in walks] == [2, 2, 2]


async def test_a_case_named_twice_is_assigned_once(service: Service) -> None:
    walk = await log(service, tier="moderate")
    response = await service.post(OFFICER, PATH, body(service, (walk.reference,), (walk.reference.lower(),)))
    assert [one["outcome"] for one in response.json()["results"]] == ["assigned"]
    assert len(await walk.events()) == 2


async def test_two_who_assign_the_same_cases_at_once_both_get_an_answer(service: Service) -> None:
    references = [(await log(service, tier="moderate")).reference for _ in range(6)]
    there = body(service, *[(reference, 1) for reference in references])
    back = body(service, *[(reference, 1) for reference in reversed(references)], to=MANAGER)
    answers = await asyncio.gather(service.post(OFFICER, PATH, there), service.post(MANAGER, PATH, back))
    assert [answer.status_code for answer in answers] == [201, 201]
    outcomes = [{one["outcome"] for one in answer.json()["results"]} for answer in answers]
    assert sorted(outcomes, key=str) == [{"assigned"}, {"refused"}]


async def test_a_case_without_consent_is_not_shared_by_assigning_it(service: Service) -> None:
    consent = {"share_with_partners": False, "recorded_on": "2026-01-12", "given_by": "the person"}
    walk = await log(service, tier="moderate", consent=consent)
    therapist = "stranger"
    response = await service.post(OFFICER, PATH, body(service, (walk.reference,), to=therapist))
    [one] = response.json()["results"]
    assert (one["outcome"], one["code"]) == ("refused", "no_consent_to_share")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"cases": []}, ["/cases"]),
        ({"cases": [{"reference": "HS-000001-X"}] * 101}, ["/cases"]),
        ({"cases": [{"reference": "HS-000001-X", "sequence": 0}]}, ["/cases/0/sequence"]),
        ({"assigned_to": "nobody@nowhere.example"}, ["/assigned_to"]),
        ({"assigned_to": "auditor@test.example"}, ["/assigned_to"]),
        ({"assigned_to": 10**12}, ["/assigned_to"]),
    ],
)
async def test_what_cannot_be_is_refused_as_a_whole(service: Service, change: dict[str, Any], where: list[str]) -> None:
    response = await service.post(OFFICER, PATH, {**body(service, ("HS-000001-X",)), **change})
    assert response.status_code == 422, response.text
    assert pointers(response.json()) == where


async def test_who_may_not_assign_is_told_so(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await service.post("auditor", PATH, body(service, (walk.reference,)))).status_code == 403
    async with service.owner.transaction() as session:
        count = text("SELECT count(*) FROM case_events WHERE case_id = (SELECT id FROM cases WHERE reference = :r)")
        assert await session.scalar(count, {"r": walk.reference}) == 1
