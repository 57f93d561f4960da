"""See where one is signed in, and sign out everywhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.kernel.database import Session

_OWN = text("SELECT * FROM door.own_sessions(:hash)")
_END = text("SELECT door.end_own_sessions()")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session of one's own that is open."""

    created_at: datetime
    last_seen_at: datetime
    opened_by: str
    """`password`, or the key of the organisation's sign-in."""
    this_one: bool


async def list_sessions(session: Session, *, session_hash: bytes | None = None) -> list[OwnSession]:
    """The open sessions of whoever has come in, the newest use first."""
    rows = await session.execute(_OWN, {"hash": session_hash})
    return [OwnSession(**row._asdict()) for row in rows]


async def end_sessions(session: Session) -> int:
    """End every session of whoever has come in, this one too; their number."""
    ended: int = await session.scalar(_END)
    return ended
