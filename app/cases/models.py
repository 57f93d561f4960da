"""A case as it is read from the database: what was logged, and the state that the journal gives."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString, NewType, Protocol

from app.cases.rules import CaseState, Event
from app.pathways.facts import State

CaseId = NewType("CaseId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A visible case. Nothing here is a person's name or address; those are read where they are shown."""

    id: CaseId
    reference: str
    pathway_key: str
    person_id: int
    home_id: int
    tenure: str
    landlord_organisation_id: int | None
    adaptations: tuple[str, ...]
    flags: tuple[str, ...]
    head_hash: bytes
    due_on: date | None
    due_soon_on: date | None
    end_to_end_due_on: date | None
    state: CaseState
    locked_at: datetime | None = None
    """The database's time when the case was locked; None when it was only read."""


STATE_COLUMNS = (
    "sequence", "tier", "stage", "stage_group", "resume_stage", "stage_since", "custody_id", "party_ids", "assigned_to",
    "priority", "fast_track", "proposed_tier", "consent_to_share", "pathway_version", "first_contact_on", "received_at",
    "last_occurred_at", "ended_at", "outcome", "solution", "solution_at", "memory",
)  # fmt: skip

CASE_COLUMNS = (
    "id", "reference", "pathway_key", "person_id", "home_id", "tenure", "landlord_organisation_id", "adaptations",
    "flags", "head_hash", "due_on", "due_soon_on", "end_to_end_due_on",
)  # fmt: skip

SELECT_CASE: LiteralString = (
    "SELECT " + ", ".join(f"c.{name}" for name in (*CASE_COLUMNS, *STATE_COLUMNS)) + " FROM cases c"
)


class NamedRow(Protocol):
    """A row whose columns have names, SQLAlchemy's or psycopg's."""

    def _asdict(self) -> dict[str, Any]: ...


def case_from(row: NamedRow) -> Case:
    """Read a row of SELECT_CASE."""
    values = row._asdict()
    state = {name: values[name] for name in STATE_COLUMNS} | {"party_ids": tuple(values["party_ids"])}
    rest = {name: values[name] for name in CASE_COLUMNS}
    rest |= {"adaptations": tuple(rest["adaptations"]), "flags": tuple(rest["flags"])}
    return Case(**rest, state=CaseState(**state), locked_at=values.get("locked_at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event that is in the journal, and the case's state after it."""

    event: Event
    recorded_at: datetime
    organisation: str
    """The name of the organisation that acted."""
    hash: bytes
    state: CaseState


def state_or_none(tier: str | None, stage: str | None) -> State | None:
    """The pair as stored in two columns; both are empty before the first event."""
    return State(tier, stage) if tier is not None and stage is not None else None
