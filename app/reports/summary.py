"""Keeps units and what they add up to beside the journal, and says from where a report may take them.

What is kept is whole up to one event of the journal; whatever has happened since is counted from the journal. The
worker keeps it up: what it does takes as long as there was news, and a report is right whether it ran or not.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Database, Session, sqlstate
from app.pathways.measures import Measure
from app.reports.measuring import keeping
from app.reports.statements import PLAN, parameters_of

SUMMARISED: Final = frozenset({"end-to-end"})
"""Keys of the measures whose units are kept: those that a dashboard asks for all day."""
AT_ONCE: Final = 2_000
MOST_MOVED: Final = 20_000
"""With more cases than these that have moved, counting the whole journal is no slower."""
EVENTS_EACH: Final = 10
"""Nor is it with this many times as many events."""
LOCK_NOT_AVAILABLE: Final = "55P03"
_STATE = text("SELECT journal_id FROM report_state WHERE measure = :measure")
# State, units and tallies belong together: read one after another outside a snapshot they may be of two moments.
_STATE_SEEN = text(
    "SELECT journal_id FROM report_state WHERE measure = :measure"
    " AND current_setting('transaction_isolation') IN ('repeatable read', 'serializable')"
)
_MOVED = text("SELECT DISTINCT case_id FROM case_events WHERE id > :after ORDER BY case_id")
# The newest events by their own index, however many the planner thinks there are: by case it would read all of them.
_NEWEST = text(
    "SELECT count(*) AS events, array_agg(DISTINCT n.case_id) FILTER (WHERE n.case_id IS NOT NULL) AS cases"
    " FROM (SELECT e.case_id FROM case_events e WHERE e.id > :after ORDER BY e.id LIMIT :most) n"
)
# While this lock is held nobody is writing events: every one up to the largest number has been committed or never will
# be. It is waited for a moment only, because whoever writes waits behind it.
_QUIET = (text("SET LOCAL lock_timeout = '200ms'"), text("LOCK TABLE case_events IN SHARE MODE"))
_LAST = text("SELECT coalesce(max(id), 0) FROM case_events")
_KEPT = text(
    """
    INSERT INTO report_state (measure, journal_id) VALUES (:measure, :journal_id)
    ON CONFLICT (measure) DO UPDATE SET journal_id = excluded.journal_id, refreshed_at = clock_timestamp()
    """
)
# How often calendars have changed: what was begun in another one is not whole. Held until the state is written.
_CALENDARS = text("SELECT journal_id FROM report_state WHERE measure = 'calendars' FOR UPDATE")
_UNKNOWN = (
    text("DELETE FROM report_state WHERE measure = :measure"),
    text("DELETE FROM report_tallies WHERE measure = :measure"),
)
_FORGET_ALL = text("DELETE FROM report_units WHERE measure = :measure")
_FORGET = text("DELETE FROM report_units WHERE measure = :measure AND case_id = ANY (:among)")
_NOTHING = text("DELETE FROM report_tallies WHERE measure = :measure AND number = 0")
_ALIKE: Final = ("what", "told_by", "on_day", "tenure", "tier", "detail", "pathway_key", "calendar_key", "days")
_NUMBERS: Final = ("number", "within_target", "with_target", "doubtful")
_TAKE_OUT: Final = f"""
    UPDATE report_tallies t SET {", ".join(f"{name} = t.{name} - c.{name}" for name in _NUMBERS)}
      FROM ({{of_kept}}) c
     WHERE t.measure = :measure AND ({", ".join(f"t.{name}" for name in _ALIKE)})
                                  = ({", ".join(f"c.{name}" for name in _ALIKE)})
"""
_PUT_IN: Final = f"""
    INSERT INTO report_tallies AS t (measure, {", ".join((*_ALIKE, *_NUMBERS))})
    SELECT :measure, {", ".join(f"c.{name}" for name in (*_ALIKE, *_NUMBERS))} FROM ({{of_kept}}) c
    ON CONFLICT ON CONSTRAINT pk_report_tallies
    DO UPDATE SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in _NUMBERS)}
"""
_ONE_AT_A_TIME = text("SELECT pg_try_advisory_lock(hashtextextended('report units', 0))")
_NEXT = text("SELECT pg_advisory_unlock(hashtextextended('report units', 0))")


@dataclass(frozen=True, slots=True)
class Summary:
    """Something that is kept: under which name, and the statements that count it.

    `keeping` keeps the units of some cases; `of_kept` and `of_journal` say what units add up to.
    """

    name: str
    keeping: str
    of_kept: str
    of_journal: str


STAYS: Final = Summary(
    "stays",
    keeping.keeping_stays(),
    keeping.tallying_stays(kept=True),
    keeping.tallying_stays(kept=False),
)
"""All stays in stages: every measure of stays takes its own of them, and cumulative flow adds them up."""


def summary_of(measure: Measure) -> Summary | None:
    """What a measure's units are kept in; None where they are not kept."""
    if measure.definition.kind == "stays":
        return STAYS
    # A published file never changes; what is still being written may say something else tomorrow under the same name.
    if measure.key not in SUMMARISED or not measure.published:
        return None
    return Summary(
        measure.name,
        keeping.keeping(measure),
        keeping.tallying(measure, kept=True),
        keeping.tallying(measure, kept=False),
    )


