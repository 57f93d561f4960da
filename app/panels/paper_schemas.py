"""What the API reads and writes about papers, and about what members ask before they meet."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from app.edge.bodies import Body, Prose, Short, example

Place = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,80}$")]
"""A part of the papers (`person`), or a line of one (`person.home`)."""


class OptionIn(Body):
    """A way forward that the panel may choose: what it costs in pounds, and what it would mean for the person."""

    name: Short
    meaning: Prose
    cost: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] | None = None


class OptionsIn(Body):
    """All the options; they take the place of those written before."""

    options: Annotated[list[OptionIn], Field(min_length=1, max_length=20)]

    model_config = example(
        {
            "options": [
                {
                    "name": "A ground-floor shower room",
                    "cost": "18500.00",
                    "meaning": "Washing without help, staying put.",
                },
                {"name": "Moving to a ground-floor flat", "meaning": "A longer wait, away from the carer next door."},
            ]
        }
    )


class WithholdIn(Body):
    """A place in the papers that members need not see, and why; without a reason it is shown again."""

    part: Place
    reason: Short | None = None

    model_config = example({"part": "documents.document_9", "reason": "It shows the neighbour."})


class CirculateIn(Body):
    """What has changed, from the second version on."""

    why: Short | None = None

    model_config = example({"why": "The quote has come."})


class QuestionIn(Body):
    """Something that a member asks of whoever presents the case, or remarks."""

    kind: Literal["question", "comment"]
    told: Prose

    model_config = example({"kind": "question", "told": "Has the drain been looked at?"})


class AnswerIn(Body):
    """The answer to a question."""

    answer: Prose

    model_config = example({"answer": "Yes, in March; it can take a shower."})


class LineOut(BaseModel):
    """One thing that the papers say; withheld, the text is the reason why."""

    key: str
    label: str
    texts: list[str]
    withheld: bool


class PartOut(BaseModel):
    """A part of the papers."""

    key: str
    title: str
    lines: list[LineOut]


class ChangeOut(BaseModel):
    """A line that the version before did not say, or said otherwise."""

    part: str
    label: str
    kind: Literal["came", "went", "changed"]
    before: list[str]
    after: list[str]


class VersionOut(BaseModel):
    """A version that was circulated."""

    version: int
    why: str | None
    circulated_at: AwareDatetime
    circulated_by: str


class QuestionOut(BaseModel):
    """What a member asked or remarked."""

    id: int
    kind: str
    told: str
    asked_by: str
    asked_at: AwareDatetime
    answer: str | None
    answered_by: str | None
    answered_at: AwareDatetime | None


class QuestionList(BaseModel):
    """All that was asked and remarked about a case on an agenda, in that order."""

    items: list[QuestionOut]


class PackOut(BaseModel):
    """The papers of a case as they were circulated, with what has changed since the version before.

    `sha256` is that of the content as JSON with its keys in order.
    """

    meeting: int
    reference: str
    version: int
    newest: int
    sha256: str
    why: str | None
    circulated_at: AwareDatetime
    circulated_by: str
    parts: list[PartOut]
    documents: list[int]
    changes: list[ChangeOut]
    versions: list[VersionOut]
    questions: list[QuestionOut]


class PapersOfMeeting(BaseModel):
    """The newest papers of the cases on an agenda that the reader may see."""

    items: list[PackOut]


class DraftOut(BaseModel):
    """The papers as they would be circulated now, all of them, with what members will not see."""

    reference: str
    parts: list[PartOut]
    withheld: dict[str, str]
    missing: list[str]
    circulated: int | None
