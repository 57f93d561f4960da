"""The only writer of the journal and of what is projected from it.

An event, the case's row and the holds ledger are written in the caller's transaction or not at all; at commit the
database compares them once more (migration 0004).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, LiteralString

import orjson
from sqlalchemy import text

from app.access.actor import Actor
from app.cases import rules
from app.cases.deadlines import Deadlines
from app.cases.models import Case, Recorded
from app.cases.rules import ActorKind, CaseState, Event, Kind
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session, direct
from app.pathways.facts import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event about to be written. `to` and `custody_id` are the case's own when not given."""

    kind: Kind
    action: str | None = None
    to: State | None = None
    custody_id: int | None = None
    occurred_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    effects: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes an event, and for which organisation."""

    organisation_id: int
    user_id: int | None
    kind: ActorKind = "user"

    @classmethod
    def of(cls, actor: Actor, case: Case, roles: frozenset[str] = frozenset()) -> "Author":
        """The actor, for the organisation that fits the case."""
        organisation = actor.organisation_for(
            custody_id=case.state.custody_id, parties=case.state.acting_party_ids, roles=roles
        )
        return cls(organisation_id=organisation, user_id=actor.user_id)


_INSERT_EVENT = text(
    """
    INSERT INTO case_events (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id,
                             occurred_at, actor_id, actor_kind, organisation_id, details, effects)
    VALUES (:case_id, :sequence, :kind, :action, :from_tier, :from_stage, :to_tier, :to_stage, :custody_id,
            :occurred_at, :actor_id, :actor_kind, :organisation_id, CAST(:details AS jsonb), CAST(:effects AS jsonb))
    RETURNING recorded_at, hash, (SELECT name FROM organisations WHERE id = :organisation_id) AS organisation
    """
)

PROJECTED = (*(f.name for f in fields(CaseState)), *(f.name for f in fields(Deadlines)), "head_hash")

_PROJECT = text(
    "UPDATE cases SET "
    + ", ".join(f"{name} = CAST(:{name} AS jsonb)" if name == "memory" else f"{name} = :{name}" for name in PROJECTED)
    + " WHERE id = :id"
)


_COLUMNS = (
    "case_id", "sequence", "kind", "action", "from_tier", "from_stage", "to_tier", "to_stage", "custody_id",
    "occurred_at", "actor_id", "actor_kind", "organisation_id", "details", "effects",
)  # fmt: skip
_APPEND: LiteralString = (
    f"WITH written AS (INSERT INTO case_events ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)}) RETURNING hash, recorded_at)"
    f" UPDATE cases c SET {', '.join(f'{n} = %(case_{n})s' for n in PROJECTED if n != 'head_hash')},"
    " head_hash = written.hash"
    " FROM written WHERE c.id = %(case_id)s"
    " RETURNING written.recorded_at, written.hash,"
    " (SELECT name FROM organisations WHERE id = %(organisation_id)s) AS organisation"
)


async def append(session: Session, case: Case, draft: Draft, *, author: Author, timekeeper: Timekeeper) -> Recorded:
    """Write one event of a case that the caller has locked, and project it.

    `timekeeper` gives the deadlines that follow. Raises what the database raises: an event out of order or in the
    future never gets in.
    """
    event = Event(
        sequence=case.state.sequence + 1,
        kind=draft.kind,
        action=draft.action,
        from_=case.state.state,
        to=draft.to or case.state.state,
        custody_id=draft.custody_id or case.state.custody_id,
        # In UTC, as replaying reads it back: the state keeps moments as text.
        occurred_at=(draft.occurred_at or await _now(session, case)).astimezone(UTC),
        actor_id=author.user_id,
        organisation_id=author.organisation_id,
        details=draft.details,
        effects=draft.effects,
    )
    state = rules.apply(case.state, event)
    projected = projected_values(state, timekeeper.deadlines(case.pathway_key, state))
    values = _event_values(case.id, event, author.kind, event.occurred_at)
    values |= {f"case_{name}": value for name, value in projected.items()}
    [row] = await direct(session, _APPEND, values)
    await _keep_holds(session, case, event)
    return Recorded(event=event, recorded_at=row.recorded_at, organisation=row.organisation, hash=row.hash, state=state)


async def _now(session: Session, case: Case) -> datetime:
    """The database's own time: no machine's clock can run ahead of it, and none that waited for the lock behind it."""
    now: datetime | None = case.locked_at or await session.scalar(text("SELECT door.now()"))
    assert now is not None
    return max(now, case.state.last_occurred_at)


async def append_correction(
    session: Session, case: Case, events: Sequence[Event], draft: Draft, *, author: Author, timekeeper: Timekeeper
) -> Recorded:
    """Write a correction of a time and project the case anew from its whole journal, `events` and the correction."""
    recorded = await append(session, case, draft, author=author, timekeeper=timekeeper)
    state = rules.replay([*events, recorded.event])
    assert state is not None
    due = timekeeper.deadlines(case.pathway_key, state)
    await session.execute(_PROJECT, {**projected_values(state, due), "head_hash": recorded.hash, "id": case.id})
    for hold in state.memory.get("holds", ()):
        await session.execute(_RETIME_HOLD, {"case_id": case.id, **hold})
    return replace(recorded, state=state)


_RETIME_HOLD = text(
    """
    UPDATE holds SET held_from = CAST(:from AS timestamptz), held_to = CAST(:to AS timestamptz)
     WHERE case_id = :case_id AND opened_by = :opened_by
    """
)
_HEAD = text("UPDATE cases SET head_hash = :hash WHERE id = :id")


async def begin(session: Session, case: Case, event: Event, *, author: Author) -> Recorded:
    """Write the first event of a case whose row the caller has just inserted."""
    row = (await session.execute(_INSERT_EVENT, _event_values(case.id, event, author.kind, event.occurred_at))).one()
    await session.execute(_HEAD, {"hash": row.hash, "id": case.id})
    return Recorded(
        event=event, recorded_at=row.recorded_at, organisation=row.organisation, hash=row.hash, state=case.state
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedJournal:
    """The whole journal of a case that an import brings in, and the state that it gives."""

    case_id: int
    state: CaseState
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class ImportedBatch:
    """Journals in the form in which the database takes many at once: JSON lists of events and of holds."""

    events: str
    holds: str

    @classmethod
    def of(cls, journals: Sequence[ImportedJournal]) -> "ImportedBatch":
        """Write journals as JSON: plain arithmetic, which can be done while the database is busy with others."""
        events = [_imported_values(one.case_id, event) for one in journals for event in one.events]
        holds = [
            {"case_id": one.case_id, **hold, "held_from": hold["from"], "held_to": hold["to"]}
            for one in journals
            for hold in one.state.memory.get("holds", ())
        ]
        return cls(_json_list(events), _json_list(holds))


_EVENT_COLUMNS = (
    "case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id, occurred_at, actor_id,"
    " actor_kind, organisation_id, details, effects"
)
_HOLD_COLUMNS = "case_id, cause, waits_on, evidence, held_from, held_to, review_on, opened_by, closed_by"
_APPEND_IMPORTED = text(
    f"""
    WITH written AS (
      INSERT INTO case_events ({_EVENT_COLUMNS})
      SELECT {_EVENT_COLUMNS} FROM json_populate_recordset(NULL::case_events, CAST(:events AS json))
       ORDER BY case_id, sequence
      RETURNING case_id, sequence, hash
    )
    UPDATE cases c SET head_hash = w.hash FROM written w WHERE w.case_id = c.id AND w.sequence = c.sequence
    """
)
_KEEP_IMPORTED_HOLDS = text(
    f"""
    INSERT INTO holds ({_HOLD_COLUMNS})
    SELECT {_HOLD_COLUMNS} FROM json_populate_recordset(NULL::holds, CAST(:holds AS json))
    """
)
# The checks that wait for the commit are made now: a hundred thousand cases' at once would outlast any time limit.
_CHECK_NOW = text("SET CONSTRAINTS case_follows_journal, journal_moves_its_case IMMEDIATE")
_CHECK_AT_COMMIT = text("SET CONSTRAINTS case_follows_journal, journal_moves_its_case DEFERRED")


async def append_imported(session: Session, batch: ImportedBatch) -> None:
    """Write the journals and holds of cases whose rows, with the state that follows, the caller has just inserted.

    The database chains, dates and checks each event as it does any other, and compares the cases with them.
    """
    await session.execute(_APPEND_IMPORTED, {"events": batch.events})
    await session.execute(_KEEP_IMPORTED_HOLDS, {"holds": batch.holds})
    await session.execute(_CHECK_NOW)
    await session.execute(_CHECK_AT_COMMIT)


def _imported_values(case_id: int, event: Event) -> dict[str, Any]:
    plain = {"occurred_at": event.occurred_at, "details": event.details, "effects": event.effects}
    return _plain_values(case_id, event, "import") | plain


def _json_list(values: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(values, default=str).decode()


def _event_values(case_id: int, event: Event, kind: ActorKind, occurred_at: datetime | None) -> dict[str, Any]:
    return _plain_values(case_id, event, kind) | {
        "occurred_at": occurred_at,
        "details": as_json(event.details),
        "effects": as_json(event.effects),
    }


def _plain_values(case_id: int, event: Event, kind: ActorKind) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "sequence": event.sequence,
        "kind": event.kind,
        "action": event.action,
        "from_tier": event.from_.tier if event.from_ else None,
        "from_stage": event.from_.stage if event.from_ else None,
        "to_tier": event.to.tier,
        "to_stage": event.to.stage,
        "custody_id": event.custody_id,
        "actor_id": event.actor_id,
        "actor_kind": kind,
        "organisation_id": event.organisation_id,
    }


def projected_values(state: CaseState, due: Deadlines) -> dict[str, Any]:
    """Give a case's projected columns as statement parameters."""
    values: dict[str, Any] = {f.name: getattr(state, f.name) for f in fields(CaseState)}
    values |= {f.name: getattr(due, f.name) for f in fields(Deadlines)}
    values["party_ids"] = list(state.party_ids)
    values["memory"] = as_json(state.memory)
    return values


