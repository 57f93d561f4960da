"""Set a series of meetings: the same hour and place, every so many weeks or months, on working days."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import queries, rules
from app.panels.actions.set_meeting import SetMeeting, calendar_of, set_meeting
from app.panels.rules import Rhythm

MOST_MEETINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSeries:
    """When the panel meets, and `meeting`: what all of its meetings have in common (its day does not count)."""

    rhythm: Rhythm
    meeting: SetMeeting


def series_of(panel: str, given: Mapping[str, Any]) -> SetSeries:
    """The series of a panel from the fields of `Rhythm` and those of its meetings, as forms give them."""
    rhythm = Rhythm(**{one.name: given[one.name] for one in fields(Rhythm)})
    common = {name: value for name, value in given.items() if not hasattr(rhythm, name)}
    return SetSeries(rhythm=rhythm, meeting=SetMeeting(panel=panel, held_on=rhythm.first_on, **common))


_SET = text(
    """
    INSERT INTO panel_series (panel_id, every, unit, weekday, week_of_month, first_on, last_on, set_by)
    VALUES (:panel_id, :every, :unit, :weekday, :week_of_month, :first_on, :last_on, :set_by) RETURNING id
    """
)
_STANDING = text(
    """
    SELECT held_on FROM panel_meetings
     WHERE panel_id = :panel_id AND kind = 'meeting' AND cancelled_at IS NULL AND held_on = ANY (:days)
    """
)


async def set_series(
    session: Session, actor: Actor, command: SetSeries, *, casework: Casework, now: datetime
) -> list[int]:
    """Set the meetings and give their numbers, all or none; a day on which the panel meets already stays as it is.

    Raises NotFound, NotPermitted, Unprocessable for a series without a day, of too many, or whose first papers would
    have been due already; Conflict where every day of it is taken.
    """
    panel = await queries.find_panel(session, command.meeting.panel)
    require(actor, Permission.PANEL_MANAGE)
    rhythm = command.rhythm
    if rhythm.last_on < rhythm.first_on:
        raise Unprocessable([FieldProblem("/last_on", "The last day comes after the first.")])
    if (rhythm.week_of_month is None) is (rhythm.unit == "months"):
        message = "Say which of these weekdays in the month: only a series by months needs it."
        raise Unprocessable([FieldProblem("/week_of_month", message)])
    days = rules.meeting_days(rhythm, await calendar_of(session, casework))
    if not 1 <= len(days) <= MOST_MEETINGS:
        message = f"This gives {len(days)} meetings. Choose days that give between 1 and {MOST_MEETINGS}."
        raise Unprocessable([FieldProblem("/last_on", message)])
    taken = set((await session.scalars(_STANDING, {"panel_id": panel.id, "days": days})).all())
    if taken >= set(days):
        raise Conflict("This panel meets on each of these days already.", code="meeting_exists")
    series_id: int = (
        await session.execute(_SET, asdict(rhythm) | {"panel_id": panel.id, "set_by": actor.user_id})
    ).scalar_one()
    try:
        return [
            await set_meeting(
                session,
                actor,
                replace(command.meeting, held_on=day, series_id=series_id),
                casework=casework,
                now=now,
            )
            for day in days
            if day not in taken
        ]
    except Unprocessable as problem:
        errors = [FieldProblem(one.pointer.replace("/held_on", "/first_on"), one.message) for one in problem.errors]
        raise Unprocessable(errors) from None
