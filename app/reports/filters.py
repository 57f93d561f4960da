"""What each report may be asked for. An unknown filter is refused, so that no figure is about more than was meant."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.edge.bodies import WrittenDay
from app.kernel.paging import DEFAULT_LIMIT, MAX_LIMIT
from app.kernel.problems import FieldProblem, Unprocessable

Format = Literal["json", "csv", "xlsx"]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Tier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]


class Filters(BaseModel):
    """What every report may be asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Word | None = Field(None, description="Only cases brought in from this import source.")
    as_known_on: WrittenDay | None = Field(
        None, description="As the journal stood at the end of this day: what was recorded later does not count."
    )


class EndToEnd(Filters):
    """Filters of `end-to-end`."""

    completed_from: WrittenDay | None = Field(None, description="Solution in place on or after this day.")
    completed_to: WrittenDay | None = Field(None, description="Solution in place on or before this day.")
    by: Literal["tenure", "tier", "organisation", "priority", "none"] = Field(
        "none", description="One row for each of these; `none` gives one row, `all`."
    )


class StageTimes(Filters):
    """Filters of `stage-times`."""

    left_from: WrittenDay | None = Field(None, description="Left the stage on or after this day.")
    left_to: WrittenDay | None = Field(None, description="Left the stage on or before this day.")
    tier: Tier | None = Field(None, description="Only stays in this tier.")


class WaitingNow(Filters):
    """Filters of `waiting-now`."""

    tier: Tier | None = Field(None, description="Only cases of this tier.")


class Outcomes(Filters):
    """Filters of `outcomes`."""

    ended_from: WrittenDay | None = Field(None, description="Ended on or after this day.")
    ended_to: WrittenDay | None = Field(None, description="Ended on or before this day.")
    tier: Tier | None = Field(None, description="Only cases that ended in this tier.")


class DoubtfulTimes(Filters):
    """Filters of `doubtful-times`."""

    happened_from: WrittenDay | None = Field(None, description="Happened on or after this day.")
    happened_to: WrittenDay | None = Field(None, description="Happened on or before this day.")


class Figures(Filters):
    """A query for a report's figures."""

    format: Format = Field("json", description="The form of the answer.")


class Behind(Filters):
    """A query for the cases behind a report's figures."""

    group: Word | None = Field(None, description="Only the cases of this group of the report.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most.")
    cursor: str | None = Field(None, description="Where the last page ended: its `next_cursor`.")


class EndToEndFigures(EndToEnd, Figures): ...


class StageTimesFigures(StageTimes, Figures): ...


class WaitingNowFigures(WaitingNow, Figures): ...


class OutcomesFigures(Outcomes, Figures): ...


class DoubtfulTimesFigures(DoubtfulTimes, Figures): ...


class EndToEndBehind(EndToEnd, Behind): ...


class StageTimesBehind(StageTimes, Behind): ...


class WaitingNowBehind(WaitingNow, Behind): ...


class OutcomesBehind(Outcomes, Behind): ...


class DoubtfulTimesBehind(DoubtfulTimes, Behind): ...


def check_order(filters: Filters) -> None:
    """Raise Unprocessable when a period ends before it starts."""
    asked = filters.model_dump()
    for start in (name for name in asked if name.endswith("_from")):
        end = start.removesuffix("_from") + "_to"
        if asked[start] and asked[end] and asked[end] < asked[start]:
            raise Unprocessable([FieldProblem(f"/{end}", f"This is before {start}. Exchange the two.")])