def as_json(value: Mapping[str, Any]) -> str:
    """Write JSON as PostgreSQL takes it; days, moments and amounts become text."""
    return orjson.dumps(value, default=str).decode()


_OPEN_HOLD = text(
    """
    INSERT INTO holds (case_id, cause, waits_on, evidence, held_from, review_on, opened_by)
    VALUES (:case_id, :cause, :waits_on, :evidence, :held_from, :review_on, :opened_by)
    """
)
_CLOSE_HOLD = text(
    "UPDATE holds SET held_to = :held_to, closed_by = :closed_by WHERE case_id = :case_id AND held_to IS NULL"
)


async def _keep_holds(session: Session, case: Case, event: Event) -> None:
    match event.effects.get("hold"):
        case "opens":
            hold = event.effects["hold_details"]
            values = {
                "case_id": case.id,
                "cause": hold["cause"],
                "waits_on": hold["waits_on"],
                "evidence": hold.get("evidence"),
                "held_from": event.occurred_at,
                "review_on": rules.day(hold.get("review_on")),
                "opened_by": event.sequence,
            }
            await session.execute(_OPEN_HOLD, values)
        case "closes":
            values = {"held_to": event.occurred_at, "closed_by": event.sequence, "case_id": case.id}
            await session.execute(_CLOSE_HOLD, values)
        case _:
            pass
