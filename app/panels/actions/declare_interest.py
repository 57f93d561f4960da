"""Declare an interest in one item: what it is, and whether its holder stays, only speaks, or leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotPermitted, Unprocessable
from app.panels import queries
from app.panels.items import lock_item, must_be_open
from app.panels.rules import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareInterest:
    """An interest in a case on a meeting's agenda: one's own, or that of the member with this e-mail address.

    Declared again, it takes the place of what was declared before.
    """

    meeting_id: int
    reference: str
    nature: str
    effect: Effect
    member: str | None = None


_DECLARE = text(
    """
    INSERT INTO panel_interests (item_id, user_id, nature, effect, declared_by, declared_at)
    VALUES (:item_id, :user_id, :nature, :effect, :declared_by, :at)
    ON CONFLICT (item_id, user_id) DO UPDATE SET nature = excluded.nature, effect = excluded.effect,
      declared_by = excluded.declared_by, declared_at = excluded.declared_at
    """
)


async def declare_interest(session: Session, actor: Actor, command: DeclareInterest, *, now: datetime) -> None:
    """Write the interest down; whoever leaves sees nothing of the item from then on.

    Raises NotFound, NotPermitted, Unprocessable for somebody who does not sit there, Conflict once the case is off
    the agenda.
    """
    item = await lock_item(session, command.meeting_id, command.reference)
    require(actor, Permission.PANEL_ASSENT)
    must_be_open(item)
    seat = await _seat(session, actor, command)
    values = {
        "item_id": item.id,
        "user_id": seat.user_id,
        "nature": command.nature,
        "effect": command.effect,
        "declared_by": actor.user_id,
        "at": now,
    }
    await session.execute(_DECLARE, values)


async def _seat(session: Session, actor: Actor, command: DeclareInterest) -> Row[Any]:
    seats = await queries.sitting(session, command.meeting_id)
    own = next((seat for seat in seats if seat.user_id == actor.user_id), None)
    coordinates = permits(actor, Permission.PANEL_MANAGE)
    if command.member is None:
        if own is not None:
            return own
        if coordinates:
            raise Unprocessable([FieldProblem("/member", "Say whose interest this is: a member's e-mail address.")])
        raise NotPermitted("Interests are declared by the members of this panel, or by its coordinator for them.")
    wanted = command.member.strip().lower()
    named = next(
        (seat for seat in seats if wanted in (seat.email.lower(), (seat.substitute_email or "").lower())), None
    )
    if named is None:
        raise Unprocessable([FieldProblem("/member", "Nobody with this e-mail address sits at this meeting.")])
    if not coordinates and named is not own:
        raise NotPermitted("A member declares its own interests; those of others are declared by the coordinator.")
    return named
