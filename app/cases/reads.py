"""The record of who read which person's case: one row a read, naming the door and the cases that were shown."""

from collections.abc import Sequence

from sqlalchemy import text

from app.access.actor import Actor
from app.kernel.database import Session

_READ = text("INSERT INTO case_reads (user_id, route, case_ids) VALUES (:user_id, :route, :case_ids)")

_READ_ALL = text(
    "INSERT INTO case_reads (user_id, route, case_ids)"
    " SELECT :user_id, :route, array_agg(c.id ORDER BY c.id)"
    " FROM (SELECT id, row_number() OVER (ORDER BY id) / 10000 AS part FROM cases) c GROUP BY c.part"
)


async def note_read(session: Session, actor: Actor, route: str, case_ids: Sequence[int]) -> None:
    """Record a read in the reader's own transaction: no record, no answer."""
    if case_ids:
        await session.execute(_READ, {"user_id": actor.user_id, "route": route, "case_ids": list(case_ids)})


async def note_read_of_all(session: Session, actor: Actor, route: str) -> None:
    """Record that every case that the reader may see was read, ten thousand to a row."""
    await session.execute(_READ_ALL, {"user_id": actor.user_id, "route": route})
