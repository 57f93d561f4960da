"""One way to answer what is asked of a report or a measure: pages, the API and files all show the same answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.paging import Page, encode
from app.kernel.problems import Conflict, FieldProblem, NotFound, Unprocessable
from app.pathways.measures import Measure
from app.reports import periods, runner
from app.reports.behind import ends, faults_of, of_figure, without_what_it_says
from app.reports.catalogue import CALENDAR, CUMULATIVE_FLOW, REPORTS, Report
from app.reports.filters import (
    Behind,
    Figures,
    MeasureBehind,
    Measured,
    MeasureFigures,
    check_known,
    check_months,
    check_order,
)
from app.reports.measuring import publication
from app.reports.measuring.columns import as_told, headline_of
from app.reports.measuring.running import Question, run
from app.reports.measuring.views import VIEWS, views_of
from app.reports.runner import Surroundings
from app.reports.sight import whole_sight

EVERYTHING: Final = "All cases of the partnership."
OWN: Final = "The cases to which your organisations are party."
_ORGANISATION: Final = text("SELECT EXISTS (SELECT FROM organisations WHERE name = :name)")
NO_ORGANISATION: Final = "No organisation has this name. Write it as the service does."
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows and what must stand beside them.

    `cases_at` and `behind` are where the cases behind it are asked for; `behind_row` what a row adds to that, and
    `behind_figure` what a figure does in a row, None for one that counts no single cases.
    """

    key: str
    title: str
    definition: str
    scope: str
    filters: Mapping[str, Any]
    as_of: datetime
    cases_at: str
    behind: Mapping[str, Any]
    behind_row: Callable[[Row], Mapping[str, Any]]
    behind_figure: Callable[[str, Row], dict[str, Any] | None]
    columns: Sequence[str]
    rows: Sequence[Row]
    headline: str | None
    """The column that a picture of it shows."""

    @property
    def cases(self) -> str:
        """The link to the cases behind all of it."""
        return _link(self.cases_at, self.behind)

    def cases_of(self, row: Row) -> str:
        """The link to the cases behind one row."""
        return _link(self.cases_at, {**self.behind, **self.behind_row(row)})

    def cases_counted(self, name: str, row: Row) -> str | None:
        """The link to the cases that a figure counts, where there are any and it counts single ones."""
        asked = self.behind_figure(name, row) if row[name] else None
        if asked is None:
            return None
        return _link(self.cases_at, without_what_it_says(self.behind, asked) | asked)


def find_measure(keeper: Timekeeper, key: str, version: int | None = None) -> Measure:
    """A measure that may be used. Raises NotFound, or Conflict while it waits to be confirmed."""
    measure = keeper.pathways.measures.get(key, version)
    if measure is None:
        raise NotFound(f"There is no such report. There is: {', '.join(keys_of(keeper))}.")
    if not measure.usable and measure.definition.confirm is not None:
        ask = measure.definition.confirm
        raise Conflict(
            f"{measure.definition.title} is not used yet. {ask.why.strip()} Once somebody has, write their answer"
            f" ({' or '.join(ask.choices)}) into measures/settings.yaml under {measure.name}."
        )
    return measure


def keys_of(keeper: Timekeeper) -> list[str]:
    """Every report that can be asked for: measures, and reports."""
    return [*(one.key for one in keeper.pathways.measures.newest()), *REPORTS]


