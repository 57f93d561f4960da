"""A case that has moved on is not moved blindly, and what is sent again is not done again."""

import asyncio
import json

import pytest

from tests.support.referrals import referral
from tests.support.refusals import careless, nothing_written, pointers, refused, rows
from tests.support.service import API, Service
from tests.support.walks import CONVERSATION, Walk, log, walked

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


async def test_a_stale_sequence_is_told_what_moved_the_case(service: Service) -> None:
    walk = await walked(service, "screen", tier="non_complex")
    await walk.record(OFFICER, "notes", NOTE)
    async with nothing_written(service):
        response = await walk.attempt(OFFICER, "hold", {"If-Match": '"1"'})
    problem = refused(response, 412)
    assert problem["sequence"] == 3
    assert [(event["sequence"], event["kind"], event["action"]) for event in problem["since"]] == [
        (2, "moved", "screen"),
        (3, "note_added", None),
    ]
    assert (await walk.attempt(OFFICER, "hold", {"If-Match": '"3"'})).status_code == 201


async def test_a_sequence_that_is_yet_to_come_is_stale_too(service: Service, walk: Walk) -> None:
    problem = refused(await walk.attempt(OFFICER, "screen", {"If-Match": '"900"'}), 412)
    assert problem["since"] == []


@pytest.mark.parametrize("match", ["seven", '"seven"', '""', "-1", '"1", "2"', '"9999999999"', '"1.0"', "²", "x" * 21])
async def test_a_malformed_if_match_is_named(service: Service, walk: Walk, match: str) -> None:
    async with nothing_written(service):
        response = await service.http.post(
            f"{API}/cases/{walk.reference}/notes", json=NOTE, headers=careless(service, "If-Match", match)
        )
    assert pointers(response) == {"/If-Match"}


async def test_a_replayed_key_gives_the_first_answer_again_byte_for_byte(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key = {"Idempotency-Key": f"{walk.reference}-replayed"}
    first = await walk.attempt(OFFICER, "hold", key, review_on="2199-01-04")
    body = json.loads(first.request.content)
    before = await rows(service)
    again = await service.post(OFFICER, f"/cases/{walk.reference}/actions/hold", body, key)
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert await rows(service) == before


async def test_a_referral_sent_twice_with_one_key_is_one_case(service: Service) -> None:
    body, key = referral(), {"Idempotency-Key": "a referral sent twice"}
    first = await service.post(OFFICER, "/referrals", body, key)
    before = await rows(service)
    again = await service.post(OFFICER, "/referrals", body, key)
    assert again.content == first.content
    assert await rows(service) == before


@pytest.mark.parametrize("other", ["another body", "another case", "another way"])
async def test_a_key_used_for_something_else_is_refused(service: Service, walk: Walk, other: str) -> None:
    second = await log(service, tier="moderate")
    key = {"Idempotency-Key": f"{second.reference} and {other}"}
    path = f"/cases/{second.reference}/notes"
    assert (await service.post(OFFICER, path, NOTE, key)).status_code == 201
    async with nothing_written(service):
        response = await {
            "another body": lambda: service.post(OFFICER, path, {"note": "Something else."}, key),
            "another case": lambda: service.post(OFFICER, f"/cases/{walk.reference}/notes", NOTE, key),
            "another way": lambda: service.post(OFFICER, f"/cases/{second.reference}/conversation", CONVERSATION, key),
        }[other]()
    assert pointers(response) == {"/Idempotency-Key"}


async def test_two_people_may_use_one_key(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key = {"Idempotency-Key": "mine and yours"}
    mine = await service.post(OFFICER, f"/cases/{walk.reference}/notes", NOTE, key)
    yours = await service.post("assessor", f"/cases/{walk.reference}/notes", NOTE, key)
    assert (mine.json()["sequence"], yours.json()["sequence"]) == (2, 3)


async def test_a_refusal_for_what_the_case_was_like_is_remembered_with_its_key(service: Service) -> None:
    walk = await walked(service, "screen", tier="non_complex")
    key = {"Idempotency-Key": f"{walk.reference} early"}
    path = f"/cases/{walk.reference}/actions/start_assessment"
    first = await service.post("assessor", path, {}, key)
    refused(first, 409)
    await walk.record(OFFICER, "assignment", {"assigned_to": service.cast["assessor"].email})
    assert (await service.post("assessor", path, {}, key)).content == first.content
    assert (await service.post("assessor", path, {})).status_code == 201


async def test_a_form_mended_after_a_refusal_may_use_its_key_again(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key, path = {"Idempotency-Key": f"{walk.reference} mended"}, f"/cases/{walk.reference}/notes"
    refused(await service.post(OFFICER, path, {"note": ""}, key), 422)
    assert (await service.post(OFFICER, path, NOTE, key)).status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "tab\there", "\xa0nbsp"])
async def test_a_key_that_cannot_be_kept_is_named(service: Service, walk: Walk, key: str) -> None:
    headers = careless(service, "Idempotency-Key", key)
    async with nothing_written(service):
        response = await service.http.post(f"{API}/cases/{walk.reference}/notes", json=NOTE, headers=headers)
    assert {found.lower() for found in pointers(response)} == {"/idempotency-key"}


async def test_one_key_sent_many_times_at_once_is_one_event(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key, path = {"Idempotency-Key": f"{walk.reference} at once"}, f"/cases/{walk.reference}/notes"
    answers = await asyncio.gather(*(service.post(OFFICER, path, NOTE, key) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(await walk.events()) == 2
