"""GET /cases/{reference}/time over HTTP."""

import pytest
from sqlalchemy import text

from tests.support.cast import STRANGER
from tests.support.journals import Step, Written, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
async def solved(counting: Service) -> Written:
    """A case that waited for the person, changed hands, and has its solution."""
    found = counting.cast.organisations
    hold = {"hold": "opens", "hold_details": {"waits_on": "person", "cause": "ill"}}
    steps = [
        Step(at=noon("2025-01-08")),
        Step(at=noon("2025-01-09"), to="on_hold", effects=hold),
        Step(at=noon("2025-01-14"), to="works", effects={"hold": "closes"}),
        Step(at=noon("2025-01-15"), kind="handed_over", custody_id=found["eastlaw"]),
        Step(at=noon("2025-01-20"), to="installed", effects={"clock": "stops", "solution": "adapted"}),
        Step(at=noon("2025-02-03"), to="completed", effects={"ends": True, "outcome": "adapted"}),
    ]
    async with counting.owner.transaction() as session:
        return await write_case(session, steps, custody_id=found["clydeview"], first_contact_on="2025-01-06")


async def test_time_is_told_with_its_clocks_and_definitions(counting: Service, solved: Written) -> None:
    answer = await counting.get("housing_officer", f"/cases/{solved.reference}/time")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["reference"], told["calendar"]["key"]) == (solved.reference, "scotland")
    assert told["before_referral"] == {"calendar_days": 2, "working_days": 2}
    stages = [(s["tier"], s["stage"], s["calendar_days"], s["working_days"]) for s in told["stages"]]
    assert stages == [
        ("moderate", "received", 1, 1),
        ("moderate", "on_hold", 5, 3),
        ("moderate", "works", 6, 4),
        ("moderate", "installed", 14, 10),
        ("moderate", "completed", 0, 0),
    ]
    assert told["stages"][0]["label"]
    assert [(c["organisation"], c["calendar_days"]) for c in told["custody"]] == [
        ("Clydeview Housing Association", 7),
        ("Eastlaw HSCP Occupational Therapy", 19),
    ]
    assert [(w["waits_on"], w["holds"], w["working_days"]) for w in told["waited_on"]] == [("person", 1, 3)]
    [clock] = told["clocks"]
    assert (clock["key"], clock["started_on"], clock["stopped_on"]) == ("end_to_end", "2025-01-06", "2025-01-20")
    assert (clock["calendar_days"], clock["working_days"], clock["running"]) == (14, 10, False)
    assert (clock["net"]["calendar_days"], clock["net"]["working_days"]) == (9, 7)
    assert (clock["target_working_days"], clock["target_choice_of"]) == (90, "partnership")
    assert clock["due_on"] == "2025-05-14"
    assert clock["definition"]
    assert clock["net"]["definition"]


async def test_reading_a_cases_time_is_recorded(counting: Service, solved: Written) -> None:
    await counting.get("auditor", f"/cases/{solved.reference}/time")
    statement = text("SELECT case_ids FROM case_reads WHERE user_id = :id AND route = 'GET /cases/{reference}/time'")
    async with counting.owner.transaction() as session:
        recorded = await session.scalars(statement, {"id": counting.cast["auditor"].id})
        assert [solved.id] in list(recorded)


async def test_a_strangers_case_has_no_time(counting: Service, solved: Written) -> None:
    path = f"/cases/{solved.reference}/time"
    assert (await counting.get(STRANGER, path)).status_code == 404
    assert (await counting.http.get(f"/api/v1{path}")).status_code == 401
    assert (await counting.get("housing_officer", "/cases/HS-000000-A/time")).status_code == 404