async def answer_measure(
    session: Session, actor: Actor, key: str, wanted: MeasureFigures, *, keeper: Timekeeper, now: datetime, base: str
) -> Answer:
    """Answer for a measure, in whichever way is wanted. `base` is the address of its report."""
    require(actor, Permission.REPORT_READ)
    measure = find_measure(keeper, key, wanted.version)
    asked = wanted.model_dump(exclude_defaults=True, exclude={"format"})
    await check(session, measure, wanted, keeper)
    check_known(wanted, keeper.day(now))
    if wanted.view == "flow":
        check_months(wanted, "completed_from", "completed_to", keeper.day(now))
    if wanted.view == "flow" and wanted.split_on is not None:
        message = "In and out is told month by month, before the day and after it. Leave this out."
        raise Unprocessable([FieldProblem("/split_on", message)])
    view = VIEWS[wanted.view]
    if measure.definition.kind not in view.kinds:
        told = ", ".join(views_of(measure))
        raise Unprocessable([FieldProblem("/view", f"This measure can be told in these ways: {told}.")])
    if wanted.publish:
        _check_publication(actor, asked, one_day=measure.definition.kind == "open")
    around = Surroundings.of(keeper, keeper.day(now))
    rows = await view.run(session, measure, question_of(measure, wanted), around.values())
    if wanted.by in ("month", "quarter", "year") and wanted.completed_to is not None and wanted.counted_by != "start":
        # What is still open belongs to no time of a period that is over.
        last = periods.named(wanted.by, wanted.completed_to)
        rows = [row for row in rows if row["group"].partition(", ")[0] <= last]
    columns = view.columns(measure)
    definition = " ".join(filter(None, [measure.words(), view.words, CALENDAR]))
    if wanted.publish:
        fewest = measure.definition.suppress_below
        rows = publication.published(rows, fewest=fewest)
        definition = f"{definition} {publication.WORDS.format(fewest=fewest)}"
    return Answer(
        key=measure.key,
        title=measure.definition.title,
        definition=definition,
        scope=EVERYTHING if actor.sees_everything else OWN,
        filters=asked,
        as_of=now.astimezone(UTC),
        cases_at=f"{base}/cases",
        behind={name: value for name, value in asked.items() if name not in ("publish", "view")}
        | ({"status": "open"} if wanted.view == "ageing" else {}),
        behind_row=_BEHIND_ROW.get(wanted.view, of_group),
        behind_figure=_of_no_figure if wanted.publish else partial(of_figure, wanted.view),
        columns=columns,
        rows=[as_told({name: row.get(name) for name in columns}) for row in rows],
        headline=headline_of(measure),
    )


def question_of(measure: Measure, wanted: Measured) -> Question:
    """What is asked, as measures are run with it."""
    by_start = "start" if measure.definition.population == "by_start" else "completion"
    values = wanted.model_dump(exclude={"by", "counted_by", "version", "publish", "format", "view", "limit", "cursor"})
    return Question(wanted.by, (wanted.counted_by or by_start) == "start", values)


def question_behind(measure: Measure, wanted: MeasureBehind) -> Question:
    """What is asked for one page of cases, and one more that says whether there is another."""
    first, last = ends(wanted.month) if wanted.month else (None, None)
    question = question_of(measure, wanted)
    values = {
        **question.values,
        **runner.after(wanted.cursor),
        "limit": wanted.limit + 1,
        "status": wanted.status or ("open" if measure.definition.kind == "open" else "done"),
        "month_first": first,
        "month_last": last,
    }
    return Question(question.by, question.cohort, values)


async def organisation_exists(session: Session, name: str) -> bool:
    """Whether an organisation has this name."""
    return bool(await session.scalar(_ORGANISATION, {"name": name}))


async def check(session: Session, measure: Measure, wanted: Measured, keeper: Timekeeper) -> None:
    """Refuse what would give a figure about something else than was meant. Raises Unprocessable."""
    check_order(wanted)
    one = measure.definition
    wrong = list(_unknown(wanted, keeper))
    if wanted.by != "none" and wanted.by not in one.group_by:
        wrong.append(FieldProblem("/by", f"This measure can be told by: none, {', '.join(one.group_by)}."))
    if one.kind == "open" and (wanted.completed_from or wanted.completed_to or wanted.split_on):
        wrong.append(FieldProblem("/completed_from", "This measure is of one day: give as_known_on instead."))
    if wanted.organisation is not None and not await organisation_exists(session, wanted.organisation):
        wrong.append(FieldProblem("/organisation", NO_ORGANISATION))
    if wrong:
        raise Unprocessable(wrong)


def _unknown(wanted: Measured, keeper: Timekeeper) -> list[FieldProblem]:
    definitions = [pathway.definition for pathway in keeper.pathways.all()]
    words: dict[str, set[str]] = {
        "tenure": {name for one in definitions for name in one.tenures},
        "tier": {name for one in definitions for name in one.tiers},
        "priority": {name for one in definitions for name in one.choices.get("priority", {})} | {"not_recorded"},
        "fast_track": {name for one in definitions for name in one.choices.get("fast_track", {})} | {"none"},
        "funding": {name for one in definitions for name in one.funding_sources} | {"not_recorded"},
        "adaptation": {key for pathway in keeper.pathways.all() for key in pathway.catalogue.items},
    }
    return [
        FieldProblem(f"/{name}", f"There is no such {name.replace('_', ' ')}. There is: {', '.join(sorted(known))}.")
        for name, known in words.items()
        if getattr(wanted, name) is not None and getattr(wanted, name) not in known
    ]


def _check_publication(actor: Actor, asked: Mapping[str, Any], *, one_day: bool) -> None:
    whole_sight(actor)
    if wrong := publication.faults_of(asked, one_day=one_day):
        raise Unprocessable(wrong)


