"""What the API takes and tells of indicators and their targets."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from app.edge.bodies import Body, Prose, Short, example
from app.reports.target_rules import Rag

Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, decimal_places=2)]
Figure = Literal[
    "median_working_days", "p90_working_days", "mean_working_days", "mean_calendar_days", "completed",
    "percent_within_target",
]  # fmt: skip
FIGURES: dict[str, str] = {
    "median_working_days": "Median, in working days",
    "p90_working_days": "Nine in ten, in working days",
    "mean_working_days": "Mean, in working days",
    "mean_calendar_days": "Mean, in calendar days",
    "completed": "How many",
    "percent_within_target": "Per cent within target",
}
Scope = Literal["partnership", "locality", "organisation"]


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
    scope_value: Short | None = Field(None, description="The beginning of a postcode, or the name of an organisation.")
    officer: Annotated[str, Field(max_length=254, description="E-mail address of whoever answers for it.")]
    baseline: Amount
    baseline_told: Short = Field(description="Of when and of whom the baseline is.")
    year: Annotated[int, Field(ge=2000, le=2100, description="The year in which the financial year begins.")]
    target: Amount
    trajectory: Annotated[list[Amount], Field(min_length=4, max_length=4)] | None = Field(
        None, description="Where each quarter should be; left out, four even steps."
    )

    @model_validator(mode="after")
    def _scope_is_named(self) -> Self:
        if (self.scope == "partnership") != (self.scope_value is None):
            message = "Say which locality or organisation, and leave it out for the whole partnership."
            raise ValueError(message)
        return self


class TargetIn(Body):
    """Another year's target."""

    model_config = example({"target": "42"})

    target: Amount
    trajectory: Annotated[list[Amount], Field(min_length=4, max_length=4)] | None = None


class QuarterIn(Body):
    """What is said of a quarter before it is signed off; a judgement of one's own needs its reason."""

    model_config = example({"commentary": "Two assessors were ill in May."})

    commentary: Prose
    judged: Literal["green", "amber", "red"] | None = None
    judged_because: Prose | None = None

    @model_validator(mode="after")
    def _judged_with_reason(self) -> Self:
        if (self.judged is None) != (self.judged_because is None):
            message = "Give your own judgement and why, or neither."
            raise ValueError(message)
        return self


class QuarterOut(BaseModel):
    """A quarter: its figure, how the rule and people judge it, and whether that is final."""

    quarter: int
    value: Decimal | None
    counted: int | None
    trajectory: Decimal
    ruled: Rag
    ruled_because: str
    rag: Rag
    judged_because: str | None
    commentary: str | None
    signed_off_at: AwareDatetime | None
    signed_off_by: str | None
    begun: bool


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
    definition: str
    rule: str
    quarters: list[QuarterOut]


class IndicatorList(BaseModel):
    """Every indicator that has a target in a year."""

    year: int
    rule: str
    items: list[IndicatorOut]
