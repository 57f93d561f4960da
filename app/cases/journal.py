"""The only writer of the journal and of what is projected from it.

An event, the case's row and the holds ledger are written in the caller's transaction or not at all; at commit the
database compares them once more (migration 0004).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text

from app.access.actor import Actor
from app.cases import rules
from app.cases.deadlines import Deadlines
from app.cases.models import Case, Recorded
from app.cases.rules import ActorKind, CaseState, Event, Kind
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
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
            custody_id=case.state.custody_id, parties=case.state.party_ids, roles=roles
        )
        return cls(organisation_id=organisation, user_id=actor.user_id)


_INSERT_EVENT = text(
    """
    INSERT INTO case_events (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id,
                             occurred_at, actor_id, actor_kind, organisation_id, details, effects)
    VALUES (:case_id, :sequence, :kind, :action, :from_tier, :from_stage, :to_tier, :to_stage, :custody_id,
            :occurred_at, :actor_id, :actor_kind, :organisation_id, CAST(:details AS jsonb), CAST(:effects AS jsonb))
    RETURNING occurred_at, recorded_at, hash
    """
)

PROJECTED = (*(f.name for f in fields(CaseState)), *(f.name for f in fields(Deadlines)), "head_hash")

_PROJECT = text(
    "UPDATE cases SET "
    + ", ".join(f"{name} = CAST(:{name} AS jsonb)" if name == "memory" else f"{name} = :{name}" for name in PROJECTED)
    + " WHERE id = :id"
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
        occurred_at=draft.occurred_at or case.state.last_occurred_at,
        actor_id=author.user_id,
        organisation_id=author.organisation_id,
        details=draft.details,
        effects=draft.effects,
    )
    row = (await session.execute(_INSERT_EVENT, _event_values(case.id, event, author.kind, draft.occurred_at))).one()
    event = replace(event, occurred_at=row.occurred_at)
    state = rules.apply(case.state, event)
    due = timekeeper.deadlines(case.pathway_key, state)
    await session.execute(_PROJECT, {**projected_values(state, due), "head_hash": row.hash, "id": case.id})
    await _keep_holds(session, case, event)
    return Recorded(event=event, recorded_at=row.recorded_at, hash=row.hash, state=state)


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
    return Recorded(event=event, recorded_at=row.recorded_at, hash=row.hash, state=case.state)


def _event_values(case_id: int, event: Event, kind: ActorKind, occurred_at: datetime | None) -> dict[str, Any]:
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
        # Without a time of the actor's own the database's clock says when: no machine's clock can run ahead of it.
        "occurred_at": occurred_at,
        "actor_id": event.actor_id,
        "actor_kind": kind,
        "organisation_id": event.organisation_id,
        "details": as_json(event.details),
        "effects": as_json(event.effects),
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
