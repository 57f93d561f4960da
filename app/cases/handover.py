"""A handover that was offered and not answered yet, as a page says it."""

from dataclasses import dataclass

from sqlalchemy import text

from app.access.actor import Actor
from app.cases.models import Case
from app.kernel.database import Session

_NAME = text("SELECT name FROM organisations WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Pending:
    """To which organisation, and whether it is one that the reader acts for."""

    organisation: str
    to_us: bool


async def pending_handover(session: Session, actor: Actor, case: Case) -> Pending | None:
    """The offer that stands, or None."""
    offered = case.state.memory.get("attributes", {}).get("pending_handover")
    if not offered:
        return None
    name: str = await session.scalar(_NAME, {"id": offered["to"]})
    return Pending(name, offered["to"] in actor.holdings)
