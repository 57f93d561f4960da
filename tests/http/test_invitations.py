"""A meeting in calendars, read by a parser that is not the one that wrote it."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import vobject

from app.panels.invitations import written
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.panels import COORDINATOR, a_meeting, a_panel, coordinate, working_day
from tests.support.service import Service

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MEETING = {
    "id": 1,
    "panel_name": "Complex cases panel",
    "held_on": date(2026, 3, 30),
    "starts_at": datetime(2026, 3, 30, 10, 0).time(),
    "ends_at": None,
    "place": "Committee room 2; upstairs, left",
    "link": "https://meet.example/1",
    "cancelled_at": None,
    "invitation_uid": UUID(int=7),
    "invitation_sequence": 0,
}
MEMBER = {"name": "Pat, Member", "email": "pat@test.example", "substitute": None, "substitute_email": None}


def parsed(**changes: Any) -> Any:
    content = written(
        SimpleNamespace(**{**MEETING, **changes}),  # type: ignore[arg-type]
        SimpleNamespace(name="Co Ordinator", email="co@test.example"),  # type: ignore[arg-type]
        [SimpleNamespace(**MEMBER)],  # type: ignore[list-item]
        now=NOW,
    )
    return vobject.readOne(content.decode())


@pytest.mark.parametrize(
    "held_on", [date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26), date(2028, 2, 29)]
)
def test_ten_o_clock_is_ten_o_clock_before_and_after_the_clocks_change(held_on: date) -> None:
    event = parsed(held_on=held_on).vevent
    expected = datetime(held_on.year, held_on.month, held_on.day, 10, 0, tzinfo=LONDON)
    start, end = event.dtstart.value, event.dtend.value
    assert start == expected
    assert start.astimezone(LONDON).hour == 10
    assert end - start == timedelta(hours=2)


def test_an_invitation_has_what_calendars_need_and_keeps_commas_in_their_place() -> None:
    calendar = parsed()
    assert (calendar.method.value, calendar.vevent.uid.value) == ("REQUEST", f"{UUID(int=7)}@adapt.invalid")
    assert calendar.vevent.location.value == MEETING["place"]
    assert calendar.vevent.attendee.value == "mailto:pat@test.example"
    assert calendar.vevent.attendee.params["CN"] == ["Pat, Member"]
    assert calendar.vevent.dtstamp.value == NOW


def test_a_substitute_is_invited_in_the_place_of_the_member() -> None:
    event = written(
        SimpleNamespace(**MEETING),  # type: ignore[arg-type]
        None,
        [SimpleNamespace(**MEMBER | {"substitute": "Sam Stand-In", "substitute_email": "sam@test.example"})],  # type: ignore[list-item]
        now=NOW,
    )
    assert vobject.readOne(event.decode()).vevent.attendee.value == "mailto:sam@test.example"
    assert b"pat@" not in event


def test_without_a_time_it_takes_the_whole_day() -> None:
    event = parsed(starts_at=None).vevent
    assert (event.dtstart.value, event.dtend.value) == (date(2026, 3, 30), date(2026, 3, 31))


@pytest.mark.database
async def test_a_meeting_that_is_cancelled_is_cancelled_in_calendars_too(service: Service) -> None:
    panel = await a_panel(service)
    body = {
        "held_on": working_day(service, 20).isoformat(),
        "capacity": 2,
        "starts_at": "10:00",
        "ends_at": "12:30",
        "link": "https://meet.example/2",
    }
    meeting = await coordinate(service, f"/panels/{panel}/meetings", body)
    assert (meeting["starts_at"], meeting["ends_at"]) == ("10:00", "12:30")
    path = f"/meetings/{meeting['id']}/invitation.ics"
    response = await service.get("panel_member", path)
    assert response.headers["content-type"].startswith("text/calendar")
    first = vobject.readOne(response.text)
    assert first.vevent.dtend.value - first.vevent.dtstart.value == timedelta(hours=2, minutes=30)
    await coordinate(service, f"/meetings/{meeting['id']}/cancel")
    last = vobject.readOne((await service.get("panel_member", path)).text)
    assert (last.method.value, last.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert last.vevent.uid.value == first.vevent.uid.value
    assert int(last.vevent.sequence.value) > int(first.vevent.sequence.value)
    # Set again on the same day, it comes back into the same place.
    again = await coordinate(service, f"/panels/{panel}/meetings", body)
    back = vobject.readOne((await service.get("panel_member", f"/meetings/{again['id']}/invitation.ics")).text)
    assert (back.method.value, back.vevent.uid.value) == ("REQUEST", first.vevent.uid.value)
    assert int(back.vevent.sequence.value) > int(last.vevent.sequence.value)


@pytest.mark.database
async def test_who_is_always_invited_is_in_the_invitation_and_sees_no_case_for_it(service: Service) -> None:
    meeting = await a_meeting(service)
    path, listed = f"/meetings/{meeting['id']}/invitation.ics", f"/panels/{meeting['panel']}/invitees"
    minutes = {"email": service.cast["housing_officer"].email}
    assert [one["email"] for one in (await coordinate(service, listed, minutes))["invited"]] == [minutes["email"]]
    event = vobject.readOne((await service.get("panel_member", path)).text).vevent
    roles = {one.value.removeprefix("mailto:"): one.params["ROLE"][0] for one in event.contents["attendee"]}
    assert roles.pop(minutes["email"]) == "OPT-PARTICIPANT"
    assert set(roles.values()) == {"REQ-PARTICIPANT"}
    again = await service.post(COORDINATOR, listed, minutes)
    assert (again.status_code, blocker(again.json())) == (409, "invited_already")
    member = await service.post(COORDINATOR, listed, {"email": service.cast["panel_member"].email})
    assert (member.status_code, blocker(member.json())) == (409, "member_already")
    assert (await coordinate(service, listed, {**minutes, "ends": True}))["invited"] == []
    gone = await service.post(COORDINATOR, listed, {**minutes, "ends": True})
    assert pointers(gone.json()) == ["/email"]
    assert minutes["email"] not in (await service.get("panel_member", path)).text


@pytest.mark.database
async def test_times_that_cannot_be_are_refused(service: Service) -> None:
    panel = await a_panel(service)
    body = {"held_on": working_day(service, 21).isoformat(), "capacity": 2}
    for wrong in (
        {"starts_at": "25:00"},
        {"ends_at": "10:00"},
        {"starts_at": "10:00", "ends_at": "09:00"},
        {"link": "x"},
    ):
        response = await service.post(COORDINATOR, f"/panels/{panel}/meetings", {**body, **wrong})
        assert response.status_code == 422, wrong
    assert (await service.get(STRANGER, "/meetings/2000000000/invitation.ics")).status_code == 404
    assert (await service.get("referrer", "/meetings/2000000000/invitation.ics")).status_code == 403
