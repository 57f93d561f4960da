"""What the API takes and answers about saved views, assignments of several cases, and a manager's numbers."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from app.cases.actions.assign_many import MOST_CASES, Outcome
from app.cases.actions.keep_views import LONGEST_NAME
from app.cases.filters import Due
from app.cases.lists import ListName
from app.cases.orders import OrderName
from app.edge.bodies import Body, Line, Short, example

ViewName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]*$"),
]


class FiltersIn(Body):
    """The filters of `GET /cases`, by the same names."""

    tier: Short | None = None
    stage: Short | None = None
    group: Short | None = None
    tenure: Short | None = None
    priority: Short | None = None
    fast_track: Short | None = None
    due: Due | None = None
    organisation: Short | None = None
    assigned_to: Short | None = None
    adaptation: Short | None = None
    on_hold: bool | None = None
    source: Short | None = None


class WantedIn(Body):
    """A list, filters and an order."""

    list: ListName | None = None
    sort: OrderName = "first"
    filters: FiltersIn = FiltersIn()


class SearchIn(Body):
    """What somebody typed to find a person or a case."""

    typed: Short


class ViewIn(WantedIn):
    """A view to save under a name."""

    name: ViewName

    model_config = example(
        {"name": "Showers that are late", "list": "team", "filters": {"adaptation": "level_access_shower"}}
    )


class ViewChangeIn(Body):
    """Another name for a view; and other contents, where they are given."""

    name: ViewName
    wanted: WantedIn | None = None

    model_config = example({"name": "Late showers"})


class WantedOut(BaseModel):
    """A list, filters and an order; only filters that are set."""

    list: ListName | None
    sort: OrderName
    filters: dict[str, str | bool]


class ViewOut(WantedOut):
    """A saved view of one's own."""

    id: int
    name: str


class ViewPage(BaseModel):
    """All saved views of one's own, by name."""

    items: list[ViewOut]
    next_cursor: None = None


class DeletedOut(BaseModel):
    """What was deleted."""

    id: int


class SeenCaseIn(Body):
    """A case, and the sequence that was last seen of it: one that has moved on is left alone and told."""

    reference: Short
    sequence: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class AssignmentsIn(Body):
    """Several cases for one colleague: an e-mail address or number, or `me`."""

    cases: Annotated[list[SeenCaseIn], Field(min_length=1, max_length=MOST_CASES)]
    assigned_to: Short | int
    note: Line | None = None

    model_config = example({"cases": [{"reference": "HS-000123-T", "sequence": 2}], "assigned_to": "me"})


class CaseResultOut(BaseModel):
    """What became of one case; `code` and `message` say why it was refused."""

    reference: str
    outcome: Outcome
    sequence: int | None
    code: str | None
    message: str | None


class AssignmentsOut(BaseModel):
    """What became of each case, in the order in which they were given."""

    assigned_to: int
    results: list[CaseResultOut]


class CarriedOut(BaseModel):
    """How much a colleague carries: open cases that the manager sees."""

    id: int
    name: str
    roles: list[str]
    open: int
    overdue: int
    due_soon: int
    by_tier: dict[str, int]
    waiting_since: date | None


class StageLoadOut(BaseModel):
    """How many cases are in a stage; `since` is when the one that has been there longest came into it."""

    stage: str
    open: int
    overdue: int
    since: AwareDatetime


class ExpiryOut(BaseModel):
    """Training that has expired or soon will."""

    id: int
    name: str
    module: int
    expires_on: date
    expired: bool


class TeamOut(BaseModel):
    """A manager's numbers. `list` and `organisation` give the same cases in `GET /cases`."""

    list: ListName
    organisation: str | None
    people: Sequence[CarriedOut]
    stages: Sequence[StageLoadOut]
    training: Sequence[ExpiryOut]
    unassigned: int
    reviews_overdue: int
    handovers: int
    counted_to: int
    """The last three are counted no further than one more than this."""
