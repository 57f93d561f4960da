"""Every report: what it is called, what it counts in plain words, what it may be asked for, what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.cases.clocks import END_TO_END, NET
from app.reports import filters
from app.reports.filters import Filters

CALENDAR = "Working days are counted in the calendar of the case's pathway, with the partnership's local days."
_LENGTHS = (
    "median_working_days",
    "p90_working_days",
    "mean_working_days",
    "median_calendar_days",
    "longest_working_days",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report. `sql` names its two files, `<sql>.units.sql` and `<sql>.figures.sql`; `columns` those of its figures.

    `group` is the column that says which units a row counts.
    """

    key: str
    title: str
    definition: str
    filters: type[Filters]
    sql: str
    columns: tuple[str, ...]

    def parameters(self) -> dict[str, Any]:
        """What the report may be asked for, as the properties of a JSON Schema."""
        properties: dict[str, Any] = self.filters.model_json_schema()["properties"]
        return properties


END_TO_END_REPORT = Report(
    key="end-to-end",
    title="End to end: from first contact to a solution in place",
    definition=(
        f"{END_TO_END} Counted are solutions in place in the period, on the day they were; organisation, tier and"
        " priority are those of the case on that day. Median and 90th percentile are interpolated linearly."
        f" The net figures: {NET[0].lower()}{NET[1:]} {CALENDAR}"
    ),
    filters=filters.EndToEnd,
    sql="end_to_end",
    columns=("group", "completed", *_LENGTHS, *(f"net_{name}" for name in _LENGTHS)),
)
STAGE_TIMES = Report(
    key="stage-times",
    title="Time in each stage",
    definition=(
        "How long cases stayed in a stage that they left in the period, by tier and stage. A case that comes back to a"
        " stage counts once for each stay. A stay that ended by steps nobody wrote down, as imported cases have, is"
        f" counted as journey unknown and left out of the lengths. {CALENDAR}"
    ),
    filters=filters.StageTimes,
    sql="stage_times",
    columns=("group", "tier", "stage", "stays", *_LENGTHS, "journey_unknown"),
)
WAITING_NOW = Report(
    key="waiting-now",
    title="Waiting now",
    definition=(
        "Open cases by the stage in which they wait, how long they have been in it, and how many are past the day on"
        " which the stage was due. For an earlier day it tells who was open then, but not who was overdue, because due"
        f" days are those of today. Targets are the partnership's own choices. {CALENDAR}"
    ),
    filters=filters.WaitingNow,
    sql="waiting_now",
    columns=(
        "group", "stage", "open_cases", "overdue", "median_working_days", "longest_working_days",
        "up_to_5_working_days", "from_6_to_20_working_days", "from_21_to_60_working_days", "over_60_working_days",
    ),
)  # fmt: skip
OUTCOMES = Report(
    key="outcomes",
    title="How cases ended",
    definition=(
        "Cases that ended in the period, by outcome, with the days from first contact (or reopening) to the end. A"
        " refusal that was appealed counts only when the appeal has ended it; a case reopened later as a new episode"
        f" counts once for each ending. {CALENDAR}"
    ),
    filters=filters.Outcomes,
    sql="outcomes",
    columns=(
        "group", "outcome", "ended", "percent", "median_working_days", "median_calendar_days", "longest_working_days",
    ),
)  # fmt: skip
DOUBTFUL_TIMES = Report(
    key="doubtful-times",
    title="Doubtful times",
    definition=(
        "Times in the journal that somebody should look at before a figure is relied on: each kind, how many there are,"
        " in how many cases, and what to do. Nothing is left out of other reports because of a doubt."
    ),
    filters=filters.DoubtfulTimes,
    sql="doubtful_times",
    columns=("group", "doubt", "times", "cases_concerned", "what_to_do"),
)

REPORTS: Mapping[str, Report] = MappingProxyType(
    {report.key: report for report in (END_TO_END_REPORT, STAGE_TIMES, WAITING_NOW, OUTCOMES, DOUBTFUL_TIMES)}
)
