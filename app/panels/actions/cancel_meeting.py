"""Cancel a meeting that nobody waits for any more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import Conflict
from app.panels import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting:
    """Cancel the meeting of this number."""

    meeting_id: int


_WAITING = text(
    """
    SELECT c.reference FROM panel_items i JOIN cases c ON c.id = i.case_id
     WHERE i.meeting_id = :id AND i.closed_at IS NULL ORDER BY c.reference
    """
)
_WAS_HELD = text("SELECT EXISTS (SELECT FROM panel_attendance WHERE meeting_id = :id AND present)")
_CANCEL = text(
    "UPDATE panel_meetings SET cancelled_at = :now, invitation_sequence = invitation_sequence + 1 WHERE id = :id"
)


async def cancel_meeting(session: Session, actor: Actor, command: CancelMeeting, *, now: datetime) -> None:
    """Write down that the meeting will not be held.

    Raises NotFound, NotPermitted, or Conflict: while cases are on the agenda (a case is never left waiting for a
    meeting that will not come), when members attended it, or when it was cancelled before.
    """
    meeting = await queries.lock_meeting(session, command.meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    known = {"id": meeting.id}
    if meeting.cancelled_at is not None:
        raise Conflict("This meeting was cancelled already.", code="cancelled_already")
    if await session.scalar(_WAS_HELD, known):
        raise Conflict("This meeting was held: attendance is on record.", code="was_held")
    waiting = (await session.scalars(_WAITING, known)).all()
    if waiting:
        listed = ", ".join(waiting)
        message = f"Cases wait for this meeting: {listed}. Defer or close each of them first, then cancel."
        raise Conflict(message, code="cases_wait", references=list(waiting))
    await session.execute(_CANCEL, {**known, "now": now})
