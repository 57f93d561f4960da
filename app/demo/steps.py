"""A story is a list of steps: who does what, and how many working days after the step before.

Steps are plain values without days of their own, so a story can be told first and put into the calendar afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from app.cases.rules import Kind
from app.demo.needs import Need
from app.demo.people import Resident


@dataclass(frozen=True, slots=True)
class OnTheDay:
    """A date in a form: the day on which the step happened."""


@dataclass(frozen=True, slots=True)
class InDays:
    """A date in a form that lies ahead: calendar days after the day on which the step is written down."""

    days: int


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """A panel meeting in a form: the next with a free place for which papers are still taken.

    `ahead` asks for one that is still to come today; `quorate` for one at which enough members come.
    """

    ahead: bool = False
    quorate: bool = True


@dataclass(frozen=True, slots=True)
class Log:
    """The referral is logged."""


@dataclass(frozen=True, slots=True)
class Take:
    """An action of the pathway, with the answers in its form."""

    action: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Jot:
    """Something recorded beside the moves: a conversation, a contact, a note, consent."""

    kind: Kind
    details: Mapping[str, Any]
    effects: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Assignment:
    """The case is given to a member of the cast."""

    to: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A handover is offered to another organisation."""

    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A handover is accepted or declined."""

    accepts: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Mend:
    """An earlier event is corrected. A time moves half-way towards the event before it; a day one week back."""

    sequence: int
    field: Literal["occurred_at", "first_contact_on", "detail"]
    why: str
    detail: str | None = None
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """A possible repeat is linked or kept separate: the case of the story with this number."""

    other: int
    decision: Literal["linked", "separate"]
    reason: str


@dataclass(frozen=True, slots=True)
class Assent:
    """An organisation on the panel agrees, or says why not."""

    assents: bool
    reasons: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A contractor's quote comes, valid for so many days."""

    contractor: str
    amount: Decimal
    items: tuple[str, ...]
    valid_days: int


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Somebody says how it went."""

    answers: Mapping[str, str]
    given_by: str
    how: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What has become of an adaptation is seen."""

    adaptation: str
    mark: str
    note: str | None


Deed: TypeAlias = Log | Take | Jot | Assignment | Offer | Reply | Mend | Judge | Assent | Quoted | Surveyed | Marked
NO_EVENT: Final = (Assent, Marked)
"""Deeds that write nothing into the case's journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`who` is a login of the cast. `lag` are working days between its happening and its being written down."""

    who: str
    deed: Deed
    wait: int = 0
    lag: int = 0
    at_meeting: bool = False
    """Not before the day of the panel meeting that the case is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One case, from its referral to where it stands today."""

    number: int
    resident: Resident
    need: Need
    consent: bool
    referrer: str
    first_contact: int
    """Calendar days from the first contact to the referral."""
    steps: tuple[Step, ...]
    rest: int | None
    """Working days that have gone by since the last step; None when it may have ended at any time."""
    logged_before: int | None = None
    """The number of a story that begins after this one."""
