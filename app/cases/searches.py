"""Searches that are kept for a day under a number, so that no address says whom somebody looked for."""

from uuid import UUID

from sqlalchemy import text

from app.access.actor import Actor
from app.kernel.database import Session

# Row-level security leaves a user's own searches.
_TYPED = text("SELECT typed FROM searches WHERE id = :id")
_KEEP = text("INSERT INTO searches (user_id, typed) VALUES (:user_id, :typed) RETURNING id")
_FORGET = text(
    """
    DELETE FROM searches WHERE id IN (SELECT id FROM searches WHERE user_id = :user_id
                                       ORDER BY created_at DESC OFFSET 19)
    """
)


async def keep_search(session: Session, actor: Actor, typed: str) -> UUID:
    """Keep what was typed; of the actor's searches the newest twenty stay."""
    await session.execute(_FORGET, {"user_id": actor.user_id})
    kept: UUID = await session.scalar(_KEEP, {"user_id": actor.user_id, "typed": typed})
    return kept


async def kept_search(session: Session, number: UUID) -> str | None:
    """What was typed, or None for a search that is gone or another's."""
    typed: str | None = await session.scalar(_TYPED, {"id": number})
    return typed
