"""Cancel a meeting: one that nobody waits for, or one whose cases go to another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.advance import Advance, advance
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotFound, Unprocessable
from app.panels import queries
from app.panels.exceptions import Exceptional, note_exception
from app.panels.meetings import PanelFollower


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting:
    """Cancel the meeting of this number; the cases on its agenda go to the meeting `move_to`."""

    meeting_id: int
    move_to: int | None = None
    reason: str | None = None


_WAITING = text(
    """
    SELECT id, case_id, reference, presenter_id, minutes FROM panel_items
     WHERE meeting_id = :id AND closed_at IS NULL ORDER BY reference
    """
)
_WAS_HELD = text("SELECT EXISTS (SELECT FROM panel_attendance WHERE meeting_id = :id AND present)")
_CANCEL = text(
    """
    UPDATE panel_meetings SET cancelled_at = :now, cancelled_reason = :reason,
           invitation_sequence = invitation_sequence + 1 WHERE id = :id
    """
)
_KEEP = text(
    """
    UPDATE panel_items SET presenter_id = :presenter_id, minutes = :minutes
     WHERE meeting_id = :meeting_id AND case_id = :case_id AND closed_at IS NULL
    """
)


async def cancel_meeting(
    session: Session, actor: Actor, command: CancelMeeting, *, casework: Casework, now: datetime
) -> None:
    """Write down that the meeting will not be held, with all its cases on another agenda, or nothing.

    Raises NotFound, NotPermitted, Unprocessable for a meeting that cannot take them, ActionBlocked where it is full or
    past its papers, or Conflict: while cases wait and no other meeting is named (a case is never left waiting for a
    meeting that will not come), when members attended it, or when it was cancelled before.
    """
    await queries.find_meeting(session, command.meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    waiting = await _lock_waiting(session, command.meeting_id)
    meeting = await queries.lock_meeting(session, command.meeting_id)
    if meeting.cancelled_at is not None:
        raise Conflict("This meeting was cancelled already.", code="cancelled_already")
    if await session.scalar(_WAS_HELD, {"id": meeting.id}):
        raise Conflict("This meeting was held: attendance is on record.", code="was_held")
    if waiting and command.move_to is None:
        raise _cases_wait([item.reference for item in waiting])
    if waiting and command.move_to is not None:
        target = await _target(session, command, meeting)
        for item in waiting:
            await _move(session, actor, item, target, casework=casework, now=now)
            what = Exceptional(
                kind="meeting_moved",
                panel_id=meeting.panel_id,
                meeting_id=meeting.id,
                item_id=item.id,
                case_id=item.case_id,
            )
            await note_exception(session, what, by=actor.user_id)
    await session.execute(_CANCEL, {"id": meeting.id, "now": now, "reason": command.reason})


async def _lock_waiting(session: Session, meeting_id: int) -> Sequence[Row[Any]]:
    """The items that wait, their cases locked before the meeting is: in the order in which moves lock them."""
    known = {"id": meeting_id}
    for item in (await session.execute(_WAITING, known)).all():
        await cases.lock(session, item.reference)
    return (await session.execute(_WAITING, known)).all()


def _cases_wait(references: list[str]) -> Conflict:
    listed = ", ".join(references)
    message = f"Cases wait for this meeting: {listed}. Choose another meeting for them, or defer or close each first."
    return Conflict(message, code="cases_wait", references=references)


async def _target(session: Session, command: CancelMeeting, meeting: Row[Any]) -> Row[Any]:
    """The meeting that takes the cases over. Raises Unprocessable for one that cannot."""
    try:
        target = await queries.lock_meeting(session, command.move_to or 0)
    except NotFound:
        raise Unprocessable([FieldProblem("/move_to", "There is no such meeting. Choose another.")]) from None
    if target.id == meeting.id or target.panel_id != meeting.panel_id or target.kind != "meeting":
        raise Unprocessable([FieldProblem("/move_to", "Choose another meeting of the same panel.")])
    if target.cancelled_at is not None:
        raise Unprocessable([FieldProblem("/move_to", "This meeting was cancelled. Choose another.")])
    return target


async def _move(
    session: Session, actor: Actor, item: Row[Any], target: Row[Any], *, casework: Casework, now: datetime
) -> None:
    """Put one case off and onto the other agenda: two moves, so that its journal tells what happened."""
    followers = tuple(
        replace(one, decision="moved") if isinstance(one, PanelFollower) else one for one in casework.followers
    )
    put_off = {
        "what_is_needed": "Another meeting: this one was cancelled.",
        "from_whom": "The panel coordinator",
        "by_when": target.held_on.isoformat(),
    }
    off = Advance(reference=item.reference, action="panel_defer", details=put_off)
    await advance(session, actor, off, casework=replace(casework, followers=followers), now=now)
    on = Advance(reference=item.reference, action="schedule_for_panel", details={"meeting": target.id})
    await advance(session, actor, on, casework=casework, now=now)
    kept = {"presenter_id": item.presenter_id, "minutes": item.minutes}
    await session.execute(_KEEP, {**kept, "meeting_id": target.id, "case_id": item.case_id})
