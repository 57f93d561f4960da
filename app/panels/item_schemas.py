"""What the API reads and writes about one case on an agenda, and about what comes of it."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from app.edge.bodies import Body, Day, Email, Prose, Short, example
from app.panels.actions.decide_item import Decision
from app.panels.rules import Effect
from app.panels.schemas import AssentOut
from app.panels.tasks import TaskKind, TaskOutcome


class InterestIn(Body):
    """An interest in the case, one's own unless a member is named: what it is, and what follows."""

    nature: Prose
    effect: Effect
    member: Email | None = None

    model_config = example({"nature": "I assessed the person three years ago.", "effect": "stays"})


class TaskIn(Body):
    """Something to be done, by when, by whom: a user's e-mail address, an organisation, or both."""

    kind: TaskKind
    told: Prose
    due_on: Day
    owner: Email | None = None
    organisation: Short | None = None


class DecisionIn(Body):
    """What the panel decided. `answers` fill in the form of the pathway's action (`GET /cases/{reference}/actions`)."""

    decision: Decision
    answers: Annotated[dict[str, Any], Field(default_factory=dict)]
    tasks: Annotated[list[TaskIn], Field(default_factory=list, max_length=20)]

    model_config = example(
        {
            "decision": "agree",
            "answers": {
                "solution": "A ground-floor shower room in the present store.",
                "reasons": "It meets the person's goals, and no suitable home is within reach of the carer.",
                "review_on": "2031-04-01",
            },
        }
    )


class TaskEndIn(Body):
    """What became of a task; `not_met` and `dropped` say why in `result`."""

    outcome: TaskOutcome
    result: Prose | None = None

    model_config = example({"outcome": "done"})


class LetterIn(Body):
    """The letter's text; without one it is drafted anew from the decision."""

    body: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
        | None
    ) = None

    model_config = example({})


class LetterSentIn(Body):
    """The day on which the letter went out."""

    sent_on: Day

    model_config = example({"sent_on": "2026-01-12"})


class LetterOut(BaseModel):
    """The letter about a decision; once sent it stays as it is."""

    reference: str
    body: str
    drafted_at: AwareDatetime
    sent_on: date | None


class InterestOut(BaseModel):
    """What a member has declared."""

    name: str
    nature: str
    effect: str
    declared_at: AwareDatetime


class TaskOut(BaseModel):
    """Something to be done because of a panel; open until `outcome` says what became of it."""

    id: int
    reference: str | None
    kind: str
    told: str
    due_on: date
    overdue: bool
    owner: str | None
    organisation: str | None
    outcome: str | None
    result: str | None


class TaskList(BaseModel):
    """Open tasks, soonest first; at most the first two hundred."""

    items: list[TaskOut]


class SeatThen(BaseModel):
    """A seat as the decision found it."""

    organisation: str
    sector: str
    present: bool
    effect: str | None


class DecidedOut(BaseModel):
    """How the decision was taken, as it was then; the person is told by `tell_by`."""

    way: str
    decision: str
    decided_on: date
    tell_by: date
    review_on: date | None
    quorate: bool
    seats: list[SeatThen]
    recorded_at: AwareDatetime


class OneItem(BaseModel):
    """A case on an agenda: how it stands, what was declared and said, what was decided and what has come of it."""

    meeting: int
    panel: str
    held_on: date
    reference: str
    position: int
    closed_at: AwareDatetime | None
    quorate: bool
    missing_assents: list[str]
    dissenting: list[str]
    stood_aside: list[str]
    interests: list[InterestOut]
    assents: list[AssentOut]
    decision: str | None
    decided: DecidedOut | None
    tasks: list[TaskOut]
