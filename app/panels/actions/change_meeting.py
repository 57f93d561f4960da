"""Change a meeting that is to come: its day, hour, place and places, who leads it, and the order of its agenda."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import queries, rules
from app.panels.actions.set_meeting import calendar_of, check_times
from app.people import queries as people


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMeeting:
    """The meeting as it is to be, whole."""

    meeting_id: int
    held_on: date
    capacity: int
    place: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaPlace:
    """A case's place on the agenda: minutes for it (None for what the terms say), and who presents it, by e-mail."""

    reference: str
    minutes: int | None = None
    presenter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAgenda:
    """The agenda in its order: every case that is open on it, once."""

    meeting_id: int
    items: Sequence[AgendaPlace]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectChair:
    """Who leads the meeting, by e-mail address: somebody who sits at it."""

    meeting_id: int
    chair: str


_CHANGE = text(
    """
    UPDATE panel_meetings
       SET held_on = :held_on, papers_due_on = :papers_due_on, capacity = :capacity, place = :place,
           starts_at = CAST(:starts_at AS time), ends_at = CAST(:ends_at AS time), link = :link,
           invitation_sequence = invitation_sequence + 1
     WHERE id = :meeting_id
    """
)
_OTHER = text(
    """
    SELECT EXISTS (SELECT FROM panel_meetings
                    WHERE panel_id = :panel_id AND kind = 'meeting' AND held_on = :held_on AND id <> :id)
    """
)
_OPEN = text("SELECT id, reference FROM panel_items WHERE meeting_id = :id AND closed_at IS NULL ORDER BY position")
_PLACE = text(
    "UPDATE panel_items SET position = :position, minutes = :minutes, presenter_id = :presenter_id WHERE id = :id"
)
_CHAIR = text("UPDATE panel_meetings SET chair_id = :chair_id WHERE id = :id")
_WAS_HELD = text("SELECT EXISTS (SELECT FROM panel_attendance WHERE meeting_id = :id AND present)")


async def change_meeting(
    session: Session, actor: Actor, command: ChangeMeeting, *, casework: Casework, now: datetime
) -> None:
    """Write the change down; calendars hear of it from the meeting's file.

    Raises NotFound, NotPermitted, Conflict for a meeting that was held or cancelled or a day that is taken,
    Unprocessable for a day that is no working day or past, or fewer places than there are cases.
    """
    meeting = await _to_come(session, actor, command.meeting_id)
    check_times(command.starts_at, command.ends_at)
    calendar = await calendar_of(session, casework)
    if not calendar.is_working_day(command.held_on):
        message = f"This is not a working day in the calendar “{calendar.title}”. Choose one."
        raise Unprocessable([FieldProblem("/held_on", message)])
    if command.held_on < casework.timekeeper.day(now):
        raise Unprocessable([FieldProblem("/held_on", "This day is past. Choose one that is to come.")])
    if command.capacity < meeting.booked:
        message = f"{meeting.booked} cases are on its agenda: it needs at least as many places."
        raise Unprocessable([FieldProblem("/capacity", message)])
    known = {"panel_id": meeting.panel_id, "held_on": command.held_on, "id": meeting.id}
    if await session.scalar(_OTHER, known):
        raise Conflict("This panel meets on that day already. Choose another day.", code="meeting_exists")
    due = rules.papers_due(calendar, command.held_on, meeting.papers_working_days)
    await session.execute(_CHANGE, asdict(command) | {"papers_due_on": due})


async def order_agenda(session: Session, actor: Actor, command: OrderAgenda) -> None:
    """Put the agenda into this order.

    Raises NotFound, NotPermitted, Conflict for a meeting that was cancelled, Unprocessable where a case is missing,
    named twice or not on the agenda.
    """
    meeting = await queries.lock_meeting(session, command.meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    _must_stand(meeting)
    there = {row.reference: row.id for row in (await session.execute(_OPEN, {"id": meeting.id})).all()}
    named = [one.reference for one in command.items]
    if sorted(named) != sorted(there):
        message = (
            "Name every case that is open on the agenda once: " + (", ".join(sorted(there)) or "there is none") + "."
        )
        raise Unprocessable([FieldProblem("/items", message)])
    for number, one in enumerate(command.items):
        presenter_id = None
        if one.presenter is not None:
            presenter = await people.user_by_email(session, one.presenter, pointer=f"/items/{number}/presenter")
            presenter_id = presenter.id
        values = {"position": number + 1, "minutes": one.minutes, "presenter_id": presenter_id}
        await session.execute(_PLACE, values | {"id": there[one.reference]})


async def elect_chair(session: Session, actor: Actor, command: ElectChair) -> None:
    """Write down who leads the meeting; for every meeting anew.

    Raises NotFound, NotPermitted, Conflict for a meeting that was cancelled, Unprocessable for somebody who does not
    sit at it or did not come.
    """
    meeting = await queries.lock_meeting(session, command.meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    _must_stand(meeting)
    wanted = command.chair.strip().lower()
    for seat in await queries.sitting(session, meeting.id):
        if wanted == (seat.substitute_email or seat.email).lower():
            if seat.present is False:
                raise Unprocessable([FieldProblem("/chair", "This member did not come. Choose one who did.")])
            await session.execute(_CHAIR, {"id": meeting.id, "chair_id": seat.user_id})
            return
    raise Unprocessable([FieldProblem("/chair", "Nobody with this e-mail address sits at this meeting.")])


async def _to_come(session: Session, actor: Actor, meeting_id: int) -> Row[Any]:
    meeting = await queries.lock_meeting(session, meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    _must_stand(meeting)
    if await session.scalar(_WAS_HELD, {"id": meeting.id}):
        raise Conflict("This meeting was held: attendance is on record.", code="was_held")
    return meeting


def _must_stand(meeting: Row[Any]) -> None:
    if meeting.cancelled_at is not None:
        raise Conflict("This meeting was cancelled. Set another one.", code="cancelled")
    if meeting.kind == "correspondence":
        raise Conflict("This is a round by correspondence, which nobody attends.", code="by_correspondence")
