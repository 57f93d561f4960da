"""The standard invitation list: who is invited to every meeting of a panel beside its members."""

from dataclasses import dataclass

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import queries
from app.people import queries as people


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteAlways:
    """Put a user, by e-mail address, onto the list of a panel, or where `ends` take them off it."""

    panel: str
    email: str
    ends: bool = False


_ADD = text(
    """
    INSERT INTO panel_invitees (panel_id, user_id, added_by) VALUES (:panel_id, :user_id, :by)
    ON CONFLICT (panel_id, user_id) WHERE ended_at IS NULL DO NOTHING RETURNING id
    """
)
_END = text(
    """
    UPDATE panel_invitees SET ended_at = now()
     WHERE panel_id = :panel_id AND user_id = :user_id AND ended_at IS NULL RETURNING id
    """
)
_SITS = text(
    "SELECT EXISTS (SELECT FROM panel_members WHERE panel_id = :panel_id AND user_id = :user_id AND member_to IS NULL)"
)


async def invite_always(session: Session, actor: Actor, command: InviteAlways) -> None:
    """Change the list. To be invited opens no case: whoever is on it sees what its own roles let it see.

    Raises NotFound, NotPermitted, Unprocessable for an unknown user or one who is not on the list, Conflict for one who
    is on it already or sits on the panel.
    """
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    user = await people.user_by_email(session, command.email, pointer="/email")
    known = {"panel_id": panel.id, "user_id": user.id}
    if command.ends:
        if await session.scalar(_END, known) is None:
            raise Unprocessable([FieldProblem("/email", "This colleague is not on the invitation list.")])
        return
    if await session.scalar(_SITS, known):
        raise Conflict("This colleague sits on the panel, and is invited as its member.", code="member_already")
    if await session.scalar(_ADD, known | {"by": actor.user_id}) is None:
        raise Conflict("This colleague is on the invitation list already.", code="invited_already")
