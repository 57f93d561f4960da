"""Add an organisation to the partnership."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import Conflict

Kind = Literal["council", "housing_association", "health_and_social_care", "care_and_repair", "third_sector", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOrganisation:
    """An organisation; `key` is what programs call it, `name` what people do."""

    key: str
    name: str
    kind: Kind


_ADD = text(
    "INSERT INTO organisations (key, name, kind) VALUES (:key, :name, :kind) ON CONFLICT DO NOTHING RETURNING id"
)


async def add_organisation(session: Session, actor: Actor, command: AddOrganisation) -> int:
    """Write down the organisation and give its number. Raises NotPermitted, Conflict when key or name is taken."""
    require(actor, Permission.STAFF_MANAGE)
    return await write_organisation(session, command)


async def write_organisation(session: Session, command: AddOrganisation) -> int:
    """The same for whoever owns the database."""
    values = {"key": command.key, "name": command.name, "kind": command.kind}
    organisation_id: int | None = await session.scalar(_ADD, values)
    if organisation_id is None:
        raise Conflict("There is an organisation with this key or name already.", code="organisation_exists")
    return organisation_id
