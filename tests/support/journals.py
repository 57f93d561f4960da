"""Hand-made journals, written by the schema's owner: cases whose times a test decides to the minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text

from app.cases import journal, rules
from app.cases.deadlines import Deadlines
from app.cases.rules import Event
from app.kernel.database import Session
from app.kernel.references import case_reference
from app.pathways.facts import State

_NEW = text(
    """
    WITH person AS (INSERT INTO people (name) VALUES ('Davina Dummie') RETURNING id),
         home AS (INSERT INTO homes (address, address_key) VALUES ('1 Sample Street', '1 sample street') RETURNING id)
    SELECT person.id AS person_id, home.id AS home_id, nextval('case_id_seq') AS case_id FROM person, home
    """
)
_STATIC = (
    "id", "reference", "pathway_key", "person_id", "home_id", "tenure", "need_description", "adaptations", "source",
    "source_reference",
)  # fmt: skip
_CASE = text(
    f"INSERT INTO cases ({', '.join((*_STATIC, *journal.PROJECTED))}) VALUES ("
    + ", ".join(f"CAST(:{n} AS jsonb)" if n == "memory" else f":{n}" for n in (*_STATIC, *journal.PROJECTED))
    + ")"
)
_AGAIN = text(
    "UPDATE cases SET "
    + ", ".join(f"{n} = CAST(:{n} AS jsonb)" if n == "memory" else f"{n} = :{n}" for n in journal.PROJECTED)
    + " WHERE id = :id"
)
_EVENTS = text(
    """
    INSERT INTO case_events (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id,
                             occurred_at, recorded_at, actor_id, actor_kind, organisation_id, details, effects)
    VALUES (:case_id, :sequence, :kind, :action, :from_tier, :from_stage, :to_tier, :to_stage, :custody_id,
            :occurred_at, :recorded_at, (SELECT min(id) FROM users), :actor_kind, :organisation_id, CAST(:details AS jsonb),
            CAST(:effects AS jsonb))
    """
)
_HEAD = text(
    "UPDATE cases SET head_hash = e.hash FROM case_events e WHERE e.case_id = :id AND cases.id = :id AND e.sequence = :n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event to be: `at` is when it happened, `recorded_at` that same moment unless it says otherwise."""

    at: datetime
    to: str | None = None
    tier: str | None = None
    kind: Any = "moved"
    action: str = "step"
    custody_id: int | None = None
    recorded_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    effects: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A case that was written: its number, reference and journal as it was first told."""

    id: int
    reference: str
    events: tuple[Event, ...]

    @property
    def corrected(self) -> list[Event]:
        """The journal with corrected times."""
        return rules.as_corrected(self.events)


def noon(day: str | date, *, minutes: int = 0) -> datetime:
    """Midday of a day, in UTC."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC) + timedelta(minutes=minutes)


def events_of(steps: Sequence[Step], *, custody_id: int, first_contact_on: str | date) -> tuple[Event, ...]:
    """The journal that the steps make."""
    sets = {
        "proposed_tier": "moderate", "consent_to_share": True, "pathway_version": 1,
        "first_contact_on": str(first_contact_on),
    }  # fmt: skip
    events: list[Event] = []
    for sequence, step in enumerate(steps, 1):
        before = events[-1] if events else None
        moves = step.kind in ("moved", "milestone_imported")
        effects = dict(step.effects)
        if moves:
            effects.setdefault("stage_group", "ended" if effects.get("ends") else "delivering")
        if before is None:
            effects["sets"] = sets | effects.get("sets", {})
        events.append(
            Event(
                sequence=sequence,
                kind=step.kind,
                action=step.action if moves else None,
                from_=before.to if before else None,
                to=State(
                    step.tier or (before.to.tier if before else "moderate"),
                    step.to or (before.to.stage if before else "received"),
                ),
                custody_id=step.custody_id or (before.custody_id if before else custody_id),
                occurred_at=step.at,
                actor_id=None,
                organisation_id=custody_id,
                details=step.details,
                effects=effects,
            )
        )
    return tuple(events)


async def write_case(
    session: Session,
    steps: Sequence[Step],
    *,
    custody_id: int,
    first_contact_on: str | date,
    tenure: str = "owner_occupier",
    source: str | None = None,
    actor_kind: str = "system",
) -> Written:
    """Write a case with this journal; its row is what replaying the journal gives."""
    ids = (await session.execute(_NEW)).one()
    events = events_of(steps, custody_id=custody_id, first_contact_on=first_contact_on)
    state = rules.replay(events)
    assert state is not None
    reference = case_reference(ids.case_id)
    values = journal.projected_values(state, Deadlines()) | {
        "id": ids.case_id, "reference": reference, "pathway_key": "housing-solutions", "person_id": ids.person_id,
        "home_id": ids.home_id, "tenure": tenure, "need_description": "Made up.", "adaptations": ["grab_rail"],
        "source": source, "source_reference": reference if source else None, "head_hash": b"",
        "last_occurred_at": events[-1].occurred_at,
    }  # fmt: skip
    await session.execute(_CASE, values)
    for event, step in zip(events, steps, strict=True):
        await session.execute(_EVENTS, _values(ids.case_id, event, step, actor_kind))
    await session.execute(_HEAD, {"id": ids.case_id, "n": len(events)})
    return Written(id=ids.case_id, reference=reference, events=events)


async def go_on(
    session: Session,
    written: Written,
    steps: Sequence[Step],
    *,
    custody_id: int,
    first_contact_on: str | date,
    actor_kind: str = "system",
) -> Written:
    """Write what comes after what has been written of a journal; `steps` are all of it."""
    events = events_of(steps, custody_id=custody_id, first_contact_on=first_contact_on)
    known = len(written.events)
    state = rules.replay(events)
    assert state is not None
    for event, step in list(zip(events, steps, strict=True))[known:]:
        await session.execute(_EVENTS, _values(written.id, event, step, actor_kind))
    values = journal.projected_values(state, Deadlines()) | {
        "id": written.id, "head_hash": b"", "last_occurred_at": events[-1].occurred_at,
    }  # fmt: skip
    await session.execute(_AGAIN, values)
    await session.execute(_HEAD, {"id": written.id, "n": len(events)})
    return Written(id=written.id, reference=written.reference, events=events)


def _values(case_id: int, event: Event, step: Step, actor_kind: str) -> dict[str, Any]:
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
        "occurred_at": event.occurred_at,
        "recorded_at": step.recorded_at or step.at,
        "actor_kind": actor_kind,
        "organisation_id": event.organisation_id,
        "details": orjson.dumps(event.details).decode(),
        "effects": orjson.dumps(event.effects).decode(),
    }
