"""What a request asks for that is not there, not possible or not filled in is refused with its reason, and leaves nothing behind."""

from typing import Any

import pytest

from tests.support.referrals import referral
from tests.support.refusals import nothing_written, pointers, refused, texts_in, with_value
from tests.support.service import API, Service
from tests.support.walks import Walk, log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


@pytest.mark.parametrize(
    "action", ["fly", "SCREEN", "screen ", "%00", "%F0%9F%8F%A0", "x" * 5000, "__class__", "%2e%2e%2fscreen"]
)
async def test_an_unknown_action_is_not_found(service: Service, walk: Walk, action: str) -> None:
    async with nothing_written(service):
        refused(await service.post(OFFICER, f"/cases/{walk.reference}/actions/{action}", {}), 404)


async def test_an_unknown_action_is_answered_with_those_there_are(service: Service, walk: Walk) -> None:
    problem = refused(await service.post(OFFICER, f"/cases/{walk.reference}/actions/fly", {}), 404)
    assert "start_assessment" in problem["detail"]


@pytest.mark.parametrize("reference", ["HS-000001-A", "HS-0", "7", "%00", "HS-999999999999-X", "é", "x" * 3000])
async def test_a_reference_that_is_none_is_not_found(service: Service, reference: str) -> None:
    refused(await service.get(OFFICER, f"/cases/{reference}"), 404)
    refused(await service.post(OFFICER, f"/cases/{reference}/notes", NOTE), 404)


async def test_a_reference_is_read_as_people_type_it(service: Service, walk: Walk) -> None:
    typed = walk.reference.replace("-", " ").lower()
    assert (await service.get(OFFICER, f"/cases/{typed}")).json()["reference"] == walk.reference


async def test_an_action_not_allowed_from_here_is_refused_with_its_blockers(service: Service, walk: Walk) -> None:
    async with nothing_written(service):
        response = await service.post("funding_officer", f"/cases/{walk.reference}/actions/approve_funding", {})
    assert [blocker["code"] for blocker in refused(response, 409)["blockers"]] == ["not_from_here"]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/cases"), ("PUT", "/referrals"), ("PATCH", "/cases/x")])
async def test_a_wrong_method_is_a_problem_that_names_the_right_one(service: Service, method: str, path: str) -> None:
    response = await service.http.request(method, API + path, headers=service.cast[OFFICER].headers)
    refused(response, 405)
    assert response.headers["allow"]


async def test_an_unknown_address_is_a_problem(service: Service) -> None:
    refused(await service.get(OFFICER, "/nothing/here"), 404)


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ({"person": {}}, {"/person/name", "/person/date_of_birth"}),
        ({"home": {}}, {"/home/address", "/home/postcode", "/home/tenure"}),
        ({"need": {}}, {"/need/description", "/need/adaptations"}),
        ({"consent": {}}, {"/consent/share_with_partners", "/consent/recorded_on", "/consent/given_by"}),
        ({"referrer": {}}, {"/referrer/capacity"}),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else None,
)
async def test_every_missing_field_is_named(service: Service, part: dict[str, Any], names: set[str]) -> None:
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", {**referral(), **part})
    assert pointers(response) == names


async def test_fields_that_do_not_exist_are_named_at_every_depth(service: Service) -> None:
    body = referral(person={"shoe_size": 7}, need={"urgency": "very"})
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", {**body, "colour": "blue"})
    assert pointers(response) == {"/person/shoe_size", "/need/urgency", "/colour"}


WRONG: list[Any] = [None, True, 7, 7.5, -(10**40), "", " ", "x" * 100_000, [], [[]], {}, {"a": {"b": []}}, "2026-13-45"]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
async def test_a_value_of_the_wrong_kind_is_never_a_fault(service: Service, value: Any) -> None:
    body = referral()
    fields = {*texts_in(body), "/person", "/home", "/need", "/need/adaptations", "/need/flags", "/consent"}
    for pointer in sorted(fields):
        # Each time a new person, lest one attempt be the repeat of another.
        response = await service.post(OFFICER, "/referrals", with_value(referral(), pointer, value))
        assert response.status_code in (201, 422), f"{pointer}: {response.text[:300]}"
        if response.status_code == 422:
            assert any(found.startswith(pointer) for found in pointers(response)), pointer


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
async def test_a_form_filled_in_wrongly_names_its_field(service: Service, walk: Walk, value: Any) -> None:
    offer = await walk.offered(OFFICER, "screen")
    assert offer is not None
    example = offer["form"]["examples"][0]
    async with nothing_written(service):
        for name in example:
            if name == "direct_provision" and isinstance(value, bool | None):
                continue
            response = await walk.attempt(OFFICER, "screen", **{name: value})
            assert f"/{name}" in pointers(response)


async def test_a_form_with_unknown_and_missing_fields_names_them_all(service: Service, walk: Walk) -> None:
    async with nothing_written(service):
        path = f"/cases/{walk.reference}/actions/screen"
        response = await service.post(OFFICER, path, {"tiers": "moderate", "a/b~c": 1})
    assert pointers(response) >= {"/tiers", "/a~1b~0c", "/tier", "/priority", "/eligibility"}


async def test_an_unknown_adaptation_or_flag_is_named(service: Service) -> None:
    body = referral(need={"adaptations": ["grab_rails", "moat"], "flags": ["dragon"]})
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", body)
    assert pointers(response) == {"/need/adaptations/1", "/need/flags/0"}


async def test_an_identifier_that_cannot_be_is_refused_without_repeating_it(service: Service) -> None:
    body = referral(person={"nhs_number": "1234567890", "chi_number": "3113500001"}, home={"postcode": "NOWHERE"})
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", body)
    assert pointers(response) == {"/person/nhs_number", "/person/chi_number", "/home/postcode"}
    assert "1234567890" not in response.text
    assert "3113500001" not in response.text
