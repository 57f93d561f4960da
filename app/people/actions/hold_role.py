"""Let a user hold a role in an organisation, and end it. A former holding stays for the record."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.access.roles import Role, label
from app.kernel.database import Session
from app.kernel.problems import Conflict, NotPermitted
from app.people import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRole:
    """A role for a user, in the user's home organisation when none is named, from today when no day is given."""

    user_id: int
    role: Role
    organisation: str | None = None
    held_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRole:
    """End a role; `ends_on` is the first day without it, today when not given and never before today."""

    user_id: int
    role: Role
    organisation: str | None = None
    ends_on: date | None = None


# Days are the database's own, as in `door.enter_as`: a role given today holds from this moment.
_HOLD = text(
    """
    INSERT INTO role_holdings (user_id, organisation_id, role, held_from, granted_by)
    VALUES (:user_id, :organisation_id, :role, coalesce(CAST(:held_from AS date), current_date), :granted_by)
    ON CONFLICT (user_id, organisation_id, role) WHERE held_to IS NULL DO NOTHING RETURNING id
    """
)
_END = text(
    """
    UPDATE role_holdings SET held_to = greatest(CAST(:ends_on AS date), current_date, held_from)
     WHERE user_id = :user_id AND organisation_id = :organisation_id AND role = :role AND held_to IS NULL RETURNING id
    """
)


async def hold_role(session: Session, actor: Actor, command: HoldRole) -> None:
    """Give the role.

    Raises NotFound, NotPermitted (also for a role of one's own: it takes two), Unprocessable, Conflict when it is held.
    """
    require(actor, Permission.STAFF_MANAGE)
    if command.user_id == actor.user_id:
        raise NotPermitted("Nobody gives a role to themselves. Ask another administrator.")
    await grant_role(session, command, granted_by=actor.user_id)


async def grant_role(session: Session, command: HoldRole, *, granted_by: int | None) -> None:
    """The same for whoever owns the database, and for a user who is just being added."""
    values = {
        "user_id": command.user_id,
        "organisation_id": await _organisation_id(session, command),
        "role": command.role.value,
        "held_from": command.held_from,
        "granted_by": granted_by,
    }
    if await session.scalar(_HOLD, values) is None:
        raise Conflict(f"This user is {label(command.role)} there already.", code="role_held")


async def end_role(session: Session, actor: Actor, command: EndRole) -> None:
    """End the role. Raises NotFound, NotPermitted, Unprocessable, Conflict when it is not held."""
    require(actor, Permission.STAFF_MANAGE)
    await withdraw_role(session, command)


async def withdraw_role(session: Session, command: EndRole) -> None:
    """The same for whoever owns the database."""
    values = {
        "user_id": command.user_id,
        "organisation_id": await _organisation_id(session, command),
        "role": command.role.value,
        "ends_on": command.ends_on,
    }
    if await session.scalar(_END, values) is None:
        raise Conflict(
            f"This user is not {label(command.role)} there, or its end is set already.", code="role_not_held"
        )


async def _organisation_id(session: Session, command: HoldRole | EndRole) -> int:
    user = await queries.user_by_number(session, command.user_id)
    if command.organisation is None:
        home: int = user.home_organisation_id
        return home
    found: int = (await queries.organisation_named(session, command.organisation)).id
    return found
