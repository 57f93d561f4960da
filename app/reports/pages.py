"""The pages of reports: the dashboard, every measure and report, the cases behind a figure, and each as a file."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.edge.parameters import KeyInPath
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT
from app.kernel.problems import FieldProblem, NotFound, Unprocessable
from app.pathways.measures import Measure
from app.reports import answers, charts, formats, labels, pack_answers, page_queries, periods, pictures
from app.reports.answers import Answer
from app.reports.catalogue import CUMULATIVE_FLOW, REPORTS
from app.reports.charts import Chart
from app.reports.dashboard import PARTS, Dashboard, show_dashboard
from app.reports.filters import MeasureBehind, MeasureFigures
from app.reports.labels import Labels
from app.reports.measuring import publication
from app.reports.measuring.views import views_of
from app.reports.page_queries import AskedOnPage
from app.reports.periods import Period
from app.reports.routes_of_reports import QUERIES
from app.reports.sight import whole_sight

router = APIRouter(include_in_schema=False)
HOME: Final = "/reports"
EVERY: Final = "/reports/every"
ONE: Final = "/reports/{key}"
PACK: Final = "/reports/information-request"
NAV: Final = (NavItem("Reports", HOME, Permission.REPORT_READ),)
_IN_FILES: Final = frozenset(
    {"p90_calendar_days", "longest_calendar_days", "longest_working_days", "with_target", "net_mean_working_days",
     "net_median_calendar_days", "net_longest_working_days", "net_p90_working_days", "open_median_working_days"}
)  # fmt: skip
"""Columns that a page leaves to the files, so that what is left can be read."""
ON_DASHBOARD: Final = ("tenure", "tier")
_OF_DASHBOARD: Final = frozenset({"period", "part", "format"})
_OF_MEASURES: Final = frozenset({"period", "as_known_on", "split_on", "by", "view", "counted_by", "publish", "format"})
_OF_REPORTS: Final = frozenset({"period", "as_known_on", "by", "view", "format"})
_PICTURES: Final = {"svg": "image/svg+xml", "png": "image/png"}


@router.get(HOME)
async def get_dashboard(desk: AtPageDesk) -> Response:
    """The dashboard."""
    keeper = casework_at(desk).timekeeper
    today, words = keeper.day(desk.now()), Labels(keeper.pathways)
    asked = page_queries.read(dict(desk.request.query_params), today, words, ON_DASHBOARD, _OF_DASHBOARD)

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.REPORT_READ)
        shown = await _dashboard(session, actor, desk, asked)
        # Drawing takes as long as some hundred moves: others are served meanwhile.
        drawn = await run_in_threadpool(lambda: {part.key: charts.svg(part.chart) for part in shown.parts})
        context = {
            **_form(asked, words, today, ("tenure", "tier")),
            "shown": shown,
            "whole": actor.sees_everything,
            "drawn": drawn,
            "file": lambda part, form: f"{HOME}/file?{urlencode({**asked.readable(), 'part': part, 'format': form})}",
            "tables": {
                part.key: _table(part.answer, part.by, words, pages=part.key != "distribution") for part in shown.parts
            },
        }
        return View("reports/templates/dashboard.html", context, status=422 if asked.faults else 200)

    return await desk.report(work)


async def _dashboard(
    session: Session, actor: Actor, desk: PageDesk, asked: AskedOnPage, only: str | None = None
) -> Dashboard:
    keeper = casework_at(desk).timekeeper
    return await show_dashboard(
        session, actor, asked.period, asked.narrowed, keeper=keeper, now=desk.now(), base=HOME, only=only
    )


@router.get("/reports/file")
async def get_dashboard_file(desk: AtPageDesk) -> Response:
    """One part of the dashboard as a file."""
    keeper = casework_at(desk).timekeeper
    params = dict(desk.request.query_params)
    asked = page_queries.read(params, keeper.day(desk.now()), Labels(keeper.pathways), ON_DASHBOARD, _OF_DASHBOARD)

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.REPORT_READ)
        if params.get("part") not in PARTS or asked.faults:
            raise NotFound("There is no such file.")
        shown = await _dashboard(session, actor, desk, asked, params["part"])
        [part] = shown.parts
        return await run_in_threadpool(_file, part.answer, part.chart, params.get("format", ""))

    return await desk.report(work)


@router.get(EVERY)
async def get_every(desk: AtPageDesk) -> Response:
    """Every measure and report, with what it counts."""
    keeper = casework_at(desk).timekeeper

    async def work(_session: Session, actor: Actor) -> View:
        require(actor, Permission.REPORT_READ)
        return View(
            "reports/templates/every.html",
            {"measures": keeper.pathways.measures.newest(), "reports": list(REPORTS.values())},
        )

    return await desk.report(work)


@router.get(PACK)
async def get_pack(desk: AtPageDesk) -> Response:
    """The questions of information requests answered for a financial year, as they may be published."""
    keeper = casework_at(desk).timekeeper
    today, words = keeper.day(desk.now()), Labels(keeper.pathways)
    year, wrong = _year(desk, today)

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.REPORT_READ)
        whole_sight(actor)
        pack = pack_answers.find_pack(keeper, "information-request")
        answered = await pack_answers.answer_pack(session, actor, pack, year, keeper=keeper, now=desk.now())
        context = {
            "pack": pack,
            "year": year,
            "faults": {"year": wrong} if wrong else {},
            "years": [periods.financial_year(begins) for begins in _years(today)],
            "this": periods.financial_year(periods.year_of(today)),
            "after": date(periods.year_of(today) + 1, 4, 1),
            "asked": [_asked_in_pack(one, words) for one in answered],
            "none_at_all": pack_answers.NONE_AT_ALL,
            "made": desk.now(),
        }
        return View("reports/templates/pack.html", context, status=422 if wrong else 200)

    return await desk.report(work)


def _asked_in_pack(one: pack_answers.Answered, words: Labels) -> dict[str, Any]:
    rows = [
        {"group": words.group(one.by, row["group"]), "cells": [pictures.number(cell) for cell in told], "cases": None}
        for row, told in zip(one.answer.rows, one.told, strict=True)
    ]
    return {
        "asked": one.asked,
        "by": labels.BY[one.by],
        "definition": one.answer.definition,
        "marks": one.marks,
        "table": {"single": False, "heading": labels.BY[one.by], "names": one.headings, "rows": rows},
    }


@router.get(f"{PACK}.xlsx")
async def get_pack_workbook(desk: AtPageDesk) -> Response:
    """The same as a workbook."""
    return await _pack_file(desk, "xlsx")


@router.get(f"{PACK}.csv")
async def get_pack_csv(desk: AtPageDesk) -> Response:
    """The same as one table of text."""
    return await _pack_file(desk, "csv")


async def _pack_file(desk: PageDesk, form: str) -> Response:
    keeper = casework_at(desk).timekeeper
    year, wrong = _year(desk, keeper.day(desk.now()))

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.REPORT_READ)
        whole_sight(actor)
        if wrong:
            raise Unprocessable([FieldProblem("/year", wrong)])
        pack = pack_answers.find_pack(keeper, "information-request")
        answered = await pack_answers.answer_pack(session, actor, pack, year, keeper=keeper, now=desk.now())
        words = Labels(keeper.pathways)
        content, kind = await run_in_threadpool(pack_answers.as_file, pack, year, answered, words, form)
        headers = formats.as_attachment(f"information-request-{year.key}.{form}")
        return Response(content, media_type=kind, headers=headers)

    return await desk.report(work)


def _years(today: date) -> range:
    """The years that may be published, by when they begin, the newest first: those that are over."""
    last = periods.year_of(today) - 1
    return range(last, last - periods.YEARS, -1)


def _year(desk: PageDesk, today: date) -> tuple[Period, str | None]:
    """The financial year that is asked for, else the last one that is over; and why it is not the one asked for."""
    key = desk.request.query_params.get("year", "")
    if not key:
        return _last(today), None
    asked = periods.find(key, today)
    if asked is None or asked.last is None or len(asked.key) != len("2025-26"):
        return _last(today), "There is no such financial year. Choose one of the list."
    if wrong := publication.fault_of_year(asked.last, today):
        return _last(today), wrong
    return asked, None


def _last(today: date) -> Period:
    return periods.financial_year(periods.year_of(today) - 1)


@router.get(ONE)
async def get_report(key: KeyInPath, desk: AtPageDesk) -> Response:
    """One measure or report: picture, numbers, definition, and how to ask it otherwise."""
    keeper = casework_at(desk).timekeeper
    today, words = keeper.day(desk.now()), Labels(keeper.pathways)
    asked = _read(key, desk, today, words)

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.REPORT_READ)
        measure = keeper.pathways.measures.get(key)
        if measure is not None and not measure.usable:
            return View("reports/templates/unconfirmed.html", {"measure": measure})
        answer, faults = await _ask(session, actor, desk, key, asked)
        view, by = _told(key, asked, faults)
        chart = pictures.of_answer(answer, view, by, words)
        context = {
            **_form(asked, words, today, _narrowed(key)),
            "faults": faults,
            "readable": asked.readable(faults),
            "key": key,
            "answer": answer,
            "measure": measure,
            "views": {name: labels.VIEWS[name] for name in views_of(measure)} if measure else {},
            "groupings": _groupings(key, measure),
            "counted": _COUNTED_BY if measure is not None and measure.definition.kind in ("interval", "stays") else {},
            "splits": measure is not None and measure.definition.kind != "open",
            "narrowed": any(name in asked.written for name in page_queries.NARROWED),
            "view": view,
            "by": by,
            "chart": chart,
            "drawn": await run_in_threadpool(charts.svg, chart) if chart is not None else None,
            "table": _table(answer, by, words, pages=view in ("figures", "ageing", "flow")),
            "file": lambda form: f"/reports/{key}/file?{urlencode({**asked.readable(faults), 'format': form})}",
            "cases": answer.cases,
        }
        return View("reports/templates/report.html", context, status=422 if faults else 200)

    return await desk.report(work)


@router.get(f"{ONE}/file")
async def get_report_file(key: KeyInPath, desk: AtPageDesk) -> Response:
    """The same as a file: CSV, XLSX, SVG or PNG, with definition, date and filters inside."""
    keeper = casework_at(desk).timekeeper
    words = Labels(keeper.pathways)
    asked = _read(key, desk, keeper.day(desk.now()), words)

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.REPORT_READ)
        answer, faults = await _ask(session, actor, desk, key, asked)
        if faults:
            raise NotFound("There is no such file: " + " ".join(faults.values()))
        view, by = _told(key, asked, faults)
        chart = pictures.of_answer(answer, view, by, words)
        return await run_in_threadpool(_file, answer, chart, asked.written.get("format", ""))

    return await desk.report(work)


@router.get(f"{ONE}/cases")
async def get_cases(key: KeyInPath, desk: AtPageDesk) -> Response:
    """The cases behind a figure, as far as the reader may see them; the read is recorded."""
    keeper = casework_at(desk).timekeeper
    today, words = keeper.day(desk.now()), Labels(keeper.pathways)
    params = {name: value for name, value in desk.request.query_params.items() if value}

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.REPORT_READ)
        report = REPORTS.get(key)
        model: type[Any] = MeasureBehind if report is None else QUERIES[key][1]
        try:
            wanted = model.model_validate({"limit": DEFAULT_LIMIT, **params})
        except ValidationError:
            raise NotFound("There is no such list of cases.") from None
        if report is None:
            found, page, ids = await answers.cases_of_measure(session, actor, key, wanted, keeper=keeper, today=today)
            title, definition, money = found.definition.title, found.words(), found.definition.kind == "cost"
        else:
            page, ids = await answers.cases_of_report(session, actor, report, wanted, keeper=keeper, today=today)
            title, definition, money = report.title, report.definition, False
        await note_read(session, actor, f"GET {ONE}/cases", ids)
        more = f"/reports/{key}/cases?{urlencode({**params, 'cursor': page.next_cursor})}" if page.next_cursor else None
        context = {
            "key": key,
            "title": title,
            "definition": definition,
            "items": page.items,
            "total": answers.total_of(page),
            "several": report is not None or money,
            "money": money,
            "more": more,
            # Cumulative flow is told by month, and its cases by where they are.
            "narrowed": list(_asked_of(wanted, words, "group" if report is CUMULATIVE_FLOW else _by(key, params))),
            "words": words,
        }
        return View("reports/templates/cases.html", context)

    return await desk.report(work, recorded=True)


def _narrowed(key: str) -> tuple[str, ...]:
    """By what a measure or report may be narrowed on its page."""
    if key not in REPORTS:
        return page_queries.NARROWED
    return tuple(name for name in page_queries.NARROWED if name in QUERIES[key][0].model_fields)


def _read(key: str, desk: PageDesk, today: date, words: Labels) -> AskedOnPage:
    known = _OF_REPORTS if key in REPORTS else _OF_MEASURES
    return page_queries.read(dict(desk.request.query_params), today, words, _narrowed(key), known)


_NOT_SAID: Final = frozenset({"limit", "cursor", "version", "by", "counted_by"})
_STATUS: Final = {"done": "completed", "open": "still_open", "left": "left_before", "unknown": "journey_unknown"}


def _asked_of(wanted: BaseModel, words: Labels, by: str) -> Iterator[tuple[str, str]]:
    """What a list of cases was asked for, label and words."""
    asked = wanted.model_dump(exclude_defaults=True)
    if asked.get("counted_by") == "start":
        yield "Counted", "what began in the period"
    for name, value in asked.items():
        if name in _NOT_SAID:
            continue
        match name:
            case "group":
                if by != "none":
                    yield labels.BY.get(by, "Group"), words.group(by, value)
            case "figure" | "status":
                yield "What is counted", labels.column(_STATUS.get(value, value))
            case "month":
                yield "Month", labels.month(value)
            case _ if isinstance(value, date):
                yield labels.asked(name), day(value)
            case _:
                yield labels.asked(name), words.group(name, value)


async def _ask(
    session: Session, actor: Actor, desk: PageDesk, key: str, asked: AskedOnPage
) -> tuple[Answer, Mapping[str, str]]:
    """Ask as it was written; where that cannot be, as it can, with what was wrong."""
    faults = dict(asked.faults)
    written = {name: asked.written[name] for name in ("by", "view", "counted_by", "publish") if name in asked.written}
    try:
        return await _answer(session, actor, desk, key, {**asked.query(), **written}), faults
    except (Unprocessable, ValidationError) as problem:
        errors = problem.errors if isinstance(problem, Unprocessable) else None
        told = {_FIELDS.get(error.pointer, error.pointer.strip("/")): error.message for error in errors or ()}
        faults |= told or {"by": "This cannot be asked so. Choose from the lists."}
        return await _answer(session, actor, desk, key, {}), faults


_FIELDS: Final = {"/completed_from": "period", "/completed_to": "period"}
"""Where a page asks in one field what the API asks in two."""


async def _answer(session: Session, actor: Actor, desk: PageDesk, key: str, query: Mapping[str, Any]) -> Answer:
    keeper, base = casework_at(desk).timekeeper, f"/reports/{key}"
    report = REPORTS.get(key)
    if report is None:
        measure = answers.find_measure(keeper, key)
        one_day = measure.definition.kind == "open"
        of_a_time = ("completed_from", "completed_to", "split_on")
        fitting = {name: value for name, value in query.items() if not (one_day and name in of_a_time)}
        wanted = MeasureFigures.model_validate(fitting)
        return await answers.answer_measure(session, actor, key, wanted, keeper=keeper, now=desk.now(), base=base)
    model = QUERIES[key][0]
    if "publish" in query:
        raise Unprocessable([FieldProblem("/publish", "This report has no figures for publication. Leave it out.")])
    return await answers.answer_report(
        session, actor, report, model.model_validate(_fitting(model, query)), keeper=keeper, now=desk.now(), base=base
    )


def _fitting(model: type[BaseModel], query: Mapping[str, Any]) -> dict[str, Any]:
    """A report has days of its own name, and only the filters that it says."""
    fields = model.model_fields
    told = {name: value for name, value in query.items() if name in fields}
    for edge in ("from", "to"):
        name = next((one for one in fields if one.endswith(f"_{edge}")), None)
        if name is not None and f"completed_{edge}" in query:
            told[name] = query[f"completed_{edge}"]
    return told


_COUNTED_BY: Final = {"": "As the measure says", "completion": "It was completed then", "start": "It began then"}


def _told(key: str, asked: AskedOnPage, faults: Mapping[str, str]) -> tuple[str, str]:
    """In which way and by what it was answered: what could not be asked so was asked plainly."""
    if faults.keys() - asked.faults.keys():
        return "figures", _by(key, {})
    return ("figures" if key in REPORTS else asked.written.get("view", "figures")), _by(key, asked.written)


def _by(key: str, written: Mapping[str, str]) -> str:
    """By what an answer's groups are told apart."""
    report = REPORTS.get(key)
    if report is None:
        return written.get("by", "none")
    return written["by"] if written.get("by") in report.choices else report.told_by


