"""The JSON API of reports: figures with their definition, as JSON or as a file, and the cases behind them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.edge.desk import Desk, ReadingDesk
from app.edge.parameters import KeyInPath
from app.kernel.database import Session
from app.reports import answers, filters, formats, pack_answers, periods
from app.reports.answers import Answer
from app.reports.catalogue import REPORTS, Report
from app.reports.filters import Behind, Figures
from app.reports.labels import Labels
from app.reports.routes_of_reports import QUERIES
from app.reports.schemas import EndToEndOut, FiguresOut, PackAnswer, PackOut, ReportCasePage, ReportOut
from app.reports.sight import whole_sight

router = APIRouter(tags=["reports"])
FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The report in the form asked for",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            formats.XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
END_TO_END: Final = "end-to-end"


@router.get("/reports", response_model=list[ReportOut], summary="Every report")
async def get_reports(desk: ReadingDesk) -> Response:
    """What can be reported: key, title, parameters, and what each one counts. Measures are reports too."""
    keeper = casework_of(desk.request).timekeeper

    async def work(_session: Session, actor: Actor) -> list[dict[str, Any]]:
        require(actor, Permission.REPORT_READ)
        measured = filters.Measured.model_json_schema()["properties"]
        measures = [
            {
                "key": one.key,
                "title": one.definition.title,
                "parameters": measured,
                "definition": one.words(),
                "measure": one.name,
                "usable": one.usable,
                "unit": one.definition.unit,
                "group_by": one.definition.group_by,
            }
            for one in keeper.pathways.measures.newest()
        ]
        reports = [
            {"key": r.key, "title": r.title, "parameters": r.parameters(), "definition": r.definition}
            for r in REPORTS.values()
        ]
        return [*measures, *reports]

    return await desk.report(work)


@router.get("/reports/end-to-end", response_model=EndToEndOut, responses=FILES, summary="First contact to solution")
async def end_to_end(desk: ReadingDesk, wanted: Annotated[filters.EndToEndFigures, Query()]) -> Response:
    """How long it took from first contact to a solution in place; the net figures leave out waits for the person."""
    return await _measure(desk, END_TO_END, wanted)


@router.get("/reports/end-to-end/cases", response_model=ReportCasePage, summary="The cases behind end-to-end")
async def end_to_end_cases(desk: ReadingDesk, wanted: Annotated[filters.EndToEndBehind, Query()]) -> Response:
    """Each solution in place that the report counts, the longest first. The read is recorded."""
    return await _measure_cases(desk, END_TO_END, wanted)


def _add(report: Report, figures: type[Figures], behind: type[Behind]) -> None:
    """Add a report's two routes, each with the report's own parameters."""

    async def of_figures(desk: ReadingDesk, wanted: Figures) -> Response:
        return await _report(desk, report, wanted)

    async def of_cases(desk: ReadingDesk, wanted: Behind) -> Response:
        return await _report_cases(desk, report, wanted)

    name = report.key.replace("-", "_")
    for route, work, wanted, model, told in (
        ("", of_figures, figures, FiguresOut, report.title),
        ("/cases", of_cases, behind, ReportCasePage, f"The cases behind {report.key}"),
    ):
        work.__annotations__["wanted"] = Annotated[wanted, Query()]
        router.add_api_route(
            f"/reports/{report.key}{route}",
            work,
            response_model=model,
            responses=FILES if not route else None,
            summary=told,
            description=report.definition if not route else "Each thing that it counts. The read is recorded.",
            name=f"{name}{'_cases' if route else ''}",
        )


for _report_, _queries in ((REPORTS[key], models) for key, models in QUERIES.items()):
    _add(_report_, *_queries)


@router.get("/packs/{key}", response_model=PackOut, responses=FILES, summary="A pack of questions, answered")
async def pack(
    key: KeyInPath,
    desk: ReadingDesk,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="Else the last one that is over.")] = None,
    form: Annotated[filters.Format, Query(alias="format", description="The form of the answer.")] = "json",
) -> Response:
    """What those who ask for information ask, answered for a financial year in figures that may be published.

    Of a year that is over: while it goes on the answer is 422.
    """
    keeper = casework_of(desk.request).timekeeper
    period = periods.financial_year(year or periods.year_of(keeper.day(desk.now())) - 1)

    async def work(session: Session, actor: Actor) -> Response | PackOut:
        require(actor, Permission.REPORT_READ)
        whole_sight(actor)
        found = pack_answers.find_pack(keeper, key)
        answered = await pack_answers.answer_pack(session, actor, found, period, keeper=keeper, now=desk.now())
        if form != "json":
            headers = formats.as_attachment(f"{found.key}-{period.key}.{form}")
            words = Labels(keeper.pathways)
            content, kind = await run_in_threadpool(pack_answers.as_file, found, period, answered, words, form)
            return Response(content, media_type=kind, headers=headers)
        items = [
            PackAnswer(
                asked=one.asked,
                by=one.by,
                definition=one.answer.definition,
                rows=[{name: row[name] for name in ("group", *one.columns)} for row in one.answer.rows],
                told=[dict(zip(one.columns, map(str, told), strict=True)) for told in one.told],
                marks=dict(one.marks),
            )
            for one in answered
        ]
        return PackOut(key=found.key, title=found.title, source=found.source, year=period.key, items=items)

    return await desk.report(work)


@router.get("/reports/{key}", response_model=FiguresOut, responses=FILES, summary="One measure")
async def measure(key: KeyInPath, desk: ReadingDesk, wanted: Annotated[filters.MeasureFigures, Query()]) -> Response:
    """A measure's figures, or another way to tell it, with its definition beside them."""
    return await _measure(desk, key, wanted)