def summaries(measures: Iterable[Measure]) -> list[Summary]:
    """All that is to be kept, each once."""
    found = (summary_of(one) for one in measures if one.usable)
    return list({one.name: one for one in found if one is not None}.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept may be taken, but for these cases, which have moved since."""

    summary: Summary
    moved: Sequence[int]


async def kept_units(session: Session, summary: Summary | None, values: Mapping[str, Any]) -> Kept | None:
    """From where a question may be answered; None where the whole journal has to be counted, as outside a snapshot."""
    if summary is None or values.get("as_known_on") is not None:
        return None
    after = await session.scalar(_STATE_SEEN, {"measure": summary.name})
    if after is None:
        return None
    most = MOST_MOVED * EVENTS_EACH + 1
    newest = (await session.execute(_NEWEST, {"after": after, "most": most})).one()
    moved = newest.cases or []
    return Kept(summary, moved) if newest.events < most and len(moved) <= MOST_MOVED else None


async def refresh(db: Database, summary: Summary, known: Mapping[str, Any]) -> int:
    """Bring what is kept up to now; how many cases were counted. `db` is the schema owner's.

    Does nothing while somebody is writing for longer than a moment, or another refresh runs; and where a calendar
    changes meanwhile, what was counted is not taken for whole.
    """
    async with _alone(db) as alone:
        last = await _quiet(db) if alone else None
        return 0 if last is None else await _refresh(db, summary, last, known)


async def _refresh(db: Database, summary: Summary, last: int, known: Mapping[str, Any]) -> int:
    async with db.transaction() as session:
        calendars = await session.scalar(_CALENDARS)
        after = await session.scalar(_STATE, {"measure": summary.name})
        if after is None:
            # What had been kept was counted in another calendar, or not to the end.
            await session.execute(_FORGET_ALL, {"measure": summary.name})
        moved = list(await session.scalars(_MOVED, {"after": after or 0}))
        # With so many nobody reads what is kept. Then it is all added up at once at the end, which is much quicker.
        at_once = after is None or len(moved) > MOST_MOVED
        if at_once:
            for statement in _UNKNOWN:
                await session.execute(statement, {"measure": summary.name})
    for start in range(0, len(moved), AT_ONCE):
        async with db.transaction() as session:
            some = moved[start : start + AT_ONCE]
            await (_keep_units if at_once else keep)(session, summary, some, known)
    async with db.transaction() as session:
        if await session.scalar(_CALENDARS) != calendars:
            return 0
        if at_once:
            await _put_in(session, summary, None, known)
        await session.execute(_NOTHING, {"measure": summary.name})
        await session.execute(_KEPT, {"measure": summary.name, "journal_id": last})
    return len(moved)


async def keep(session: Session, summary: Summary, cases: Sequence[int], known: Mapping[str, Any]) -> None:
    """Count the units of some cases and keep them, and change what all add up to by as much."""
    some = list(cases)
    await session.execute(PLAN)
    # Kept units alone are looked at where they are added up, so no case is among those that have moved.
    values = {**_values(summary, known), "only": some, "among": []}
    await _execute(session, _TAKE_OUT.format(of_kept=summary.of_kept), values)
    await _keep_units(session, summary, some, known)
    await _put_in(session, summary, some, known)


async def _keep_units(session: Session, summary: Summary, some: Sequence[int], known: Mapping[str, Any]) -> None:
    await session.execute(PLAN)
    await session.execute(_FORGET, {"measure": summary.name, "among": some})
    await _execute(session, summary.keeping, {**_values(summary, known), "only": some, "among": some})


async def _put_in(session: Session, summary: Summary, some: Sequence[int] | None, known: Mapping[str, Any]) -> None:
    await session.execute(PLAN)
    values = {**_values(summary, known), "only": some, "among": []}
    await _execute(session, _PUT_IN.format(of_kept=summary.of_kept), values)


async def moved_since(session: Session, kept: Kept, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the cases that have moved add up to: with numbers below nought as they were kept, and as they are now."""
    if not kept.moved:
        return []
    values = {**_values(kept.summary, known), "only": list(kept.moved)}
    await session.execute(PLAN)
    before = await _rows(session, kept.summary.of_kept, {**values, "among": []})
    now = await _rows(session, kept.summary.of_journal, {**values, "among": list(kept.moved)})
    return [{**row, **{name: -row[name] for name in _NUMBERS}} for row in before] + now


def _values(summary: Summary, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "as_known_on": None, "source": None, "measure": summary.name, "completed_from": None, "completed_to": None,
        **known,
    }  # fmt: skip


async def _rows(session: Session, statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await _execute(session, statement, values)).mappings()]


async def _execute(session: Session, statement: str, values: Mapping[str, Any]) -> Any:
    asked = text(statement)
    return await session.execute(asked, {name: values[name] for name in parameters_of(asked)})


@asynccontextmanager
async def _alone(db: Database) -> AsyncIterator[bool]:
    """Whether no other refresh runs; none begins meanwhile."""
    async with db.engine.connect() as guard:
        alone = bool(await guard.scalar(_ONE_AT_A_TIME))
        await guard.commit()
        try:
            yield alone
        finally:
            if alone:
                await guard.execute(_NEXT)
                await guard.commit()


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
