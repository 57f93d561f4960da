"""A refusal of the panel is appealed, heard by people who took no part in it, and upheld or dismissed."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.journeys.test_panel_journeys import COORDINATOR, ON_THE_WAY, Item, _exceptions, accept, an_item
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.panels import a_meeting, a_panel, coordinate, working_day
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database
MANAGER = "service_manager"
REFUSAL = {"reasons": "Every way that we know would make the home unsafe.", "right_to_appeal": True}


async def refused(service: Service, item: Item | None = None) -> Item:
    """A case that the panel has refused, with papers."""
    item = item or await an_item(service)
    await coordinate(service, f"{item.path}/papers", {})
    await item.attend()
    for member in item.meeting["members"]:
        organisation = {"Clydeview Housing Association": "clydeview"}.get(member["organisation"], "eastlaw")
        body = {"assents": True, "organisation": organisation}
        await coordinate(service, f"{item.path}/assents", body)
    decided = await item.decide("refuse", answers=REFUSAL)
    assert decided.status_code == 201, decided.text
    return item


async def appealed(service: Service, item: Item) -> None:
    """The person appeals, through the housing officer."""
    today = service.app.state.casework.timekeeper.day(service.app.state.clock.now()).isoformat()
    answers = {"grounds": "The drains were never looked at.", "received_on": today}
    path = f"/cases/{item.walk.reference}/actions/appeal"
    response = await service.post("housing_officer", path, answers)
    assert response.status_code == 201, response.text


def hearing(service: Service, *who: str, **more: Any) -> dict[str, Any]:
    emails = [service.cast[one].email for one in who or (MANAGER, "auditor")]
    return {
        "ground": "policy_wrongly_applied",
        "held_on": working_day(service, 5).isoformat(),
        "members": emails,
        "chair": emails[0],
        **more,
    }


async def test_refused_appealed_and_upheld(service: Service) -> None:
    item = await refused(service)
    letter = await coordinate(service, f"{item.path}/letter", {})
    assert "you may appeal" in letter["body"]
    early = await service.post(COORDINATOR, f"/cases/{item.walk.reference}/hearing", hearing(service))
    assert (early.status_code, blocker(early.json())) == (409, "no_appeal")
    await appealed(service, item)
    path = f"/cases/{item.walk.reference}/hearing"
    assert (await service.get(COORDINATOR, path)).status_code == 404
    listed = (await service.get(COORDINATOR, "/appeals")).json()["items"]
    assert [one["held_on"] for one in listed if one["reference"] == item.walk.reference] == [None]
    stale = await service.post(COORDINATOR, path, hearing(service), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    set_ = await coordinate(service, path, hearing(service))
    assert [(one["name"], one["chairs"]) for one in set_["members"]] == [
        ("Service Manager", True),
        ("Auditor", False),
    ]
    heard = await coordinate(service, f"{path}/attended", {"attended": "with_supporter"})
    assert (heard["attended"], heard["outcome"]) == ("with_supporter", None)
    before = (await service.get(COORDINATOR, f"/cases/{item.walk.reference}/time")).json()
    upheld = await service.post(
        MANAGER, f"/cases/{item.walk.reference}/actions/uphold_appeal", {"reasons": "The drains can take it."}
    )
    assert upheld.status_code == 201, upheld.text
    over = (await service.get(COORDINATOR, path)).json()
    assert (over["outcome"], over["closed_at"] is not None) == ("upheld", True)
    assert await item.stage() == "assessment"
    # The clock has not stopped: first contact is the beginning still.
    after = (await service.get(COORDINATOR, f"/cases/{item.walk.reference}/time")).json()
    for now, then in zip(after["clocks"], before["clocks"], strict=True):
        assert (now["started_on"], now["episode"], now["running"]) == (then["started_on"], then["episode"], True)
    late = await service.post(COORDINATOR, f"{path}/attended", {"attended": "in_person"})
    assert (late.status_code, blocker(late.json())) == (409, "no_hearing")
    assert await _exceptions(service, item) == []


async def test_who_took_part_neither_hears_nor_decides_it(service: Service) -> None:
    panel = await a_panel(service, members=False)
    for who, sector, organisation in (
        (MANAGER, "housing", "clydeview"),
        ("senior_occupational_therapist", "health", "eastlaw"),
    ):
        member = {"email": service.cast[who].email, "sector": sector, "organisation": organisation}
        await coordinate(service, f"/panels/{panel}/members", member)
    meeting = await a_meeting(service, key=panel)
    walk = await walked(service, *ON_THE_WAY, tier="complex")
    await accept(service, panel, walk)
    await walk.take("schedule_for_panel", meeting=meeting["id"])
    item = await refused(service, Item(service, walk, meeting))
    await appealed(service, item)
    path = f"/cases/{walk.reference}/hearing"
    wrong = (
        (hearing(service, MANAGER, "auditor"), "/members/0"),
        (hearing(service, "auditor", "senior_occupational_therapist"), "/members/1"),
        (hearing(service, "auditor", "occupational_therapist"), "/members/1"),
        (hearing(service, "auditor", "panel_coordinator"), "/members/1"),
        (hearing(service, "auditor", STRANGER), "/members/1"),
        (hearing(service, "auditor"), "/members"),
        (hearing(service, "auditor", "auditor"), "/members"),
        (hearing(service, "auditor", "panel_member", chair=service.cast[MANAGER].email), "/chair"),
        (hearing(service, "auditor", "panel_member", held_on="2020-01-06"), "/held_on"),
        (hearing(service, "auditor", "panel_member", ground="unkind"), "/ground"),
    )
    for body, where in wrong:
        assert pointers((await service.post(COORDINATOR, path, body)).json()) == [where]
    assert (await service.get("panel_member", f"/cases/{walk.reference}")).status_code == 404
    await coordinate(service, path, hearing(service, "auditor", "panel_member"))
    # Whoever hears it sees the case until the appeal is decided.
    assert (await service.get("panel_member", f"/cases/{walk.reference}")).status_code == 200
    assert (await service.get("panel_member", path)).status_code == 200
    for who, status in (("housing_officer", 403), (STRANGER, 404)):
        assert (await service.post(who, path, hearing(service))).status_code == status
    for action in ("uphold_appeal", "dismiss_appeal"):
        blocked = await service.post(MANAGER, f"/cases/{walk.reference}/actions/{action}", {"reasons": "No."})
        assert [one["code"] for one in blocked.json()["blockers"]] == ["decider_took_part_in_refusal"]
    assert await item.stage() == "appeal"


async def test_an_appeal_decided_without_a_hearing_is_an_exception_on_record(service: Service) -> None:
    item = await refused(service)
    await appealed(service, item)
    path = f"/cases/{item.walk.reference}/actions/dismiss_appeal"
    dismissed = await service.post(MANAGER, path, {"reasons": "Nothing new has come up."})
    assert dismissed.status_code == 201, dismissed.text
    assert await _exceptions(service, item) == ["appeal_unheard"]


async def test_a_hold_does_not_end_a_hearing_and_leaving_the_case_does(service: Service) -> None:
    item = await refused(service)
    await appealed(service, item)
    path = f"/cases/{item.walk.reference}/hearing"
    await coordinate(service, path, hearing(service))
    await item.walk.take("hold")
    assert (await service.get(COORDINATOR, path)).json()["outcome"] is None
    await item.walk.take("resume")
    closed = await service.post(
        "occupational_therapist",
        f"/cases/{item.walk.reference}/actions/close_not_proceeding",
        {"reason": "withdrawn"},
    )
    assert closed.status_code == 201, closed.text
    assert (await service.get(COORDINATOR, path)).json()["outcome"] == "withdrawn"
    for change in (
        "UPDATE panel_hearings SET outcome = 'upheld'",
        "DELETE FROM panel_hearing_members",
    ):
        with pytest.raises(DBAPIError, match="The hearing is over"):
            async with service.owner.transaction() as session:
                await session.execute(text(change))
