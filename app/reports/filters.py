"""What each report may be asked for. An unknown filter is refused, so that no figure is about more than was meant."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.edge.bodies import WrittenDay
from app.kernel.clock import EARLIEST
from app.kernel.paging import DEFAULT_LIMIT, MAX_LIMIT
from app.kernel.problems import FieldProblem, Unprocessable
from app.reports.behind import Figure
from app.reports.measuring import publication

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


By = Literal[
    "none", "tenure", "tier", "organisation", "priority", "fast_track", "age_band", "adaptation", "locality", "funding",
    "landlord", "outcome", "month", "quarter", "year",
]  # fmt: skip
View = Literal["figures", "distribution", "flow", "ageing", "estimate", "compare"]
Chosen = Word | None


class Measured(Filters):
    """What every measure may be asked for. A measure says by what it may be grouped."""

    completed_from: WrittenDay | None = Field(None, description="Completed on or after this day.")
    completed_to: WrittenDay | None = Field(None, description="Completed on or before this day.")
    by: By = Field("none", description="One row for each of these; `none` gives one row, `all`.")
    counted_by: Literal["completion", "start"] | None = Field(
        None,
        description="`start` counts what began in the period, whatever has become of it; else as the measure says.",
    )
    split_on: WrittenDay | None = Field(
        None, description="Tell what was completed before this day (or began, by start) from what came after."
    )
    tenure: Chosen = Field(None, description="Only this tenure.")
    tier: Tier | None = Field(None, description="Only this tier.")
    organisation: Chosen = Field(None, description="Only cases with this organisation, by its name.")
    priority: Chosen = Field(None, description="Only this priority.")
    fast_track: Chosen = Field(None, description="Only this fast track, or `none`.")
    age_band: Literal["under_18", "18_to_64", "65_and_over", "not_recorded"] | None = Field(
        None, description="Only people of this age when the count began."
    )
    adaptation: Chosen = Field(None, description="Only cases with this adaptation.")
    locality: Annotated[str, StringConstraints(pattern=r"^([A-Z]{1,2}[0-9][A-Z0-9]?|not_recorded)$")] | None = Field(
        None, description="Only homes whose postcode begins so."
    )
    funding: Chosen = Field(None, description="Only this source of funding.")
    landlord: Chosen = Field(
        None, description="Only this landlord, by name; or `private_landlord`, of whom no name is told."
    )
    version: int | None = Field(None, ge=1, le=999, description="This version of the measure; else the newest.")
    publish: bool = Field(
        default=False,
        description="Figures that may be published: of one year, counts rounded to five, small ones not told.",
    )


class EndToEnd(Measured):
    """Filters of `end-to-end`."""


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


class WhereTimeGoes(Filters):
    """Filters of `where-time-goes`."""

    completed_from: WrittenDay | None = Field(None, description="Solution in place on or after this day.")
    completed_to: WrittenDay | None = Field(None, description="Solution in place on or before this day.")
    by: Literal["stage", "organisation", "waits_on", "cause"] = Field(
        "stage", description="Parts by stage, by who held the case, by whom a hold waited on, or by its cause."
    )
    tier: Tier | None = Field(None, description="Only cases solved in this tier.")
    tenure: Chosen = Field(None, description="Only this tenure.")


class Involvement(Filters):
    """Filters of `involvement`."""

    completed_from: WrittenDay | None = Field(None, description="Solution in place on or after this day.")
    completed_to: WrittenDay | None = Field(None, description="Solution in place on or before this day.")
    by: Literal["none", "tenure", "tier"] = Field("none", description="One row for each of these.")


class Professions(Filters):
    """Filters of `professions`."""

    completed_from: WrittenDay | None = Field(None, description="Solution in place on or after this day.")
    completed_to: WrittenDay | None = Field(None, description="Solution in place on or before this day.")


class Happened(Filters):
    """Filters of reports on things that happen on a day."""

    happened_from: WrittenDay | None = Field(None, description="Happened on or after this day.")
    happened_to: WrittenDay | None = Field(None, description="Happened on or before this day.")


class CumulativeFlow(Happened):
    """Filters of `cumulative-flow`."""

    tier: Tier | None = Field(None, description="Only cases that entered the stages in this tier.")
    tenure: Chosen = Field(None, description="Only this tenure.")


class Answers(Happened):
    """Filters of what people said."""

    by: Literal["none", "tenure", "tier"] = Field("none", description="One row for each of these.")


class Figures(Filters):
    """A query for a report's figures."""

    format: Format = Field("json", description="The form of the answer.")


