"""What the API reads and writes to set up panels and meetings: terms, series, seats, agendas, referrals."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StrictBool

from app.edge.bodies import Body, Day, Email, Line, Prose, Short, example
from app.panels.actions.check_referral import Outcome
from app.panels.actions.set_terms import Correspondence, Substitution
from app.panels.actions.set_up_panel import Sector
from app.panels.rules import AssentRule
from app.panels.schemas import Link, TimeOfDay

ChecklistKey = Literal["views", "goals", "conversation", "options", "rehousing", "consent"]
Number = Annotated[int, Field(ge=1, le=50)]


class TermsIn(Body):
    """A version of a panel's terms of reference, in force from a day that is to come."""

    in_force_from: Day
    purpose: Prose | None = None
    quorum: Number
    quorum_sectors: Annotated[list[Sector], Field(max_length=5, default_factory=list)]
    papers_working_days: Annotated[int, Field(ge=0, le=60)]
    decision_working_days: Annotated[int, Field(ge=0, le=60)]
    capacity: Number
    item_minutes: Annotated[int, Field(ge=5, le=480)]
    substitution: Substitution
    assent_rule: AssentRule
    correspondence: Correspondence
    correspondence_quorum: Number | None = None
    sight_days_after: Annotated[int, Field(ge=0, le=365)]
    checklist: Annotated[list[ChecklistKey], Field(max_length=6, default_factory=list)]

    model_config = example(
        {
            "in_force_from": "2031-01-06",
            "purpose": "Decides on cases for which no straightforward solution was found.",
            "quorum": 2,
            "quorum_sectors": ["health", "housing"],
            "papers_working_days": 5,
            "decision_working_days": 5,
            "capacity": 6,
            "item_minutes": 30,
            "substitution": "organisation",
            "assent_rule": "every_partner_agrees",
            "correspondence": "fast_track",
            "sight_days_after": 14,
            "checklist": ["views", "goals", "options"],
        }
    )


class TermsOut(BaseModel):
    """A version of a panel's terms, in force from its day until that of the next."""

    version: int
    in_force_from: date
    purpose: str | None
    quorum: int
    quorum_sectors: list[str]
    papers_working_days: int
    decision_working_days: int
    capacity: int
    item_minutes: int
    substitution: str
    assent_rule: str
    correspondence: str
    correspondence_quorum: int | None
    sight_days_after: int
    checklist: list[str]


class TermsList(BaseModel):
    """Every version of a panel's terms, newest first."""

    items: list[TermsOut]


class SeriesIn(Body):
    """Meetings every so many weeks or months. For months, `week_of_month` is 1 to 4, or 5 for the last such weekday."""

    every: Annotated[int, Field(ge=1, le=12)]
    unit: Literal["weeks", "months"]
    weekday: Annotated[int, Field(ge=0, le=6)]
    """0 is Monday."""
    week_of_month: Annotated[int, Field(ge=1, le=5)] | None = None
    first_on: Day
    last_on: Day
    capacity: Number
    place: Line | None = None
    starts_at: TimeOfDay | None = None
    ends_at: TimeOfDay | None = None
    link: Link | None = None

    model_config = example(
        {
            "every": 1,
            "unit": "months",
            "weekday": 1,
            "week_of_month": 2,
            "first_on": "2032-01-05",
            "last_on": "2032-03-31",
            "capacity": 6,
            "starts_at": "10:00",
        }
    )


class ReplacementIn(Body):
    """Who sits in a member's place from today, for the same organisation."""

    email: Email

    model_config = example({"email": "team_manager@demo.example"})


class InviteeIn(Body):
    """Who is invited to every meeting, or where `ends` no longer."""

    email: Email
    ends: StrictBool = False

    model_config = example({"email": "housing_officer@demo.example"})


class SubstituteIn(Body):
    """Who may sit for a member: a user with the role of a panel member."""

    substitute: Email

    model_config = example({"substitute": "panel_member@demo.example"})


class ApologiesIn(Body):
    """Who sits for the member, and for whom apologies are sent where not one's own."""

    substitute: Email | None = None
    member: Email | None = None

    model_config = example({})


class MeetingChangeIn(Body):
    """A meeting as it is to be, whole."""

    held_on: Day
    capacity: Number
    place: Line | None = None
    starts_at: TimeOfDay | None = None
    ends_at: TimeOfDay | None = None
    link: Link | None = None

    model_config = example({"held_on": "2031-03-19", "capacity": 6, "place": "Committee room 3"})


class AgendaPlaceIn(Body):
    """A case's place on an agenda."""

    reference: Short
    minutes: Annotated[int, Field(ge=5, le=480)] | None = None
    presenter: Email | None = None


class AgendaIn(Body):
    """The agenda in its order: every case that is open on it, once."""

    items: Annotated[list[AgendaPlaceIn], Field(max_length=50)]

    model_config = example({"items": []})


class ChairIn(Body):
    """Who leads the meeting: somebody who sits at it."""

    chair: Email

    model_config = example({"chair": "panel_member@demo.example"})


class CheckIn(Body):
    """What a referral was found to be; sent back, it says what is missing and by when it is wanted."""

    outcome: Outcome
    note: Prose | None = None
    due_on: Day | None = None
    owner: Email | None = None

    model_config = example({"outcome": "accepted"})


class CheckOut(BaseModel):
    """What came of the last check of a referral."""

    outcome: str
    note: str | None
    missing: list[str]
    checked_by: str
    checked_at: AwareDatetime


class ReferralOut(BaseModel):
    """A case that waits for a place on an agenda; `missing` are the keys of what its referral does not hold."""

    reference: str
    referred_on: date
    due_on: date | None
    fast_track: str | None
    missing: list[str]
    check: CheckOut | None


class ReferralList(BaseModel):
    """Cases that wait, fast tracks first; at most the first fifty."""

    items: list[ReferralOut]
