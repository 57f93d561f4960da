"""Numbers, days and moments that cannot be are named, and never a fault."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.referrals import referral
from tests.support.refusals import nothing_written, pointers, send, with_value
from tests.support.service import Service
from tests.support.walks import Walk, log, walked

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**31, 2**63, 0, -1])
async def test_a_number_out_of_reach_is_named(service: Service, walk: Walk, number: int) -> None:
    correction = {"sequence": number, "field": "first_contact_on", "now": "2026-01-01", "why": "A slip."}
    async with nothing_written(service):
        assigned = await service.post(OFFICER, f"/cases/{walk.reference}/assignment", {"assigned_to": number})
        corrected = await service.post(OFFICER, f"/cases/{walk.reference}/corrections", correction)
        headers = service.cast["panel_coordinator"].headers
        form = json.dumps({"meeting": number}).encode()
        scheduled = await send(service, f"/cases/{walk.reference}/actions/schedule_for_panel", form, headers)
    assert any(found.startswith("/assigned_to") for found in pointers(assigned))
    assert pointers(corrected) == {"/sequence"}
    # The case is not before the panel at all, which is said before anything about the meeting.
    assert scheduled.status_code in (409, 422)


FAR = ["0001-01-01", "0000-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "294277-01-01", "2026-02-30"]


@pytest.mark.parametrize("day", FAR)
async def test_a_day_far_away_is_never_a_fault(service: Service, day: str) -> None:
    for pointer in ("/person/date_of_birth", "/first_contact_on", "/consent/recorded_on"):
        response = await service.post(OFFICER, "/referrals", with_value(referral(), pointer, day))
        assert response.status_code in (201, 422), f"{pointer}: {response.text[:300]}"


@pytest.mark.parametrize("day", FAR)
async def test_a_case_that_took_a_far_day_can_still_be_worked_on(service: Service, day: str) -> None:
    body = {**referral(person={"date_of_birth": "0001-01-01"}), "first_contact_on": day}
    response = await service.post(OFFICER, "/referrals", body)
    if response.status_code == 422:
        assert "/first_contact_on" in pointers(response)
        return
    reference = response.json()["reference"]
    for path in (f"/cases/{reference}", f"/cases/{reference}/actions", f"/cases/{reference}/time"):
        assert (await service.get(OFFICER, path)).status_code < 500


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
     "2026-01-12", "2026-01-12T10:00:00", "now", "", 1.5, 10**18, True, "2026-W03", "2026-01-12T25:00:00Z"],
)  # fmt: skip
async def test_a_moment_that_cannot_be_is_named(service: Service, walk: Walk, moment: Any) -> None:
    async with nothing_written(service):
        moved = await walk.attempt(OFFICER, "screen", occurred_at=moment)
        noted = await service.post(OFFICER, f"/cases/{walk.reference}/notes", {**NOTE, "occurred_at": moment})
    assert pointers(moved) == {"/occurred_at"}
    assert pointers(noted) == {"/occurred_at"}


async def test_an_event_cannot_have_happened_in_the_future(service: Service, walk: Walk) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()  # noqa: TID251 # the database's clock is the real one
    async with nothing_written(service):
        assert pointers(await walk.attempt(OFFICER, "screen", occurred_at=tomorrow)) == {"/occurred_at"}
        noted = await service.post(OFFICER, f"/cases/{walk.reference}/notes", {**NOTE, "occurred_at": tomorrow})
        assert pointers(noted) == {"/occurred_at"}


async def test_an_event_cannot_have_happened_before_the_one_before_it(service: Service) -> None:
    walk = await walked(service, "screen", tier="non_complex")
    [_, screened] = await walk.events()
    before = (datetime.fromisoformat(screened["occurred_at"]) - timedelta(microseconds=1)).isoformat()
    async with nothing_written(service):
        assert pointers(await walk.attempt(OFFICER, "hold", occurred_at=before)) == {"/occurred_at"}
    assert (await walk.take("hold", occurred_at=screened["occurred_at"]))["occurred_at"] == screened["occurred_at"]


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1899-12-31T23:59:59Z"])
async def test_a_moment_out_of_reach_is_no_correction(service: Service, walk: Walk, moment: str) -> None:
    correction = {"sequence": 1, "field": "occurred_at", "now": moment, "why": "A slip."}
    async with nothing_written(service):
        response = await service.post(OFFICER, f"/cases/{walk.reference}/corrections", correction)
    assert pointers(response) == {"/now"}