def _groupings(key: str, measure: Measure | None) -> dict[str, str]:
    by = ("none", *measure.definition.group_by) if measure is not None else REPORTS[key].choices
    return {name: labels.BY[name] for name in by}


def _form(asked: AskedOnPage, words: Labels, today: Any, narrowed: tuple[str, ...]) -> dict[str, Any]:
    return {
        "asked": asked,
        "faults": asked.faults,
        "periods": list(periods.offered(today)),
        "choices": {name: dict(words.choices(name)) for name in narrowed if words.choices(name)},
        "names": labels.BY,
    }


def _table(answer: Answer, by: str, words: Labels, *, pages: bool) -> dict[str, Any]:
    """An answer's rows as a table for people: headings, cells, and where the cases of a row are."""
    names = [
        name
        for name in answer.columns
        if (name not in _IN_FILES or name == answer.headline)
        and name != by
        and (name not in ("group", "month") or (name == "month" and by != "month"))
    ]
    # Bands name their rows themselves, where all are of one group.
    single = len({row["group"] for row in answer.rows}) == 1 and names[:1] == ["from_working_days"]
    links = [[answer.cases_counted(name, row) for name in names] for row in answer.rows]
    # Where numbers lead to their cases themselves, the row need not.
    whole = pages and not any(any(row) for row in links)
    rows = [
        {
            "group": words.group(by, row["group"]),
            "cells": [
                labels.month(row[name]) if name == "month" else _word(name, row[name], by, words) for name in names
            ],
            "links": linked,
            "cases": answer.cases_of(row) if whole else None,
        }
        for row, linked in zip(answer.rows, links, strict=True)
    ]
    heading = "Month" if by == "month" else labels.BY.get(by, "Group") if by != "none" else "Group"
    called = [pictures.headline_word(name) if name == answer.headline else labels.column(name) for name in names]
    return {"heading": heading, "names": called, "rows": rows, "single": single}


def _word(name: str, value: Any, by: str, words: Labels) -> str:
    if isinstance(value, str) and name in ("stage", "tier", "outcome", "kind", "doubt", "role"):
        return words.group(name if name != "doubt" else by, value)
    return pictures.number(value)


def _file(answer: Answer, chart: Chart | None, form: str) -> Response:
    if form in ("csv", "xlsx"):
        content, kind, headers = formats.as_file(answer, form)
        return Response(content, media_type=kind, headers=headers)
    if form not in _PICTURES or chart is None:
        raise NotFound("There is no such file.")
    about = [f"{label}: {text}" for label, text in formats.about(answer) if label != "Cases behind the figures"]
    drawn = charts.svg(chart, about).encode() if form == "svg" else charts.png(chart, about)
    name = formats.file_name(answer, form)
    return Response(drawn, media_type=_PICTURES[form], headers=formats.as_attachment(name))
