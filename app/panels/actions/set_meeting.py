"""Set a meeting of a panel: on a working day, with the day by which papers must be in worked out from it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.casework import Casework
from app.kernel.calendars import Calendar
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import queries, rules


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMeeting:
    """A meeting of the panel with this key; `capacity` is the number of cases it can hear.

    Times are as clocks here show them (14:30), and without any it takes the whole day. `link` is where it is
    joined from afar.
    """

    panel: str
    held_on: date
    capacity: int
    place: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    link: str | None = None
    series_id: int | None = None


_CALENDAR = text("SELECT calendar_key FROM partnership")
# A day that was cancelled can be set again; one that stands cannot be set twice.
_SET = text(
    """
    INSERT INTO panel_meetings (panel_id, held_on, papers_due_on, capacity, place, starts_at, ends_at, link, series_id)
    VALUES (:panel_id, :held_on, :papers_due_on, :capacity, :place, :starts_at, :ends_at, :link, :series_id)
    ON CONFLICT (panel_id, held_on) WHERE kind = 'meeting' DO UPDATE
      SET cancelled_at = NULL, papers_due_on = excluded.papers_due_on, capacity = excluded.capacity,
          place = excluded.place, starts_at = excluded.starts_at, ends_at = excluded.ends_at, link = excluded.link,
          invitation_sequence = panel_meetings.invitation_sequence + 1
    WHERE panel_meetings.cancelled_at IS NOT NULL RETURNING id
    """
)


async def set_meeting(session: Session, actor: Actor, command: SetMeeting, *, casework: Casework, now: datetime) -> int:
    """Write down the meeting and give its number.

    Raises NotFound, NotPermitted, Conflict for a second meeting on one day, Unprocessable for a day on which the
    partnership does not work or for which papers would have been due already.
    """
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    check_times(command.starts_at, command.ends_at)
    calendar = await calendar_of(session, casework)
    if not calendar.is_working_day(command.held_on):
        message = f"This is not a working day in the calendar “{calendar.title}”. Choose one."
        raise Unprocessable([FieldProblem("/held_on", message)])
    papers_due_on = rules.papers_due(calendar, command.held_on, panel.papers_working_days)
    if papers_due_on < casework.timekeeper.day(now):
        message = (
            f"Papers would have been due by {papers_due_on.isoformat()}, so no case could be heard: choose a later day."
        )
        raise Unprocessable([FieldProblem("/held_on", message)])
    values = {
        "panel_id": panel.id,
        "held_on": command.held_on,
        "papers_due_on": papers_due_on,
        "capacity": command.capacity,
        "place": command.place,
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "link": command.link,
        "series_id": command.series_id,
    }
    meeting_id: int | None = await session.scalar(_SET, values)
    if meeting_id is None:
        raise Conflict("This panel meets on that day already. Choose another day.", code="meeting_exists")
    return meeting_id


def check_times(starts_at: str | None, ends_at: str | None) -> None:
    """Raise Unprocessable for an end without or before its beginning."""
    if ends_at is not None and (starts_at is None or ends_at <= starts_at):
        raise Unprocessable([FieldProblem("/ends_at", "A meeting ends after it has begun: give both times.")])


async def calendar_of(session: Session, casework: Casework) -> Calendar:
    """The calendar that the partnership's panels meet by."""
    key: str | None = await session.scalar(_CALENDAR)
    default = casework.pathways.latest(casework.default_pathway).calendar_key
    return casework.timekeeper.calendars[key or default]
