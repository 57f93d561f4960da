"""Keeps the units of summarised measures beside the journal, and says from where a report may take them.

Kept units are whole up to one event of the journal; whatever has happened since is counted from the journal. The worker
keeps them up: what it does takes as long as there was news, and a report is right whether it ran or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Database, Session, sqlstate
from app.pathways.measures import Measure
from app.reports.measuring.compiler import keeping
from app.reports.statements import PLAN, parameters_of

SUMMARISED: Final = frozenset({"end-to-end"})
"""Keys of the measures whose units are kept: those that a dashboard asks for all day."""
AT_ONCE: Final = 2_000
MOST_MOVED: Final = 20_000
"""With more cases than these that have moved, counting the whole journal is no slower."""
LOCK_NOT_AVAILABLE: Final = "55P03"
_STATE = text("SELECT journal_id FROM report_state WHERE measure = :measure")
_MOVED = text("SELECT DISTINCT case_id FROM case_events WHERE id > :after ORDER BY case_id LIMIT :most")
# While this lock is held nobody is writing events: every one up to the largest number has been committed or never will
# be. It is waited for a moment only, because whoever writes waits behind it.
_QUIET = (text("SET LOCAL lock_timeout = '200ms'"), text("LOCK TABLE case_events IN SHARE MODE"))
_LAST = text("SELECT coalesce(max(id), 0) FROM case_events")
_FORGET = text("DELETE FROM report_units WHERE measure = :measure AND case_id = ANY (:among)")
_KEPT = text(
    """
    INSERT INTO report_state (measure, journal_id) VALUES (:measure, :journal_id)
    ON CONFLICT (measure) DO UPDATE SET journal_id = excluded.journal_id, refreshed_at = clock_timestamp()
    """
)
_ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(hashtextextended('report units', 0))")


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept units may be taken, but for these cases, which have moved since."""

    moved: Sequence[int]


async def kept_units(session: Session, measure: Measure, values: Mapping[str, Any]) -> Kept | None:
    """From where a question may be answered; None where the whole journal has to be counted."""
    if measure.key not in SUMMARISED or values.get("as_known_on") is not None:
        return None
    after = await session.scalar(_STATE, {"measure": measure.name})
    if after is None:
        return None
    moved = list(await session.scalars(_MOVED, {"after": after, "most": MOST_MOVED + 1}))
    return Kept(moved) if len(moved) <= MOST_MOVED else None


async def refresh(db: Database, measure: Measure, known: Mapping[str, Any]) -> int:
    """Bring a measure's kept units up to now; how many cases were counted. `db` is the schema owner's.

    Does nothing while somebody is writing for longer than a moment, or another refresh runs.
    """
    last = await _quiet(db)
    if last is None:
        return 0
    async with db.engine.connect() as session:
        after = await session.scalar(_STATE, {"measure": measure.name}) or 0
        moved = list(await session.scalars(_MOVED, {"after": after, "most": 2**31 - 1}))
        await session.rollback()
    for start in range(0, len(moved), AT_ONCE):
        async with db.transaction() as session:
            if not await session.scalar(_ONE_AT_A_TIME):
                return 0
            await keep(session, measure, moved[start : start + AT_ONCE], known)
    async with db.transaction() as session:
        await session.execute(_KEPT, {"measure": measure.name, "journal_id": last})
    return len(moved)


async def keep(session: Session, measure: Measure, cases: Sequence[int], known: Mapping[str, Any]) -> None:
    """Count the units of some cases and keep them, in place of what was kept of them."""
    some = list(cases)
    await session.execute(_FORGET, {"measure": measure.name, "among": some})
    statement = text(keeping(measure))
    values = {"as_known_on": None, "source": None, "only": some, "among": some, "measure": measure.name, **known}
    await session.execute(PLAN)
    await session.execute(statement, {name: values[name] for name in parameters_of(statement)})


async def _quiet(db: Database) -> int | None:
    try:
        async with db.transaction() as session:
            for statement in _QUIET:
                await session.execute(statement)
            last: int = (await session.execute(_LAST)).scalar_one()
            return last
    except DBAPIError as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            return None
        raise
