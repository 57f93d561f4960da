"""What the API tells of reports. Names are the contract's."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

Figure = str | int | float | date | None


class ReportOut(BaseModel):
    """A report: `parameters` are the properties of a JSON Schema."""

    key: str
    title: str
    parameters: dict[str, Any]
    definition: str
    measure: str | None = None
    """Key and version, where it is a measure."""
    usable: bool = True
    unit: str | None = None
    group_by: list[str] | None = None


class AnswerOut(BaseModel):
    """What stands beside every figure: what it counts, of whom, as of when, and a link to the cases behind it."""

    key: str
    title: str
    definition: str
    scope: str
    filters: dict[str, Figure]
    as_of: AwareDatetime
    cases: str


class EndToEndRow(BaseModel):
    """One group; the `net_` figures leave out holds that wait on the person. Other views have other columns."""

    model_config = ConfigDict(extra="allow")

    group: str
    completed: int
    median_working_days: float | None
    p90_working_days: float | None
    mean_working_days: float | None
    median_calendar_days: float | None
    longest_working_days: int | None
    net_median_working_days: float | None
    net_p90_working_days: float | None
    net_mean_working_days: float | None
    net_median_calendar_days: float | None
    net_longest_working_days: int | None
    cases: str


class EndToEndOut(AnswerOut):
    """The end-to-end report."""

    rows: list[EndToEndRow]


class GroupRow(BaseModel):
    """One group of a report; the other columns are the report's own."""

    model_config = ConfigDict(extra="allow")

    group: str
    cases: str


class FiguresOut(AnswerOut):
    """Any other report."""

    rows: list[GroupRow]


class ReportCaseOut(BaseModel):
    """One thing that a report counts. Days are those after `started_on` up to and including `ended_on`."""

    reference: str
    group: str
    tier: str
    stage: str
    organisation: str
    started_on: date
    ended_on: date
    calendar_days: int
    working_days: int
    net_calendar_days: int | None
    net_working_days: int | None
    amount: float | None = None
    """Pounds, where the measure counts what works cost."""
    about: str | None


class ReportCasePage(BaseModel):
    """Cases behind a report, the longest first."""

    definition: str
    total: int
    """How many there are on all pages together."""
    items: list[ReportCaseOut]
    next_cursor: str | None


class PackAnswer(BaseModel):
    """One question of a pack, answered by one grouping; what is not told is null.

    `told` has the same figures row by row as people read them, with the reason where there is none, and `marks` what
    each such reason means.
    """

    asked: str
    by: str
    definition: str
    rows: list[dict[str, Any]]
    told: list[dict[str, str]]
    marks: dict[str, str]


class PackOut(BaseModel):
    """A pack of questions answered for a financial year, in figures that may be published."""

    key: str
    title: str
    source: str
    year: str
    items: list[PackAnswer]