class Behind(Filters):
    """A query for the cases behind a report's figures."""

    group: Word | None = Field(None, description="Only the cases of this group of the report.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most.")
    cursor: str | None = Field(None, description="Where the last page ended: its `next_cursor`.")


class MeasureFigures(Measured, Figures):
    """A query for a measure's figures."""

    view: View = Field("figures", description="Its figures, or its distribution, flow, ageing, estimate, comparison.")


class MeasureBehind(Measured, Behind):
    """A query for the cases behind a measure's figures."""

    status: Literal["done", "open", "left", "unknown"] | None = Field(
        None, description="What was done, is still open, or left without being done; else what the figure counts."
    )
    figure: Figure | None = Field(None, description="Only what this figure counts: the name of its column.")
    month: Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")] | None = Field(
        None, description="Of this month alone, such as 2026-03: for the figures of the flow."
    )
    least_days: int | None = Field(None, ge=0, le=99_999, description="At least so many working days.")
    most_days: int | None = Field(None, ge=0, le=99_999, description="At most so many working days.")


class EndToEndFigures(MeasureFigures): ...


class StageTimesFigures(StageTimes, Figures): ...


class WaitingNowFigures(WaitingNow, Figures): ...


class OutcomesFigures(Outcomes, Figures): ...


class DoubtfulTimesFigures(DoubtfulTimes, Figures): ...


class EndToEndBehind(MeasureBehind): ...


class WhereTimeGoesFigures(WhereTimeGoes, Figures): ...


class WhereTimeGoesBehind(WhereTimeGoes, Behind): ...


class InvolvementFigures(Involvement, Figures): ...


class InvolvementBehind(Involvement, Behind): ...


class ProfessionsFigures(Professions, Figures): ...


class ProfessionsBehind(Professions, Behind): ...


class HappenedFigures(Happened, Figures): ...


class HappenedBehind(Happened, Behind): ...


class CumulativeFlowFigures(CumulativeFlow, Figures): ...


class CumulativeFlowBehind(CumulativeFlow, Behind): ...


class AnswersFigures(Answers, Figures): ...


class AnswersBehind(Answers, Behind): ...


class StageTimesBehind(StageTimes, Behind): ...


class WaitingNowBehind(WaitingNow, Behind): ...


class OutcomesBehind(Outcomes, Behind): ...


class DoubtfulTimesBehind(DoubtfulTimes, Behind): ...


MOST_MONTHS: Final = 240
"""Of what is told month by month: twenty years are more than anybody reads."""


def check_months(filters: Filters, start: str, end: str, today: date) -> None:
    """Raise Unprocessable where more months are asked for than can be told one by one."""
    asked = filters.model_dump()
    last = asked[end] or min(today, asked.get("as_known_on") or today)
    first = asked[start] or last
    # Without a beginning it is a year, and there was none before the calendars' own time.
    if last.year < EARLIEST.year or (last.year - first.year) * 12 + last.month - first.month > MOST_MONTHS:
        raise Unprocessable([FieldProblem(f"/{start}", f"Ask for {MOST_MONTHS} months at most.")])


def check_known(filters: Filters, today: date) -> None:
    """Raise Unprocessable where it is asked what will be known on a day still to come.

    What is to be published of a year is known only once the year is over.
    """
    asked = filters.model_dump()
    known_on, last = asked.get("as_known_on"), asked.get("completed_to")
    if known_on is not None and known_on > today:
        raise Unprocessable([FieldProblem("/as_known_on", "This day is still to come. Give a day that is over.")])
    if asked.get("publish") and last is not None and (wrong := publication.fault_of_year(last, today)):
        raise Unprocessable([FieldProblem("/completed_to", wrong)])


def check_order(filters: Filters) -> None:
    """Raise Unprocessable when a period ends before it starts."""
    asked = filters.model_dump()
    for start in (name for name in asked if name.endswith("_from")):
        end = start.removesuffix("_from") + "_to"
        if asked[start] and asked[end] and asked[end] < asked[start]:
            raise Unprocessable([FieldProblem(f"/{end}", f"This is before {start}. Exchange the two.")])
