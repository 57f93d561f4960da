"""What the API takes about cases. Names are the contract's."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from app.edge.bodies import Day

Short = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=r"^[^\x00]*$")]
Tenure = Literal["owner_occupier", "private_rented", "council_tenant", "rsl_tenant", "other"]


def _within_reach(moment: datetime) -> datetime:
    # Further away it cannot be put into UTC, which may lie a day earlier or later.
    if not 1900 <= moment.year <= 2199:
        raise ValueError("Enter a time between the years 1900 and 2199.")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
"""A moment with its zone, within the reach that the forms of actions have too."""


def _can_be_read(name: str) -> str:
    if not any(letter.isalnum() for letter in name):
        raise ValueError("Enter the name in letters; nothing of this can be seen.")
    return name


class Body(BaseModel):
    """A request's body: unknown fields are refused, so a misspelt one is never lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonIn(Body):
    """Who needs the adaptation."""

    name: Annotated[Short, AfterValidator(_can_be_read)]
    date_of_birth: Day
    chi_number: Line | None = None
    nhs_number: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    preferred_contact: Line | None = None


class HomeIn(Body):
    """The home to be adapted; tenure is the person's in it."""

    address: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")
    ]
    postcode: Short
    uprn: Line | None = None
    tenure: Tenure
    landlord: Line | None = None


class ReferrerIn(Body):
    """Who asks: the person, a carer, a professional."""

    capacity: Short
    name: Line | None = None
    organisation: Line | None = None


class NeedIn(Body):
    """What is needed and what bears on how complex it is."""

    description: Prose
    adaptations: Annotated[list[Short], Field(min_length=1, max_length=30)]
    flags: Annotated[list[Short], Field(max_length=30)] = []


class ConsentIn(Body):
    """Whether the person agrees that the partner organisations share what they must to help."""

    share_with_partners: StrictBool
    recorded_on: Day
    given_by: Short


class ReferralIn(Body):
    """A referral."""

    person: PersonIn
    home: HomeIn
    referrer: ReferrerIn
    need: NeedIn
    first_contact_on: Day
    consent: ConsentIn
    pathway: Short | None = None
    """A pathway's key where the partnership runs more than one; its own default otherwise."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "person": {
                        "name": "Davina Dummie",
                        "date_of_birth": "1941-03-07",
                        "nhs_number": "9434765919",
                        "phone": "01632 960123",
                        "preferred_contact": "phone",
                    },
                    "home": {
                        "address": "14 Sample Gardens, Fixtureton",
                        "postcode": "FK9 4ZZ",
                        "tenure": "rsl_tenant",
                        "landlord": "Clydeview Housing Association",
                    },
                    "referrer": {"capacity": "carer", "name": "Ewan Dummie"},
                    "need": {
                        "description": "Cannot step over the side of the bath since a fall in the winter.",
                        "adaptations": ["level_access_shower"],
                        "flags": [],
                    },
                    "first_contact_on": "2026-11-02",
                    "consent": {
                        "share_with_partners": True,
                        "recorded_on": "2026-11-02",
                        "given_by": "the person",
                    },
                }
            ]
        },
    )


class OccurredIn(Body):
    """When it happened; now when not given."""

    occurred_at: Moment | None = None


class OptionDiscussed(Body):
    """One way forward that was talked over with the person, and what came of it."""

    option: Literal["staying", "rehousing", "equipment", "technology", "reablement", "adaptation"]
    outcome: Prose


class ConversationIn(OccurredIn):
    """A Housing Solutions conversation."""

    with_whom: Annotated[list[Short], Field(min_length=1, max_length=20)]
    what_matters: Prose
    """What matters to the person, as near as can be in their own words."""
    options: Annotated[list[OptionDiscussed], Field(min_length=1, max_length=20)]

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "with_whom": ["the person", "daughter"],
                    "what_matters": "To wash without help, and to stay near the neighbours.",
                    "options": [
                        {"option": "staying", "outcome": "Wants to stay; the house suits in all else."},
                        {
                            "option": "rehousing",
                            "outcome": "Talked over; no suitable home nearby, does not wish to move.",
                        },
                        {"option": "equipment", "outcome": "A bath board was tried and is not safe any more."},
                        {"option": "adaptation", "outcome": "A shower without a step would do."},
                    ],
                }
            ]
        },
    )


class AssignmentIn(OccurredIn):
    """Who is to work on the case: a colleague's e-mail address or number, or `me`."""

    assigned_to: Short | int
    note: Line | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"assigned_to": "me"}]})


class NoteIn(OccurredIn):
    """A note on the case."""

    note: Prose
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"note": "Key is with the neighbour at number 12."}]},
    )


class ContactIn(OccurredIn):
    """A contact with the person or somebody who speaks for them."""

    with_whom: Short
    channel: Literal["phone", "visit", "letter", "email", "text", "video", "other"]
    summary: Prose
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"with_whom": "the person", "channel": "phone", "summary": "Told them the visit is on Tuesday."}
            ]
        },
    )


class ConsentRecordIn(ConsentIn):
    """Consent given or withdrawn after the referral was logged."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"share_with_partners": True, "recorded_on": "2026-11-02", "given_by": "the person"}]
        },
    )


class RepeatDecisionIn(Body):
    """Whether a possible repeat is the same need (`linked`) or another (`separate`), and why."""

    decision: Literal["linked", "separate"]
    reason: Prose
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"decision": "separate", "reason": "Her husband's rails; hers is the shower."}]
        },
    )


class HandoverIn(OccurredIn):
    """Offer the case to another organisation: its key or name."""

    organisation: Short
    reason: Prose
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"organisation": "eastlaw", "reason": "Needs an assessment for a shower."}]},
    )


class HandoverAnswerIn(OccurredIn):
    """Accept or decline a handover; declining says why."""

    answer: Literal["accept", "decline"]
    reason: Prose | None = None
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"answer": "accept"}]})


class CorrectionIn(Body):
    """Correct one thing that an earlier event got wrong; the first entry stays in the journal."""

    sequence: Annotated[int, Field(ge=1)]
    field: Literal["occurred_at", "first_contact_on", "detail"]
    detail: Short | None = None
    """Which detail of the event, when `field` is `detail`."""
    now: Prose
    """What it should have been; a time for `occurred_at`, a day for `first_contact_on`."""
    why: Prose
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "sequence": 1,
                    "field": "first_contact_on",
                    "now": "2026-10-30",
                    "why": "The letter is dated 30 October.",
                }
            ]
        },
    )
