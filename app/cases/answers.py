"""What the API answers about cases. Names are the contract's."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

DueStatus = Literal["overdue", "due_soon", "on_track", "on_hold", "none"]


class StateOut(BaseModel):
    """A tier and a stage."""

    tier: str
    stage: str


class PathwayOut(BaseModel):
    """A pathway's key and version."""

    key: str
    version: int


class OrganisationsOut(BaseModel):
    """Who holds the case now, and every organisation party to it."""

    custody: str
    parties: list[str]


class AssigneeOut(BaseModel):
    """Who works on the case."""

    id: int
    name: str
    email: str


class PersonOut(BaseModel):
    """The person, to those who may see the case."""

    name: str
    date_of_birth: date | None
    chi_number: str | None
    nhs_number: str | None
    phone: str | None
    email: str | None
    preferred_contact: str | None


class HomeOut(BaseModel):
    """The home and the person's tenure in it."""

    address: str
    postcode: str | None
    uprn: str | None
    tenure: str
    landlord: str | None


class NeedOut(BaseModel):
    """What is needed."""

    description: str
    adaptations: list[str]
    flags: list[str]


class CaseOut(BaseModel):
    """A case, as the contract names it."""

    reference: str
    tier: str
    stage: str
    stage_group: str
    priority: str | None
    fast_track: str | None
    pathway: PathwayOut
    sequence: int
    first_contact_on: date
    received_at: AwareDatetime
    ended_at: AwareDatetime | None
    outcome: str | None
    assigned_to: AssigneeOut | None
    organisations: OrganisationsOut
    due_on: date | None
    due_status: DueStatus
    end_to_end_due_on: date | None
    person: PersonOut
    home: HomeOut
    need: NeedOut
    source: str | None = None
    source_reference: str | None = None


class ProposedTierOut(BaseModel):
    """What triage proposes, why, and why no lower tier would do."""

    tier: str
    reasons: list[str]
    lower_ruled_out: list[str]


class PossibleRepeatOut(BaseModel):
    """A case that may be about the same need. Of a case you may not open, only this much is shown."""

    reference: str
    organisation: str
    open: bool
    reasons: list[str]
    score: float
    blocks: bool
    visible: bool
    decision: Literal["linked", "separate"] | None = None


class LoggedOut(CaseOut):
    """A new case with what was found when it was logged."""

    proposed_tier: ProposedTierOut
    possible_repeats: list[PossibleRepeatOut]


class BlockerOut(BaseModel):
    """Why an action is not possible now."""

    code: str
    message: str


class ActionOut(BaseModel):
    """An action as it stands now for the caller: a page builds its form from this."""

    action: str
    label: str
    to: list[StateOut]
    allowed: bool
    blockers: list[BlockerOut]
    form: dict[str, Any]


class EventOut(BaseModel):
    """One entry of the journal."""

    model_config = ConfigDict(populate_by_name=True)

    sequence: int
    kind: str
    action: str | None
    from_: StateOut | None = Field(alias="from")
    to: StateOut
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    actor: str
    organisation: str
    details: dict[str, Any]


class CasePage(BaseModel):
    """Some cases, in worklist order."""

    items: list[CaseOut]
    next_cursor: str | None


class EventPage(BaseModel):
    """Some events, oldest first."""

    items: list[EventOut]
    next_cursor: str | None
