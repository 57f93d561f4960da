"""Every report: what it is called, what it counts in plain words, what it may be asked for, what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

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
    headline: str | None
    """The figure that its picture shows; None where the picture is of another kind."""
    told_by: str
    """By what its groups are told apart, unless the reader may and does choose."""

    @property
    def choices(self) -> tuple[str, ...]:
        """By what the reader may have it told; none where there is no choice."""
        by = self.parameters().get("by", {})
        return tuple(by.get("enum", ()))

    def parameters(self) -> dict[str, Any]:
        """What the report may be asked for, as the properties of a JSON Schema."""
        properties: dict[str, Any] = self.filters.model_json_schema()["properties"]
        return properties


STAGE_TIMES = Report(
    key="stage-times",
    title="Time in each stage",
    definition=(
        "How long cases stayed in a stage that they left in the period, by tier and stage. A case that comes back to a"
        " stage counts once for each stay. A stay that ended by steps nobody wrote down, as imported cases have, is"
        f" counted as journey unknown and left out of the lengths. {CALENDAR}"
    ),
    filters=filters.StageTimes,
    headline="median_working_days",
    told_by="stage",
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
    headline="open_cases",
    told_by="stage",
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
    headline="ended",
    told_by="outcome",
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
    headline="times",
    told_by="doubt",
    sql="doubtful_times",
    columns=("group", "doubt", "times", "cases_concerned", "what_to_do"),
)

WHERE_TIME_GOES = Report(
    key="where-time-goes",
    title="Where the time goes",
    definition=(
        "The days of every episode whose solution came to be in place in the period, from first contact or"
        " reopening, told by the stage that the case was in, by the organisation that held it, or, while it was on"
        " hold, by whom it waited for or why. The parts add up to the end-to-end days of the same episodes exactly."
        f" Days before the referral was logged have no stage. {CALENDAR}"
    ),
    filters=filters.WhereTimeGoes,
    headline="working_days",
    told_by="stage",
    sql="where_time_goes",
    columns=("group", "episodes", "working_days", "calendar_days", "percent", "mean_working_days_per_episode"),
)
CUMULATIVE_FLOW = Report(
    key="cumulative-flow",
    title="Cumulative flow",
    definition=(
        "How many cases were in each group of stages when each month of the period ended, today for the month that is"
        " not over. The group of a stage is the one that the pathway gave it when the case moved there."
    ),
    filters=filters.CumulativeFlow,
    headline=None,
    told_by="month",
    sql="cumulative_flow",
    columns=("group", "month", "intake", "assessing", "deciding", "delivering", "checking", "held", "ended"),
)
INVOLVEMENT = Report(
    key="involvement",
    title="Organisations and people involved",
    definition=(
        "Solutions in place in the period, by how many organisations and how many people recorded something in the case"
        " until then. Who was involved without recording anything is not counted."
    ),
    filters=filters.Involvement,
    headline="completed",
    told_by="none",
    sql="involvement",
    columns=(
        "group", "completed", "one_organisation", "two_organisations", "three_organisations", "more_organisations",
        "mean_organisations", "mean_people", "most_people",
    ),
)  # fmt: skip
PROFESSIONS = Report(
    key="professions",
    title="Professions involved",
    definition=(
        "Solutions in place in the period, by the roles of those who recorded something in the case until then."
        " A solution counts once for each role, so the roles add up to more than all. Somebody with several roles in"
        " the organisation they acted for counts with each."
    ),
    filters=filters.Professions,
    headline="completed",
    told_by="role",
    sql="professions",
    columns=("group", "role", "completed", "percent", "median_working_days"),
)
REPEATS = Report(
    key="repeats",
    title="Needs that came back",
    definition=(
        "Cases that were reopened, and referrals that were found to be repeats of another case: linked to it as the"
        " same need, or kept as another need."
    ),
    filters=filters.Happened,
    headline="times",
    told_by="kind",
    sql="repeats",
    columns=("group", "kind", "times", "cases_concerned"),
)
CONTACTS_ONLY = Report(
    key="contact-only-follow-ups",
    title="Follow-ups that were only contact",
    definition=(
        "Contacts with the person that were recorded in the period: those before which the case had moved on or a"
        " conversation was held, and those that followed nothing but another contact. The days are those since then."
        f" {CALENDAR}"
    ),
    filters=filters.Happened,
    headline="contacts",
    told_by="kind",
    sql="contacts_only",
    columns=("group", "kind", "contacts", "cases_concerned", "median_working_days_since"),
)
SATISFACTION = Report(
    key="satisfaction",
    title="How satisfied people are",
    definition=(
        "What people said, all in all, when the outcome was looked at or the survey was answered; of each case the"
        " newest answer. The share is of those who answered."
    ),
    filters=filters.Answers,
    headline="percent_satisfied",
    told_by="none",
    sql="satisfaction",
    columns=(
        "group", "asked", "answered", "very_satisfied", "satisfied", "neither", "dissatisfied", "very_dissatisfied",
        "percent_satisfied",
    ),
)  # fmt: skip
GOALS = Report(
    key="goals",
    title="What came of people's goals",
    definition=(
        "Goals that were agreed with people, by what had come of them when the outcome was looked at in the period. The"
        " share is of the goals that were still wanted."
    ),
    filters=filters.Answers,
    headline="percent_met",
    told_by="none",
    sql="goals",
    columns=("group", "goals", "met", "partly_met", "not_met", "no_longer_wanted", "percent_met"),
)

REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        report.key: report
        for report in (
            STAGE_TIMES, WAITING_NOW, OUTCOMES, DOUBTFUL_TIMES, WHERE_TIME_GOES, CUMULATIVE_FLOW, INVOLVEMENT,
            PROFESSIONS, REPEATS,
            CONTACTS_ONLY, SATISFACTION, GOALS,
        )
    }
)  # fmt: skip
"""The reports that are written as SQL by hand; measures are reports too, compiled from their files."""
