"""What the API takes and tells of indicators and their targets."""

import re
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from app.edge.bodies import Body, Prose, Short, example
from app.reports.target_rules import Rag

_NUMBER: Final = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_MOST: Final = 1_000_000
_DECIMALS: Final = 2


def _a_number(value: object) -> object:
    """Say in plain words what is no number, or one that cannot be aimed at."""
    written = str(value).strip() if isinstance(value, str | int | float | Decimal) else ""
    if isinstance(value, bool) or not _NUMBER.fullmatch(written):
        raise ValueError("Enter a number, such as 1,250.5.")
    number = Decimal(written)
    if not 0 <= number <= _MOST:
        raise ValueError(f"Enter a number from 0 to {_MOST:,}.")
    if number != round(number, _DECIMALS):
        raise ValueError("Enter a number with two decimals at most.")
    return number


Amount = Annotated[Decimal, Field(ge=0, le=_MOST, max_digits=12, decimal_places=_DECIMALS), BeforeValidator(_a_number)]
Figure = Literal[
    "median_working_days", "p90_working_days", "mean_working_days", "mean_calendar_days", "completed",
    "percent_within_target",
]  # fmt: skip
FIGURES: dict[str, str] = {
    "median_working_days": "Median, in working days",
    "p90_working_days": "Nine in ten, in working days",
    "mean_working_days": "Mean, in working days",
    "mean_calendar_days": "Mean, in calendar days",
    "completed": "How many, from 1 April on",
    "percent_within_target": "Per cent within target",
}


def adds_up(figure: str) -> bool:
    """Whether a figure is of the year until then: a number of cases is, a length of time is not."""
    return figure == "completed"


Scope = Literal["partnership", "locality", "organisation"]


def _of_four(value: object) -> object:
    if isinstance(value, list) and len(value) != 4:  # quarters of a year
        raise ValueError("Give all four quarters, or leave this out for even steps.")
    return value


Trajectory = Annotated[list[Amount], Field(min_length=4, max_length=4), BeforeValidator(_of_four)] | None


class IndicatorIn(Body):
    """An indicator that is to be followed, with the first year's target."""

    model_config = example(
        {
            "title": "People wait less", "measure": "end-to-end", "figure": "median_working_days", "better": "lower",
            "scope": "partnership", "officer": "service_manager@test.example", "baseline": "60",
            "baseline_told": "2025-26, all tenures", "year": 2026, "target": "48",
        }
    )  # fmt: skip

    title: Short
    measure: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$", description="Key of a measure.")]
    figure: Figure
    better: Literal["lower", "higher"]
    scope: Scope = "partnership"
    scope_value: Short | None = Field(
        None,
        description="The beginning of a postcode of a home here, or the name of an organisation; left out for the whole"
        " partnership.",
    )
    officer: Annotated[str, Field(max_length=254, description="E-mail address of whoever answers for it.")]
    baseline: Amount
    baseline_told: Short = Field(description="Of when and of whom the baseline is.")
    year: Annotated[int, Field(ge=2000, le=2100, description="The year in which the financial year begins.")]
    target: Amount
    trajectory: Trajectory = Field(
        None,
        description="Where each quarter should be, the last at the year's target; left out, four even steps from the"
        " baseline.",
    )


class TargetIn(Body):
    """A year's target. It is no worse than the baseline and the years before, and no better than the years after."""

    model_config = example({"target": "42"})

    target: Amount
    trajectory: Trajectory = Field(
        None,
        description="Where each quarter should be, the last at the year's target; left out, four even steps from the"
        " target of the year before, or from the baseline.",
    )


class QuarterIn(Body):
    """What is said of a quarter before it is signed off; a judgement of one's own needs its reason."""

    model_config = example({"commentary": "Two assessors were ill in May."})

    commentary: Prose
    judged: Literal["green", "amber", "red"] | None = None
    judged_because: Prose | None = None


class SignOffIn(Body):
    """That a quarter is to be made final as it was shown: `shown` of the quarter, as it was read."""

    model_config = example({"shown": "9f2c51d07ab3e64880c1d3f2a5b79e04"})

    shown: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class WithdrawIn(Body):
    """Why an indicator is not followed any more."""

    model_config = example({"reason": "It was entered with the wrong measure."})

    reason: Prose


class QuarterOut(BaseModel):
    """A quarter: its figure, how the rule and people judge it, and whether that is final.

    `rag` is what stands: `judged` where somebody judges it otherwise than the rule, else `ruled`.
    """

    quarter: int
    value: Decimal | None
    counted: int | None
    trajectory: Decimal
    ruled: Rag
    ruled_because: str
    rag: Rag
    judged: Rag | None
    judged_because: str | None
    commentary: str | None
    version: int = Field(description="How often something was said of it: for If-Match.")
    written_by: str | None
    written_at: AwareDatetime | None
    signed_off_at: AwareDatetime | None
    signed_off_by: str | None
    begun: bool
    so_far: bool = Field(description="It has begun and is not over: its figure is of the days until now.")
    shown: str = Field(description="Stands for all that is told of it here: what is signed off is what was shown.")


class IndicatorOut(BaseModel):
    """An indicator in one year."""

    id: int
    title: str
    measure: str
    figure: str
    better: str
    scope: str
    scope_value: str | None
    officer: str
    baseline: Decimal
    baseline_told: str
    year: int
    target: Decimal
    target_version: int = Field(description="How often the year's target was set: for If-Match.")
    definition: str
    rule: str
    withdrawn_at: AwareDatetime | None
    withdrawn_by: str | None
    withdrawn_because: str | None
    quarters: list[QuarterOut]


class WithdrawnIndicator(BaseModel):
    """An indicator that is not followed any more, with a target in the year."""

    id: int
    title: str
    scope: str
    scope_value: str | None
    withdrawn_at: AwareDatetime
    withdrawn_by: str
    withdrawn_because: str


class Untargeted(BaseModel):
    """An indicator that is followed from an earlier year and has no target in this one."""

    id: int
    title: str
    scope: str
    scope_value: str | None


class IndicatorList(BaseModel):
    """Every indicator that has a target in a year; beside them those that have none yet, and those withdrawn."""

    year: int
    rule: str
    items: list[IndicatorOut]
    without_target: list[Untargeted]
    withdrawn: list[WithdrawnIndicator]
