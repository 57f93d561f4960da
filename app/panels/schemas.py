"""What the API reads and writes about panels."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from app.edge.bodies import Body, Day, Email, Key, Line, Prose, Short, example
from app.panels.actions.set_up_panel import Sector

MemberId = Annotated[int, Field(ge=1, strict=True)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""As the clocks here show it: 14:30."""
Link = Annotated[str, Field(max_length=500, pattern=r"^https://[!-~]+$")]
"""Where a meeting is joined from afar."""
Members = Annotated[list[MemberId | Email], Field(max_length=100)]


class PanelIn(Body):
    """A panel and the rules of its quorum."""

    key: Key
    name: Short
    quorum: Annotated[int, Field(ge=1, le=50)]
    quorum_sectors: Annotated[list[Sector], Field(max_length=5, default_factory=list)]
    """Sectors of which at least one member must be there."""
    papers_working_days: Annotated[int, Field(ge=0, le=60)]
    """How many working days before a meeting papers must be in."""

    model_config = example(
        {
            "key": "complex-cases",
            "name": "Complex cases panel",
            "quorum": 3,
            "quorum_sectors": ["health", "housing"],
            "papers_working_days": 10,
        }
    )


class MemberIn(Body):
    """Who is to sit on the panel, and for which organisation: the user's own when none is named."""

    email: Email
    sector: Sector
    organisation: Short | None = None
    member_from: Day | None = None

    model_config = example({"email": "panel_member@demo.example", "sector": "housing"})


class MeetingIn(Body):
    """A meeting: a working day, and how many cases it can hear. The papers' day is worked out."""

    held_on: Day
    capacity: Annotated[int, Field(ge=1, le=50)]
    place: Line | None = None
    starts_at: TimeOfDay | None = None
    ends_at: TimeOfDay | None = None
    link: Link | None = None

    model_config = example({"held_on": "2031-03-18", "capacity": 6, "place": "Committee room 2", "starts_at": "10:00"})


class CancellationIn(Body):
    """To which meeting of the same panel the cases on the agenda go, and why this one is not held."""

    move_to: MemberId | None = None
    reason: Short | None = None

    model_config = example({"reason": "Snow."})


class RoundIn(Body):
    """A case on a fast track that the members are asked about between meetings; they answer by `closes_on`."""

    reference: Short
    closes_on: Day

    model_config = example({"reference": "HS-000123-J", "closes_on": "2031-03-18"})


class AttendanceIn(Body):
    """Who came and who did not: members by number (`GET /meetings/{id}` lists them) or e-mail address."""

    present: Members
    absent: Annotated[Members, Field(default_factory=list)]

    model_config = example({"present": ["panel_member@demo.example"], "absent": []})


class AssentIn(Body):
    """An organisation's assent or, with reasons, its dissent. Only a coordinator names the organisation."""

    assents: bool
    reasons: Prose | None = None
    organisation: Short | None = None

    model_config = example({"assents": True})


class MemberOut(BaseModel):
    """A member of a panel."""

    id: int
    name: str
    email: str
    organisation: str
    sector: str


class NamedSubstitute(BaseModel):
    """Who may sit for a member, by the member's number."""

    member: int
    name: str
    email: str


class InvitedOut(BaseModel):
    """Who is invited to every meeting beside the members."""

    name: str
    email: str


class PanelOut(BaseModel):
    """A panel, its quorum and its current members."""

    key: str
    name: str
    quorum: int
    quorum_sectors: list[str]
    papers_working_days: int
    members: list[MemberOut]
    substitutes: list[NamedSubstitute]
    invited: list[InvitedOut]


class PanelPage(BaseModel):
    """Some panels, by key."""

    items: list[PanelOut]
    next_cursor: str | None


class MeetingSummary(BaseModel):
    """A meeting or a round by correspondence (`kind`); `booked` of its `capacity` cases are on the agenda."""

    id: int
    kind: str
    panel: str
    held_on: date
    papers_due_on: date
    capacity: int
    booked: int
    place: str | None
    starts_at: str | None
    ends_at: str | None
    link: str | None
    cancelled_at: AwareDatetime | None


class MeetingPage(BaseModel):
    """Some meetings, by day."""

    items: list[MeetingSummary]
    next_cursor: str | None


class SeatOut(MemberOut):
    """A member at a meeting; `present` is null until attendance is recorded. `substitute` sits for it."""

    present: bool | None
    apologies: bool
    substitute: str | None


class AssentOut(BaseModel):
    """What an organisation said about a case; not `current` once other papers than it was about were circulated."""

    organisation: str
    assents: bool
    reasons: str | None
    given_by: str
    given_at: AwareDatetime
    current: bool


class ItemOut(BaseModel):
    """A case on the agenda, open until `decision` says what became of it.

    `tier` and `stage` are null where the reader sees the item and not the case.
    """

    reference: str
    position: int
    starts_at: str | None
    minutes: int
    presenter: str | None
    tier: str | None
    stage: str | None
    scheduled_at: AwareDatetime
    closed_at: AwareDatetime | None
    decision: str | None
    assents: list[AssentOut]
    missing_assents: list[str]


class MeetingOut(MeetingSummary):
    """A meeting with who attended and the cases on its agenda that the reader may see.

    A case's `starts_at` follows from the meeting's, where it has one, and the minutes of the cases before it.
    """

    quorate: bool
    chair: str | None
    members: list[SeatOut]
    items: list[ItemOut]
