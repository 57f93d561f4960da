"""Add a user, with the roles held from the first day in the home organisation."""

from dataclasses import dataclass

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.access.roles import Role
from app.kernel.database import Session
from app.kernel.problems import Conflict
from app.people import queries
from app.people.actions.hold_role import HoldRole, grant_role


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser:
    """A user of an organisation, named by key or name."""

    email: str
    name: str
    organisation: str
    roles: tuple[Role, ...] = ()


_ADD = text(
    """
    INSERT INTO users (email, name, home_organisation_id) VALUES (:email, :name, :organisation_id)
    ON CONFLICT DO NOTHING RETURNING id
    """
)


async def add_user(session: Session, actor: Actor, command: AddUser) -> int:
    """Write down the user and give its number.

    Raises NotPermitted, Unprocessable for an unknown organisation, Conflict when the e-mail address is taken.
    """
    require(actor, Permission.STAFF_MANAGE)
    return await write_user(session, command, added_by=actor.user_id)


async def write_user(session: Session, command: AddUser, *, added_by: int | None) -> int:
    """The same for whoever owns the database."""
    organisation = await queries.organisation_named(session, command.organisation)
    values = {"email": command.email, "name": command.name, "organisation_id": organisation.id}
    user_id: int | None = await session.scalar(_ADD, values)
    if user_id is None:
        raise Conflict("There is a user with this e-mail address already.", code="email_taken")
    for role in dict.fromkeys(command.roles):
        await grant_role(session, HoldRole(user_id=user_id, role=role), granted_by=added_by)
    return user_id
