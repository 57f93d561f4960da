"""Write down what a landlord provides to its own tenants directly, without an assessment, and by which criteria."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Unprocessable
from app.people import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeDirectProvision:
    """The landlord provides this adaptation of the catalogue to tenants who fulfil the criteria."""

    organisation: str
    adaptation: str
    criteria: str


_END_STANDING = text(
    """
    UPDATE direct_provision SET ended_on = greatest(current_date, agreed_on)
     WHERE organisation_id = :organisation_id AND adaptation = :adaptation AND ended_on IS NULL
    """
)
_AGREE = text(
    """
    INSERT INTO direct_provision (organisation_id, adaptation, criteria)
    VALUES (:organisation_id, :adaptation, :criteria) RETURNING id
    """
)
_END = text(
    """
    UPDATE direct_provision SET ended_on = greatest(current_date, agreed_on)
     WHERE id = :id AND ended_on IS NULL RETURNING id
    """
)


async def agree_direct_provision(
    session: Session, actor: Actor, command: AgreeDirectProvision, *, catalogue: Collection[str]
) -> int:
    """Write down the agreement and give its number; one that stood for the same adaptation ends today.

    `catalogue` are the keys of adaptations that there are. Raises NotPermitted, Unprocessable.
    """
    require(actor, Permission.STAFF_MANAGE)
    if command.adaptation not in catalogue:
        message = "This is not in the catalogue of adaptations; choose one that is."
        raise Unprocessable([FieldProblem("/adaptation", message)])
    organisation = await queries.organisation_named(session, command.organisation)
    values = {"organisation_id": organisation.id, "adaptation": command.adaptation, "criteria": command.criteria}
    await session.execute(_END_STANDING, values)
    found: int = await session.scalar(_AGREE, values)
    return found


async def end_direct_provision(session: Session, actor: Actor, agreement_id: int) -> None:
    """End an agreement today. Raises NotPermitted, NotFound."""
    require(actor, Permission.STAFF_MANAGE)
    if await session.scalar(_END, {"id": agreement_id}) is None:
        raise NotFound("No agreement with this number stands. GET /api/v1/direct-provision lists those that do.")
