"""Seal the journal every night, and verify the seals: removing a case or cutting off a journal shows.

A seal covers all events since the one before. Its hash is also logged, so that a copy is outside the database.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.kernel.database import Database, Session

SEAL_SIZE = 50_000
"""Events a seal covers at most: the first seals of a big database are several, each quickly verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One seal. `events` says how many events it covers, up to and including the one numbered `up_to_event_id`."""

    id: int
    sealed_at: datetime
    up_to_event_id: int
    events: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSeal:
    """A seal that does not hold, and why."""

    id: int
    message: str


# Whoever writes an event holds this lock until commit, so once we have it no number below the highest is still on its
# way. It is let go at once: writers wait milliseconds.
_SETTLE = text("LOCK TABLE case_events IN SHARE MODE")
_HIGHEST = text("SELECT coalesce(max(id), 0) FROM case_events")
_ALONE = text("SELECT pg_advisory_xact_lock(7401004)")
_LAST = text("SELECT up_to_event_id, hash FROM journal_seals ORDER BY id DESC LIMIT 1")
_SEAL = text(
    """
    WITH bounds AS (
      SELECT max(id) AS up_to, clock_timestamp() AS at
        FROM (SELECT id FROM case_events WHERE id > :after AND id <= :highest ORDER BY id LIMIT :size) next_ones
    )
    INSERT INTO journal_seals (sealed_at, up_to_event_id, events, previous_hash, hash)
    SELECT b.at, b.up_to, d.events, :previous, journal_seal_hash(:previous, b.at, b.up_to, d.events, d.digest)
      FROM bounds b CROSS JOIN LATERAL journal_seal_digest(:after, b.up_to) d
     WHERE b.up_to IS NOT NULL
    RETURNING id, sealed_at, up_to_event_id, events, hash
    """
)
_VERIFY = text(
    """
    WITH chained AS (
      SELECT s.*, lag(s.up_to_event_id, 1, 0::bigint) OVER (ORDER BY s.id) AS after_event_id,
             coalesce(lag(s.hash) OVER (ORDER BY s.id), '') AS before
        FROM journal_seals s
    )
    SELECT c.*, d.events AS events_now,
           journal_seal_hash(c.previous_hash, c.sealed_at, c.up_to_event_id, d.events, d.digest) AS expected
      FROM chained c CROSS JOIN LATERAL journal_seal_digest(c.after_event_id, c.up_to_event_id) d ORDER BY c.id
    """
)


async def seal(db: Database, *, size: int = SEAL_SIZE) -> list[Seal]:
    """Seal every event that is not sealed yet; none when nothing happened. Works as the schema's owner."""
    async with db.transaction() as session:
        await session.execute(text("SET LOCAL lock_timeout = '5s'"))
        await session.execute(_SETTLE)
        highest = await session.scalar(_HIGHEST)
    sealed: list[Seal] = []
    async with db.transaction() as session:
        await session.execute(_ALONE)
        while (made := await _seal_next(session, highest, size)) is not None:
            sealed.append(made)
    return sealed


async def _seal_next(session: Session, highest: int, size: int) -> Seal | None:
    last = (await session.execute(_LAST)).one_or_none()
    values = {
        "after": last.up_to_event_id if last else 0,
        "previous": last.hash if last else b"",
        "highest": highest,
        "size": size,
    }
    row = (await session.execute(_SEAL, values)).one_or_none()
    return Seal(**row._asdict() | {"hash": bytes(row.hash)}) if row else None


async def last_seal(session: Session) -> bytes | None:
    """The newest seal's hash: what is worth writing down elsewhere."""
    row = (await session.execute(_LAST)).one_or_none()
    return bytes(row.hash) if row else None


async def broken_seals(session: Session) -> AsyncIterator[BrokenSeal]:
    """Yield every seal that does not fit the journal as it is now."""
    async with session.stream(_VERIFY) as rows:
        async for row in rows:
            when = f"Seal {row.id} of {row.sealed_at:%d %B %Y}"
            if row.previous_hash != row.before:
                yield BrokenSeal(id=row.id, message=f"{when} does not follow the seal before it.")
            elif row.events != row.events_now:
                message = f"{when} covers {row.events} events; {row.events_now} of those are there now."
                yield BrokenSeal(id=row.id, message=message)
            elif row.hash != row.expected:
                yield BrokenSeal(id=row.id, message=f"{when} does not fit the events that it covers.")


async def count_seals(session: Session) -> int:
    """How many seals there are."""
    found: int = await session.scalar(text("SELECT count(*) FROM journal_seals"))
    return found


async def has_seal(session: Session, noted: bytes) -> bool:
    """Whether a seal whose hash was written down elsewhere is still there."""
    found: bool = await session.scalar(
        text("SELECT EXISTS (SELECT FROM journal_seals WHERE hash = :noted)"), {"noted": noted}
    )
    return found
