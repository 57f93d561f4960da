"""What the API answers about a panel's work."""

from datetime import date

from pydantic import AwareDatetime, BaseModel


class WaitsOut(BaseModel):
    """Working days from the referral to the panel; null where there is nobody to count."""

    count: int
    median: float | None
    ninetieth: int | None
    longest: int | None


class DecisionsOut(BaseModel):
    """How often a decision was taken, and for which tenures."""

    decision: str
    count: int
    by_tenure: dict[str, int]


class DeferralOut(BaseModel):
    """A case that was put off or referred on, and what for."""

    reference: str
    decided_on: date
    decision: str
    what: str | None
    from_whom: str | None
    by_when: date | None


class AttendanceOut(BaseModel):
    """How often a member's seat was taken in half a year; `unknown` is where nothing was recorded."""

    half: str
    organisation: str
    member: str
    meetings: int
    came: int
    substituted: int
    apologies: int
    unknown: int


class OverdueOut(BaseModel):
    """A case for which something should have been done by a day."""

    reference: str
    day: date


class ConditionOut(BaseModel):
    """A condition that was not met, or whose day has passed (`outcome` null)."""

    reference: str
    told: str
    due_on: date
    outcome: str | None
    result: str | None


class ExceptionOut(BaseModel):
    """A time when the terms were not kept; `reference` is null where it is about no case."""

    kind: str
    reference: str | None
    told: str | None
    recorded_at: AwareDatetime


class OversightOut(BaseModel):
    """A panel's work from `since` to `until`, as far as the reader may see its cases.

    `decided` are waits that a decision has ended, `waiting` those of cases that wait now, up to today. `undecided` were
    on the agenda of a meeting that is past; of `untold` the person should have been told by the day that is named.
    """

    panel: str
    since: date
    until: date
    decided: WaitsOut
    waiting: WaitsOut
    decisions: list[DecisionsOut]
    deferrals: list[DeferralOut]
    attendance: list[AttendanceOut]
    undecided: list[OverdueOut]
    untold: list[OverdueOut]
    conditions: list[ConditionOut]
    exceptions_by_kind: dict[str, int]
    exceptions: list[ExceptionOut]
