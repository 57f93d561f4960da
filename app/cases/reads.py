"""The record of who read which person's case: one row a read, naming the door and the cases that were shown."""

from collections.abc import Sequence

from sqlalchemy import text

from app.access.actor import Actor
from app.kernel.database import Session

_READ = text("INSERT INTO case_reads (user_id, route, case_ids) VALUES (:user_id, :route, :case_ids)")


async def note_read(session: Session, actor: Actor, route: str, case_ids: Sequence[int]) -> None:
    """Record a read in the reader's own transaction: no record, no answer."""
    if case_ids:
        await session.execute(_READ, {"user_id": actor.user_id, "route": route, "case_ids": list(case_ids)})
