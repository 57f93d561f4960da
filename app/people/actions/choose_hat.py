"""Choose for which of one's organisations one acts: what is held in the others does not count meanwhile."""

from dataclasses import dataclass

from sqlalchemy import text

from app.access.actor import Actor
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseHat:
    """An organisation in which one holds a role today, or None for all of them together."""

    organisation_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hat:
    """An organisation that one may act for, with the roles held there, in words."""

    organisation_id: int
    name: str
    roles: tuple[str, ...]


_HATS = text(
    """
    SELECT o.id, o.name, array_agg(h.role ORDER BY h.role) AS roles
      FROM role_holdings h JOIN organisations o ON o.id = h.organisation_id
     WHERE h.user_id = :user_id AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date)
     GROUP BY o.id, o.name ORDER BY lower(o.name)
    """
)
_CHOOSE = text("SELECT door.choose_hat(:hash, :new_hash, :organisation_id)")


async def list_hats(session: Session, actor: Actor) -> list[Hat]:
    """The organisations in which the actor holds a role today, by name, whatever hat is on."""
    rows = await session.execute(_HATS, {"user_id": actor.user_id})
    return [Hat(organisation_id=row.id, name=row.name, roles=tuple(row.roles)) for row in rows]


async def choose_hat(session: Session, command: ChooseHat, *, session_hash: bytes, new_hash: bytes) -> None:
    """Let the session act for the organisation, under a new secret. Raises Unprocessable for one without a role."""
    values = {"hash": session_hash, "new_hash": new_hash, "organisation_id": command.organisation_id}
    if not await session.scalar(_CHOOSE, values):
        raise Unprocessable([FieldProblem("/organisation", "You hold no role there. Choose one of the list.")])