async def cases_of_measure(
    session: Session, actor: Actor, key: str, wanted: MeasureBehind, *, keeper: Timekeeper, today: date
) -> tuple[Measure, Page[dict[str, Any]], list[int]]:
    """One page of the cases behind a measure, the longest first, and their numbers for the record of reads."""
    require(actor, Permission.REPORT_READ)
    measure = find_measure(keeper, key, wanted.version)
    await check(session, measure, wanted, keeper)
    check_known(wanted, today)
    if wanted.publish:
        raise Unprocessable([FieldProblem("/publish", "Cases are never published: leave this out.")])
    figures = {name for view in views_of(measure) for name in VIEWS[view].columns(measure)}
    if wrong := faults_of(figures, wanted.model_dump(exclude_defaults=True)):
        raise Unprocessable(wrong)
    around = Surroundings.of(keeper, today)
    rows = await run(session, measure, question_behind(measure, wanted), "measure.cases", around.values())
    shown = rows[: wanted.limit]
    more = encode(runner.place(shown[-1])) if len(rows) > wanted.limit else None
    return measure, Page(shown, more), list(dict.fromkeys(row["case_id"] for row in shown))


async def answer_report(
    session: Session, actor: Actor, report: Report, wanted: Figures, *, keeper: Timekeeper, now: datetime, base: str
) -> Answer:
    """Answer for one of the reports that are SQL by hand."""
    require(actor, Permission.REPORT_READ)
    check_order(wanted)
    check_known(wanted, keeper.day(now))
    if report is CUMULATIVE_FLOW:
        check_months(wanted, "happened_from", "happened_to", keeper.day(now))
    asked = wanted.model_dump(exclude_none=True, exclude={"format"})
    today = keeper.day(now)
    around = Surroundings.of(keeper, today)
    return Answer(
        key=report.key,
        title=report.title,
        definition=report.definition,
        scope=EVERYTHING if actor.sees_everything else OWN,
        filters=asked,
        as_of=now.astimezone(UTC),
        cases_at=f"{base}/cases",
        # What there was at a month's end does not depend on where the period began.
        behind={
            name: value for name, value in asked.items() if report is not CUMULATIVE_FLOW or name != "happened_from"
        },
        behind_row=partial(_at_months_end, today=today) if report is CUMULATIVE_FLOW else of_group,
        behind_figure=partial(_of_stage_group, today=today) if report is CUMULATIVE_FLOW else _of_no_figure,
        columns=report.columns,
        rows=[as_told(row) for row in await runner.figures(session, report, wanted, around)],
        headline=report.headline,
    )


async def cases_of_report(
    session: Session, actor: Actor, report: Report, wanted: Behind, *, keeper: Timekeeper, today: date
) -> tuple[Page[dict[str, Any]], list[int]]:
    """One page of the cases behind a report, the longest first, and their numbers for the record of reads."""
    require(actor, Permission.REPORT_READ)
    check_order(wanted)
    check_known(wanted, today)
    return await runner.cases(session, report, wanted, Surroundings.of(keeper, today))


def total_of(page: Page[dict[str, Any]]) -> int:
    """How many cases there are on all pages together. A page after the first has some; one without any is the first."""
    return page.items[0]["total"] if page.items else 0


def of_group(row: Row) -> dict[str, Any]:
    """What leads from a row to its cases: its group."""
    return {"group": row["group"]}


def _still_open(row: Row) -> dict[str, Any]:
    return {"group": row["group"], "status": "open"}


def _of_band(row: Row) -> dict[str, Any]:
    return of_figure("distribution", "completed", row) or of_group(row)


def _of_start(row: Row) -> dict[str, Any]:
    return {"group": row["group"], "counted_by": "start"}


def _of_month(row: Row) -> dict[str, Any]:
    first, last = ends(row["month"])
    return {"group": row["group"], "completed_from": first, "completed_to": last}


_BEHIND_ROW: Final[Mapping[str, Callable[[Row], Mapping[str, Any]]]] = {
    "flow": _of_month, "ageing": _still_open, "distribution": _of_band, "estimate": _of_start,
}  # fmt: skip


def _at_months_end(row: Row, *, today: date) -> dict[str, Any]:
    # The month that is not over is told of today.
    return {"happened_to": min(ends(row["month"])[1], today)}


def _of_stage_group(name: str, row: Row, *, today: date) -> dict[str, Any] | None:
    return None if name in ("group", "month") else {"group": name, **_at_months_end(row, today=today)}


def _of_no_figure(_name: str, _row: Row) -> None:
    return None


def _link(address: str, asked: Mapping[str, Any]) -> str:
    if not asked:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
