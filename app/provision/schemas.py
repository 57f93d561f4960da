"""What the API takes about provision. Pages ask with the same models."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from app.edge.bodies import Body, Day, Line, Prose, Short, example
from app.pathways.field_types import Pounds

GivenBy = Literal["person", "household", "carer", "advocate"]
How = Literal["phone", "visit", "letter", "online"]
Mark = Literal["still_in_use", "for_recycling", "removed", "recycled"]
Said = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]
QuestionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]

GIVEN_BY: Final[Mapping[str, str]] = {
    "person": "The person",
    "household": "Somebody they live with",
    "carer": "A carer or family member",
    "advocate": "Somebody who speaks for them",
}
HOW: Final[Mapping[str, str]] = {"phone": "By phone", "visit": "On a visit", "letter": "By letter", "online": "Online"}
MARKS: Final[Mapping[str, str]] = {
    "still_in_use": "Still in use",
    "for_recycling": "Can be taken out and used again",
    "removed": "Taken out, not to be used again",
    "recycled": "Used again in another home",
}


class QuoteIn(Body):
    """What a contractor offers to do the works for."""

    contractor: Short
    amount: Pounds
    items: Annotated[list[Short], Field(min_length=1, max_length=30)]
    """Adaptations of the catalogue: their keys, or words for them."""
    received_on: Day
    valid_until: Day | None = None
    document: Line | None = None
    """The reference of the paper it came on."""

    model_config = example(
        {
            "contractor": "Testcase Joiners",
            "amount": "4850.00",
            "items": ["level_access_shower"],
            "received_on": "2026-11-02",
            "valid_until": "2027-01-31",
        }
    )


class SurveyIn(Body):
    """What somebody answered. The questions are in `GET /cases/{reference}/provision`, under `survey_form`."""

    answers: Annotated[dict[QuestionKey, Said], Field(max_length=50)]
    given_by: GivenBy
    how: How
    answered_on: Day

    model_config = example(
        {
            "answers": {"ease": "easy", "helped": "a_lot", "satisfaction": "very_satisfied"},
            "given_by": "person",
            "how": "phone",
            "answered_on": "2026-11-02",
        }
    )


class MarkIn(Body):
    """What has become of an adaptation: on which day, and what the next person should know."""

    mark: Mark
    marked_on: Day
    note: Prose | None = None

    model_config = example({"mark": "still_in_use", "marked_on": "2026-11-02"})
