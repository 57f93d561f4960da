"""One case on one meeting's agenda: found by those who may see it, by its reference alone.

A panel's member may see an item and not its case, so nothing here joins the cases.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.cases.queries import canonical
from app.kernel.database import Session
from app.kernel.problems import Conflict, NotFound
from app.panels import queries

_FIND = """
    SELECT i.*, m.panel_id, m.kind, p.name AS presenter FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id
      LEFT JOIN users p ON p.id = i.presenter_id
     WHERE i.meeting_id = :meeting_id AND i.reference = :reference ORDER BY i.id DESC LIMIT 1
"""
_FOUND = text(_FIND)
_LOCK = text(f"{_FIND} FOR UPDATE OF i")
_INTERESTS = text(
    """
    SELECT n.user_id, u.name, n.nature, n.effect, n.declared_at, n.declared_by FROM panel_interests n
      JOIN users u ON u.id = n.user_id WHERE n.item_id = :item_id ORDER BY n.declared_at, n.user_id
    """
)
_DECISION = text("SELECT * FROM panel_decisions WHERE item_id = :item_id")


async def find_item(session: Session, meeting_id: int, reference: str) -> Row[Any]:
    """The newest item of this case at this meeting, or NotFound."""
    return await _one(session, _FOUND, meeting_id, reference)


async def lock_item(session: Session, meeting_id: int, reference: str) -> Row[Any]:
    """The same, locked: a decision that comes at the same time waits for it, or comes first and is seen."""
    return await _one(session, _LOCK, meeting_id, reference)


def must_be_open(item: Row[Any]) -> None:
    """Raise Conflict once the case is off the agenda."""
    if item.closed_at is not None:
        raise Conflict("The case is off the agenda of this meeting, so this comes too late.", code="off_the_agenda")


async def _one(session: Session, statement: Any, meeting_id: int, reference: str) -> Row[Any]:
    known = {"meeting_id": (await queries.find_meeting(session, meeting_id)).id, "reference": canonical(reference)}
    row: Row[Any] | None = (await session.execute(statement, known)).one_or_none()
    if row is None:
        raise NotFound("This case is not on the agenda of this meeting.")
    return row


async def interests(session: Session, item_id: int) -> Sequence[Row[Any]]:
    """What members have declared in this item, in the order of declaring."""
    return (await session.execute(_INTERESTS, {"item_id": item_id})).all()


async def decision(session: Session, item_id: int) -> Row[Any] | None:
    """How the item was decided, with the seats and words of that moment; None while it is open or was withdrawn."""
    return (await session.execute(_DECISION, {"item_id": item_id})).one_or_none()


async def own_seat(session: Session, meeting_id: int, actor: Actor) -> Row[Any] | None:
    """The seat at this meeting on which the actor sits, as a member or for one."""
    seats = await queries.sitting(session, meeting_id)
    return next((seat for seat in seats if seat.user_id == actor.user_id), None)
