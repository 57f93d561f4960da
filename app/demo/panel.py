"""The demo's panel for complex cases: who sits on it, a meeting every month, and who came to those that are over."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import text

from app.access.actor import Actor
from app.cases.casework import Casework
from app.demo import cast
from app.demo.panel_work import PANEL
from app.demo.timetable import Sitting
from app.kernel.calendars import Calendar
from app.kernel.database import Session
from app.panels import rules
from app.panels.actions.record_attendance import RecordAttendance, record_attendance
from app.panels.actions.set_meeting import SetMeeting, set_meeting
from app.panels.actions.set_up_panel import AddMember, SetUpPanel, add_member, set_up_panel

KEY: Final = PANEL
CAPACITY: Final = 6
PAPERS_WORKING_DAYS: Final = 5
_WEDNESDAY: Final = 2
_NOT_QUORATE_EVERY: Final = 9
_PLACES: Final = ("Sample House, Fixtureton", "By video")


async def set_up(
    session: Session, coordinator: Actor, *, casework: Casework, start: datetime, today: date, rng: Random
) -> list[Sitting]:
    """Set up the panel with its meetings from `start` to a year from `today`, and record who came."""
    first = casework.timekeeper.day(start)
    members = await _seat_members(session, coordinator, first)
    calendar = casework.timekeeper.calendars[casework.pathways.latest(casework.default_pathway).calendar_key]
    sittings: list[Sitting] = []
    for sitting in meetings_of(calendar, first, today):
        place = _PLACES[sitting.id % len(_PLACES)]
        command = SetMeeting(panel=KEY, held_on=sitting.held_on, capacity=sitting.capacity, place=place)
        meeting_id = await set_meeting(session, coordinator, command, casework=casework, now=start)
        if sitting.held_on < today:
            attendance = _attendance(meeting_id, members, rng, quorate=sitting.quorate)
            await record_attendance(session, coordinator, attendance)
        sittings.append(replace(sitting, id=meeting_id))
    return sittings


async def _seat_members(session: Session, coordinator: Actor, since: date) -> Sequence[cast.Member]:
    panel = SetUpPanel(
        key=KEY,
        name="Complex cases panel",
        quorum=3,
        quorum_sectors=("health", "housing"),
        papers_working_days=PAPERS_WORKING_DAYS,
    )
    await set_up_panel(session, coordinator, panel)
    members = [member for member in cast.MEMBERS if member.sector is not None]
    for member in members:
        assert member.sector is not None
        seat = AddMember(panel=KEY, email=member.email, sector=member.sector, member_from=since)
        await add_member(session, coordinator, seat)
    return members


def meetings_of(calendar: Calendar, start: date, today: date) -> list[Sitting]:
    """The panel's meetings from `start` to a year from `today`, numbered from 1; enough members come to most."""
    days = enumerate(_meeting_days(calendar, start, today + timedelta(days=365)), start=1)
    return [
        Sitting(
            id=number,
            held_on=day,
            papers_due_on=rules.papers_due(calendar, day, PAPERS_WORKING_DAYS),
            capacity=CAPACITY,
            quorate=day >= today or number % _NOT_QUORATE_EVERY != 0,
        )
        for number, day in days
    ]


def _meeting_days(calendar: Calendar, start: date, end: date) -> Iterator[date]:
    """The second Wednesday of each month, or the next working day."""
    month = start.replace(day=1)
    while month <= end:
        day = month + timedelta(days=(_WEDNESDAY - month.weekday()) % 7 + 7)
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        if start + timedelta(days=14) <= day <= end:
            yield day
        month = (month + timedelta(days=32)).replace(day=1)


def _attendance(meeting_id: int, members: Sequence[cast.Member], rng: Random, *, quorate: bool) -> RecordAttendance:
    """Some sector stays away now and then; where the quorum is not met, health and social care could not come."""
    away = {rng.choice(("social_care", "third_sector", "nobody"))} if quorate else {"health", "social_care"}
    absent = [member.email for member in members if member.sector in away]
    present = [member.email for member in members if member.email not in absent]
    return RecordAttendance(meeting_id=meeting_id, present=tuple(present), absent=tuple(absent))


_ATTENDED = text(
    """
    UPDATE panel_attendance a SET recorded_at = (m.held_on + time '13:00') AT TIME ZONE 'Europe/London'
      FROM panel_meetings m WHERE m.id = a.meeting_id
    """
)
_ASSENTED = text(
    """
    UPDATE panel_assents a SET given_at = coalesce(i.closed_at, (m.held_on + time '12:00') AT TIME ZONE 'Europe/London')
      FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id WHERE i.id = a.item_id
    """
)


_WRITTEN_DOWN: Final = (
    text(
        """
        UPDATE panel_decisions d SET recorded_at = i.closed_at FROM panel_items i WHERE i.id = d.item_id
        """
    ),
    text(
        """
        UPDATE panel_exceptions x SET recorded_at = coalesce(i.closed_at, i.scheduled_at) FROM panel_items i
         WHERE i.id = x.item_id
        """
    ),
    text("UPDATE panel_tasks t SET set_at = i.closed_at FROM panel_items i WHERE i.id = t.item_id"),
)


async def date_back(session: Session) -> None:
    """Put what the panel wrote down on the day of its meeting; its tables take the database's clock."""
    await session.execute(_ATTENDED)
    await session.execute(_ASSENTED)
    for statement in _WRITTEN_DOWN:
        await session.execute(statement)
