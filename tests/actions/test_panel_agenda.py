"""The agenda keeps in step with the cases' moves, and nobody takes a place twice."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.actions.advance import Advance, advance
from app.edge.doors import enter_as
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked
from tests.support.panels import COORDINATOR, a_meeting, a_panel, coordinate, meeting_now
from tests.support.service import Service
from tests.support.walks import Walk, walked

pytestmark = pytest.mark.database

ON_THE_WAY = ("screen", "start_assessment", "refer_to_panel")


async def referred(service: Service) -> Walk:
    """A complex case that waits to be put on an agenda."""
    return await walked(service, *ON_THE_WAY, tier="complex")


async def on_agenda(service: Service) -> tuple[Walk, int]:
    """A complex case on the agenda of a meeting of its own."""
    meeting = await a_meeting(service)
    walk = await referred(service)
    await walk.take("schedule_for_panel", meeting=meeting["id"])
    return walk, meeting["id"]


async def items(service: Service, meeting_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await meeting_now(service, meeting_id))["items"]
    return found


async def test_scheduling_puts_the_case_on_the_agenda(service: Service) -> None:
    walk, meeting_id = await on_agenda(service)
    [item] = await items(service, meeting_id)
    assert (item["reference"], item["stage"], item["decision"]) == (walk.reference, "panel_scheduled", None)
    assert (await meeting_now(service, meeting_id))["booked"] == 1
    scheduled = (await walk.events())[-1]
    assert item["scheduled_at"] == scheduled["occurred_at"]


@pytest.mark.parametrize(
    ("action", "decision"),
    [
        ("panel_agree", "agreed_with_conditions"),
        ("panel_defer", "deferred"),
        ("panel_refuse", "refused"),
        ("recommend_rehousing", "rehouse"),
        ("close_not_proceeding", "withdrawn"),
    ],
)
async def test_leaving_the_agenda_says_what_was_decided(service: Service, action: str, decision: str) -> None:
    walk, meeting_id = await on_agenda(service)
    await walk.take(action)
    [item] = await items(service, meeting_id)
    assert item["decision"] == decision
    assert item["closed_at"] == (await walk.events())[-1]["occurred_at"]
    assert (await meeting_now(service, meeting_id))["booked"] == 0


async def test_a_hold_keeps_the_place_and_resuming_finds_it(service: Service) -> None:
    walk, meeting_id = await on_agenda(service)
    await walk.take("hold")
    [held] = await items(service, meeting_id)
    assert (held["stage"], held["decision"]) == ("on_hold", None)
    assert (await meeting_now(service, meeting_id))["booked"] == 1
    await walk.take("resume")
    [resumed] = await items(service, meeting_id)
    assert (resumed["stage"], resumed["decision"]) == ("panel_scheduled", None)
    assert resumed["scheduled_at"] == held["scheduled_at"]


async def test_a_case_that_is_closed_while_on_hold_gives_its_place_back(service: Service) -> None:
    walk, meeting_id = await on_agenda(service)
    await walk.take("hold")
    await walk.take("close_not_proceeding")
    [item] = await items(service, meeting_id)
    assert item["decision"] == "withdrawn"
    assert (await meeting_now(service, meeting_id))["booked"] == 0


async def test_a_hold_elsewhere_on_the_pathway_touches_no_agenda(service: Service) -> None:
    walk = await referred(service)
    await walk.take("hold")
    await walk.take("resume")
    assert walk.stage == "panel_referred"
    async with service.owner.transaction() as session:
        statement = text(
            "SELECT count(*) FROM panel_items i JOIN cases c ON c.id = i.case_id WHERE c.reference = :reference"
        )
        assert await session.scalar(statement, {"reference": walk.reference}) == 0


async def test_a_panel_decides_only_when_quorate_and_agreed(service: Service) -> None:
    walk, meeting_id = await on_agenda(service)
    refused = await walk.attempt(COORDINATOR, "panel_agree")
    assert refused.status_code == 409
    assert {b["code"] for b in refused.json()["blockers"]} == {"meeting_not_quorate", "assent_missing"}
    present = [member["id"] for member in (await meeting_now(service, meeting_id))["members"]]
    await coordinate(service, f"/meetings/{meeting_id}/attendance", {"present": present})
    assert await walk.blockers(COORDINATOR, "panel_refuse") == {"assent_missing"}
    path = f"/meetings/{meeting_id}/cases/{walk.reference}/assents"
    await coordinate(service, path, {"assents": True, "organisation": "clydeview"})
    await coordinate(service, path, {"assents": False, "reasons": "Too dear.", "organisation": "eastlaw"})
    still = await walk.attempt(COORDINATOR, "panel_refuse")
    assert [b["code"] for b in still.json()["blockers"]] == ["assent_missing"]
    assert "Eastlaw" in still.json()["detail"]
    await coordinate(service, path, {"assents": True, "organisation": "eastlaw"})
    assert (await walk.attempt(COORDINATOR, "panel_agree")).status_code == 201


async def test_a_case_put_off_to_another_meeting_needs_everybodys_assent_anew(service: Service) -> None:
    walk, meeting_id = await on_agenda(service)
    for organisation in ("clydeview", "eastlaw"):
        path = f"/meetings/{meeting_id}/cases/{walk.reference}/assents"
        await coordinate(service, path, {"assents": True, "organisation": organisation})
    await walk.take("panel_defer")
    other = await a_meeting(service)
    await walk.take("schedule_for_panel", meeting=other["id"])
    assert "assent_missing" in await walk.blockers(COORDINATOR, "panel_agree")
    [item] = await items(service, other["id"])
    assert len(item["missing_assents"]) == 2


async def test_somebody_who_joins_the_panel_has_to_assent_too(service: Service) -> None:
    walk, meeting_id = await on_agenda(service)
    meeting = await meeting_now(service, meeting_id)
    member = {"email": "technical_officer@test.example", "sector": "other", "organisation": "elsewhere"}
    await coordinate(service, f"/panels/{meeting['panel']}/members", member)
    [item] = await items(service, meeting_id)
    assert "Elsewhere Council" in item["missing_assents"]
    assert walk.stage == "panel_scheduled"


@pytest.mark.parametrize("number", [0, -1, 2_000_000_000, 2**31, 10**30])
async def test_a_meeting_that_does_not_exist_is_refused_by_field(service: Service, number: int) -> None:
    walk = await referred(service)
    response = await walk.attempt(COORDINATOR, "schedule_for_panel", meeting=number)
    assert response.status_code == 422
    assert "/meeting" in [error["pointer"] for error in response.json()["errors"]]


@pytest.mark.parametrize("named", [True, "1", 1.5, None, [1]])
async def test_a_meeting_that_is_no_number_is_refused_by_field(service: Service, named: Any) -> None:
    walk = await referred(service)
    response = await walk.attempt(COORDINATOR, "schedule_for_panel", meeting=named)
    assert response.status_code == 422
    assert "/meeting" in [error["pointer"] for error in response.json()["errors"]]


async def test_a_cancelled_meeting_takes_no_case(service: Service) -> None:
    meeting = await a_meeting(service)
    await coordinate(service, f"/meetings/{meeting['id']}/cancel")
    walk = await referred(service)
    response = await walk.attempt(COORDINATOR, "schedule_for_panel", meeting=meeting["id"])
    assert response.status_code == 422
    assert "cancelled" in response.json()["detail"]


async def test_a_full_meeting_takes_no_other_case(service: Service) -> None:
    meeting = await a_meeting(service, capacity=1)
    first, second = await referred(service), await referred(service)
    await first.take("schedule_for_panel", meeting=meeting["id"])
    response = await second.attempt(COORDINATOR, "schedule_for_panel", meeting=meeting["id"])
    assert response.status_code == 409
    assert [b["code"] for b in response.json()["blockers"]] == ["meeting_full"]


async def test_only_meetings_that_can_take_a_case_are_offered_and_the_soonest_first(fresh_service: Service) -> None:
    service = fresh_service
    key = await a_panel(service)
    later = await a_meeting(service, key=key, ahead=40)
    soon = await a_meeting(service, key=key, ahead=20)
    full = await a_meeting(service, key=key, ahead=15, capacity=1)
    cancelled = await a_meeting(service, key=key, ahead=16)
    await coordinate(service, f"/meetings/{cancelled['id']}/cancel")
    past = await a_meeting(service, key=key, ahead=10)
    async with service.owner.transaction() as session:
        statement = text("UPDATE panel_meetings SET papers_due_on = current_date - 3 WHERE id = :id")
        await session.execute(statement, {"id": past["id"]})
    await (await referred(service)).take("schedule_for_panel", meeting=full["id"])
    casework = service.app.state.casework
    today = casework.timekeeper.day(service.app.state.clock.now())
    async with service.app.state.db.transaction() as session:
        # Somebody who sees none of the cases is offered the same meetings.
        await enter_as(session, service.cast["stranger"].id)
        assert await casework.meetings.upcoming(session, today) == [soon["id"], later["id"]]


async def test_papers_that_are_late_keep_a_case_off_the_agenda(service: Service) -> None:
    meeting = await a_meeting(service)
    async with service.owner.transaction() as session:
        statement = text("UPDATE panel_meetings SET papers_due_on = current_date - 3 WHERE id = :id")
        await session.execute(statement, {"id": meeting["id"]})
    walk = await referred(service)
    response = await walk.attempt(COORDINATOR, "schedule_for_panel", meeting=meeting["id"])
    assert [b["code"] for b in response.json()["blockers"]] == ["papers_deadline_passed"]


_WAITERS = text(
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def _somebody_waits(service: Service) -> bool:
    # A transaction of its own each time: within one, PostgreSQL shows the same activity again.
    async with service.owner.transaction() as session:
        return bool(await session.scalar(_WAITERS))


async def _schedule(service: Service, session: Session, coordinator: int, walk: Walk, meeting_id: int) -> None:
    actor = await enter_as(session, coordinator)
    offer = await walk.offered(COORDINATOR, "schedule_for_panel")
    assert offer is not None
    details = {**offer["form"]["examples"][0], "meeting": meeting_id}
    command = Advance(reference=walk.reference, action="schedule_for_panel", details=details)
    now = service.app.state.clock.now()
    await advance(session, actor, command, casework=service.app.state.casework, now=now)


async def test_of_two_coordinators_who_race_for_the_last_place_one_gets_it(fresh_service: Service) -> None:
    service, db = fresh_service, fresh_service.app.state.db
    second_coordinator = {
        "email": "second.coordinator@test.example",
        "name": "Second Coordinator",
        "organisation": "eastlaw",
        "roles": ["panel_coordinator"],
    }
    added = await service.post("administrator", "/staff", second_coordinator)
    assert added.status_code == 201, added.text
    meeting = await a_meeting(service, capacity=1)
    first, second = await referred(service), await referred(service)

    async def come_second() -> None:
        async with db.transaction() as session:
            await _schedule(service, session, added.json()["id"], second, meeting["id"])

    async with db.transaction() as session:
        await _schedule(service, session, service.cast[COORDINATOR].id, first, meeting["id"])
        coming = asyncio.create_task(come_second())
        # The place is taken and not yet committed: the second one has to wait, and must not have counted before that.
        while not coming.done() and not await _somebody_waits(service):
            pass
        assert not coming.done()
    with pytest.raises(ActionBlocked) as refused:
        await coming
    assert [b.code for b in refused.value.blockers] == ["meeting_full"]
    [item] = await items(service, meeting["id"])
    assert item["reference"] == first.reference


async def test_a_crowd_that_schedules_at_once_never_overbooks(fresh_service: Service) -> None:
    service = fresh_service
    meeting = await a_meeting(service, capacity=2)
    walks = [await referred(service) for _ in range(5)]
    responses = await asyncio.gather(
        *(walk.attempt(COORDINATOR, "schedule_for_panel", meeting=meeting["id"]) for walk in walks)
    )
    assert sorted(response.status_code for response in responses) == [201, 201, 409, 409, 409]
    assert (await meeting_now(service, meeting["id"]))["booked"] == 2