@router.get("/reports/{key}/cases", response_model=ReportCasePage, summary="The cases behind a measure")
async def measure_cases(
    key: KeyInPath, desk: ReadingDesk, wanted: Annotated[filters.MeasureBehind, Query()]
) -> Response:
    """Each thing that the measure counts, the longest first. The read is recorded."""
    return await _measure_cases(desk, key, wanted)


async def _measure(desk: Desk, key: str, wanted: filters.MeasureFigures) -> Response:
    keeper = casework_of(desk.request).timekeeper

    async def find(session: Session, actor: Actor) -> Answer:
        base = desk.request.url.path
        return await answers.answer_measure(session, actor, key, wanted, keeper=keeper, now=desk.now(), base=base)

    return await _figures(desk, find, wanted.format)


async def _report(desk: Desk, report: Report, wanted: Figures) -> Response:
    keeper = casework_of(desk.request).timekeeper

    async def find(session: Session, actor: Actor) -> Answer:
        base = desk.request.url.path
        return await answers.answer_report(session, actor, report, wanted, keeper=keeper, now=desk.now(), base=base)

    return await _figures(desk, find, wanted.format)


async def _figures(desk: Desk, find: Callable[[Session, Actor], Awaitable[Answer]], form: filters.Format) -> Response:
    async def work(session: Session, actor: Actor) -> Response:
        answer = await find(session, actor)
        # A workbook takes as long as some hundred moves: others are served meanwhile.
        return await run_in_threadpool(_response, answer, form)

    return await desk.report(work)


def _response(answer: Answer, form: filters.Format) -> Response:
    if form == "json":
        return Response(orjson.dumps(_json(answer), option=orjson.OPT_UTC_Z), media_type="application/json")
    content, kind, headers = formats.as_file(answer, form)
    return Response(content, media_type=kind, headers=headers)


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "key": answer.key,
        "title": answer.title,
        "definition": answer.definition,
        "scope": answer.scope,
        "filters": answer.filters,
        "as_of": answer.as_of,
        "cases": answer.cases,
        "rows": [{**row, "cases": answer.cases_of(row)} for row in answer.rows],
    }


async def _measure_cases(desk: Desk, key: str, wanted: filters.MeasureBehind) -> Response:
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> ReportCasePage:
        today = keeper.day(desk.now())
        found, page, ids = await answers.cases_of_measure(session, actor, key, wanted, keeper=keeper, today=today)
        await note_read(session, actor, f"GET /reports/{found.key}/cases", ids)
        return ReportCasePage.model_validate(
            {
                "definition": found.words(),
                "total": answers.total_of(page),
                "items": page.items,
                "next_cursor": page.next_cursor,
            }
        )

    # Of one moment, so that kept units may be taken.
    return await desk.read(work, of_one_moment=True)


async def _report_cases(desk: Desk, report: Report, wanted: Behind) -> Response:
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> ReportCasePage:
        today = keeper.day(desk.now())
        page, ids = await answers.cases_of_report(session, actor, report, wanted, keeper=keeper, today=today)
        await note_read(session, actor, f"GET /reports/{report.key}/cases", ids)
        return ReportCasePage.model_validate(
            {
                "definition": report.definition,
                "total": answers.total_of(page),
                "items": page.items,
                "next_cursor": page.next_cursor,
            }
        )

    # Of one moment, so that kept units may be taken.
    return await desk.read(work, of_one_moment=True)
