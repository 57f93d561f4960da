"""Panels and meetings for tests, made through the API by the coordinator."""

from datetime import date
from itertools import count
from typing import Any

from tests.support.service import Service

COORDINATOR = "panel_coordinator"
_numbers = count(1)
_MEMBERS = (("panel_member", "housing", "clydeview"), ("senior_occupational_therapist", "health", "eastlaw"))


async def a_panel(service: Service, *, papers_working_days: int = 5, members: bool = True) -> str:
    """A panel of two, one for housing and one for health, both of whom must come; its key."""
    key = f"testshire-{next(_numbers)}"
    body = {
        "key": key,
        "name": f"Panel {key}",
        "quorum": 2,
        "quorum_sectors": ["health", "housing"],
        "papers_working_days": papers_working_days,
    }
    await coordinate(service, "/panels", body)
    for who, sector, organisation in _MEMBERS if members else ():
        member = {"email": service.cast[who].email, "sector": sector, "organisation": organisation}
        await coordinate(service, f"/panels/{key}/members", member)
    return key


async def a_meeting(service: Service, *, key: str | None = None, capacity: int = 6, ahead: int = 20) -> dict[str, Any]:
    """A meeting as many working days ahead, of a new panel unless one is named."""
    panel = key or await a_panel(service)
    body = {"held_on": working_day(service, ahead).isoformat(), "capacity": capacity}
    return await coordinate(service, f"/panels/{panel}/meetings", body)


async def coordinate(service: Service, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """POST as the coordinator what must succeed."""
    response = await service.post(COORDINATOR, path, body)
    assert response.status_code == 201, f"{path}: {response.text}"
    answer: dict[str, Any] = response.json()
    return answer


async def meeting_now(service: Service, meeting_id: int, who: str = COORDINATOR) -> dict[str, Any]:
    """The meeting as somebody sees it."""
    response = await service.get(who, f"/meetings/{meeting_id}")
    assert response.status_code == 200, response.text
    meeting: dict[str, Any] = response.json()
    return meeting


def working_day(service: Service, ahead: int) -> date:
    """The day so many working days from today."""
    casework = service.app.state.casework
    today: date = casework.timekeeper.day(service.app.state.clock.now())
    day: date = casework.timekeeper.calendars["scotland"].add_working_days(today, ahead)
    return day
