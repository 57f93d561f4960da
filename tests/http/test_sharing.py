"""Who else gets to see a case, and who may hand it on: never by the back door."""

from typing import Any

import pytest

from tests.support.referrals import referral
from tests.support.refusals import nothing_written
from tests.support.service import Service
from tests.support.walks import Walk, log

pytestmark = pytest.mark.database
HOLDER, STRANGER = "housing_officer", "stranger"


async def offer(service: Service, walk: Walk, who: str, organisation: str) -> Any:
    """Offer the case to an organisation as somebody."""
    body = {"organisation": organisation, "reason": "Nearer to the person."}
    return await service.post(who, f"/cases/{walk.reference}/handover", body)


async def answer(service: Service, walk: Walk, who: str, word: str) -> Any:
    """Accept or decline as somebody."""
    body = {"answer": word, "reason": "Seen and thought over."}
    return await service.post(who, f"/cases/{walk.reference}/handover/answer", body)


async def test_who_handed_a_case_on_cannot_fetch_it_back_without_being_asked(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await offer(service, walk, HOLDER, "elsewhere")).status_code == 201
    assert (await answer(service, walk, STRANGER, "accept")).status_code == 201
    async with nothing_written(service):
        to_itself = await offer(service, walk, HOLDER, "clydeview")
        to_another = await offer(service, walk, HOLDER, "eastlaw")
    assert to_itself.status_code == 403
    assert to_another.status_code == 403
    assert "holds the case" in to_itself.json()["detail"]
    assert (await walk.case())["organisations"]["custody"] == "Elsewhere Council"


async def test_who_was_asked_to_take_a_case_cannot_pass_it_on_before_holding_it(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await offer(service, walk, HOLDER, "elsewhere")).status_code == 201
    assert (await offer(service, walk, STRANGER, "eastlaw")).status_code == 403


async def test_who_sees_to_the_whole_partnership_may_offer_a_case_for_its_holder(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await offer(service, walk, "service_manager", "elsewhere")).status_code == 201


async def test_who_declined_sees_the_case_no_more_and_has_nothing_left_to_answer(service: Service) -> None:
    walk = await log(service, tier="moderate")
    await offer(service, walk, HOLDER, "elsewhere")
    assert (await answer(service, walk, STRANGER, "decline")).status_code == 201
    assert (await service.get(STRANGER, f"/cases/{walk.reference}")).status_code == 404
    assert (await answer(service, walk, STRANGER, "accept")).status_code == 404


async def test_who_was_only_asked_to_take_a_case_may_look_and_answer_but_not_act(service: Service) -> None:
    walk = await log(service, tier="moderate")
    await offer(service, walk, HOLDER, "elsewhere")
    closing = f"/cases/{walk.reference}/actions/close_not_proceeding"
    assert (await service.get(STRANGER, f"/cases/{walk.reference}")).status_code == 200
    async with nothing_written(service):
        assert (await service.post(STRANGER, closing, {"reason": "withdrawn"})).status_code == 403
        noted = await service.post(STRANGER, f"/cases/{walk.reference}/notes", {"note": "Not ours yet."})
        assert noted.status_code == 403
    assert (await answer(service, walk, STRANGER, "accept")).status_code == 201
    assert (await service.post(STRANGER, closing, {"reason": "withdrawn"})).status_code == 201


async def test_of_a_repeat_in_another_organisation_only_who_holds_it_and_whether_it_is_open_is_told(
    service: Service,
) -> None:
    body = referral()
    elsewhere = (await service.post(STRANGER, "/referrals", body)).json()
    logged = (await service.post(HOLDER, "/referrals", body)).json()
    found = (await service.get(HOLDER, f"/cases/{logged['reference']}/repeats")).json()
    assert [repeat["reference"] for repeat in found] == [elsewhere["reference"]]
    assert (found[0]["organisation"], found[0]["open"], found[0]["visible"]) == ("Elsewhere Council", True, False)
    assert found[0]["organisation"] == logged["possible_repeats"][0]["organisation"]
    assert body["person"]["name"] not in str(found)


async def test_a_case_is_not_shared_by_assigning_it_before_the_person_agrees(service: Service) -> None:
    walk = await log(service, tier="moderate", consent={"share_with_partners": False})
    async with nothing_written(service):
        response = await service.post(
            HOLDER, f"/cases/{walk.reference}/assignment", {"assigned_to": service.cast[STRANGER].email}
        )
    assert response.status_code == 409
    assert [blocker["code"] for blocker in response.json()["blockers"]] == ["no_consent_to_share"]
    assert (await service.get(STRANGER, f"/cases/{walk.reference}")).status_code == 404
    own = await service.post(HOLDER, f"/cases/{walk.reference}/assignment", {"assigned_to": "me"})
    assert own.status_code == 201


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("0001-01-01T00:00:00Z", "Give a time"),
        ("0001-01-01T00:00:00+14:00", "Give a time"),
        ("1066-10-14T09:00:00Z", "Give a time"),
        ("2026-01-11T23:59:00Z", "first contact"),
    ],
)
async def test_a_referral_is_not_moved_before_its_first_contact(service: Service, now: str, told: str) -> None:
    walk = await log(service, tier="moderate")
    correction = {"sequence": 1, "field": "occurred_at", "now": now, "why": "A slip of the pen."}
    async with nothing_written(service):
        response = await service.post(HOLDER, f"/cases/{walk.reference}/corrections", correction)
    assert response.status_code == 422
    assert told in response.json()["errors"][0]["message"]


async def test_a_first_contact_is_not_moved_to_antiquity(service: Service) -> None:
    walk = await log(service, tier="moderate")
    correction = {"sequence": 1, "field": "first_contact_on", "now": "0001-01-01", "why": "A slip of the pen."}
    response = await service.post(HOLDER, f"/cases/{walk.reference}/corrections", correction)
    assert response.status_code == 422
