"""What the API tells about a case's time. Names are the contract's."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel


class DaysOut(BaseModel):
    """A length of time: the days after the first, up to and including the last."""

    calendar_days: int
    working_days: int


class CalendarOut(BaseModel):
    """The calendar in which working days are counted."""

    key: str
    title: str


class StageTimeOut(DaysOut):
    """One stay in a stage; the days of an ended case's last stage are not counted, for it waits for nothing."""

    tier: str
    stage: str
    label: str
    entered_at: AwareDatetime
    left_at: AwareDatetime | None
    journey: Literal["known", "unknown"]
    """`unknown`: the case left by steps nobody wrote down, so the days are an upper limit."""


class CustodyTimeOut(DaysOut):
    """How long an organisation held the case without a break."""

    organisation: str
    held_from: AwareDatetime
    held_to: AwareDatetime | None


class HoldTimeOut(DaysOut):
    """One hold, and whom it waits on."""

    waits_on: str
    cause: str
    held_from: AwareDatetime
    held_to: AwareDatetime | None


class WaitedOnOut(DaysOut):
    """All holds that waited on the same."""

    waits_on: str
    holds: int


class NetOut(DaysOut):
    """The clock without what its definition leaves out."""

    definition: str


class ClockOut(DaysOut):
    """A clock over one episode of the case. `target_choice_of` says whose number the target is."""

    key: Literal["end_to_end"] = "end_to_end"
    definition: str
    episode: int
    started_on: date
    stopped_on: date | None
    counted_to: date
    running: bool
    target_working_days: int | None
    target_months: int | None
    target_choice_of: Literal["partnership", "law"] | None
    due_on: date | None
    net: NetOut


class TimeOut(BaseModel):
    """Where a case's time went. `before_referral` and the stages' days within a clock add up to the clock's days."""

    reference: str
    as_of: AwareDatetime
    calendar: CalendarOut
    first_contact_on: date
    before_referral: DaysOut
    stages: list[StageTimeOut]
    custody: list[CustodyTimeOut]
    holds: list[HoldTimeOut]
    waited_on: list[WaitedOnOut]
    clocks: list[ClockOut]
