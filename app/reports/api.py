"""The JSON API of reports: figures with their definition, as JSON or as a file, and the cases behind them."""

from datetime import UTC
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.edge.desk import Desk, ReadingDesk
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.reports import catalogue, filters, formats, runner
from app.reports.catalogue import REPORTS, Report
from app.reports.filters import Behind, Figures, check_order
from app.reports.formats import Answer
from app.reports.runner import Surroundings
from app.reports.schemas import EndToEndOut, FiguresOut, ReportCasePage, ReportOut

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
EVERYTHING = "All cases of the partnership."
OWN = "The cases to which your organisations are party."


@router.get("/reports", response_model=list[ReportOut], summary="Every report")
async def get_reports(desk: ReadingDesk) -> Response:
    """What can be reported: key, title, parameters, and what each one counts."""

    async def work(_session: Session, actor: Actor) -> list[dict[str, Any]]:
        require(actor, Permission.REPORT_READ)
        return [
            {"key": r.key, "title": r.title, "parameters": r.parameters(), "definition": r.definition}
            for r in REPORTS.values()
        ]

    return await desk.report(work)


@router.get("/reports/end-to-end", response_model=EndToEndOut, responses=FILES, summary="First contact to solution")
async def end_to_end(desk: ReadingDesk, wanted: Annotated[filters.EndToEndFigures, Query()]) -> Response:
    """How long it took from first contact to a solution in place; the net figures leave out waits for the person."""
    return await _figures(desk, catalogue.END_TO_END_REPORT, wanted)


@router.get("/reports/end-to-end/cases", response_model=ReportCasePage, summary="The cases behind end-to-end")
async def end_to_end_cases(desk: ReadingDesk, wanted: Annotated[filters.EndToEndBehind, Query()]) -> Response:
    """Each solution in place that the report counts, the longest first. The read is recorded."""
    return await _cases(desk, catalogue.END_TO_END_REPORT, wanted)


@router.get("/reports/stage-times", response_model=FiguresOut, responses=FILES, summary="Time in each stage")
async def stage_times(desk: ReadingDesk, wanted: Annotated[filters.StageTimesFigures, Query()]) -> Response:
    """How long cases stayed in each stage, by tier."""
    return await _figures(desk, catalogue.STAGE_TIMES, wanted)


@router.get("/reports/stage-times/cases", response_model=ReportCasePage, summary="The cases behind stage-times")
async def stage_times_cases(desk: ReadingDesk, wanted: Annotated[filters.StageTimesBehind, Query()]) -> Response:
    """Each stay that the report counts, the longest first. The read is recorded."""
    return await _cases(desk, catalogue.STAGE_TIMES, wanted)


@router.get("/reports/waiting-now", response_model=FiguresOut, responses=FILES, summary="Waiting now")
async def waiting_now(desk: ReadingDesk, wanted: Annotated[filters.WaitingNowFigures, Query()]) -> Response:
    """Open cases by stage: how many, how long, how many overdue."""
    return await _figures(desk, catalogue.WAITING_NOW, wanted)


@router.get("/reports/waiting-now/cases", response_model=ReportCasePage, summary="The cases behind waiting-now")
async def waiting_now_cases(desk: ReadingDesk, wanted: Annotated[filters.WaitingNowBehind, Query()]) -> Response:
    """Each open case, the longest wait first. The read is recorded."""
    return await _cases(desk, catalogue.WAITING_NOW, wanted)


@router.get("/reports/outcomes", response_model=FiguresOut, responses=FILES, summary="How cases ended")
async def outcomes(desk: ReadingDesk, wanted: Annotated[filters.OutcomesFigures, Query()]) -> Response:
    """Ended cases by outcome."""
    return await _figures(desk, catalogue.OUTCOMES, wanted)


@router.get("/reports/outcomes/cases", response_model=ReportCasePage, summary="The cases behind outcomes")
async def outcomes_cases(desk: ReadingDesk, wanted: Annotated[filters.OutcomesBehind, Query()]) -> Response:
    """Each ending that the report counts, the longest first. The read is recorded."""
    return await _cases(desk, catalogue.OUTCOMES, wanted)


@router.get("/reports/doubtful-times", response_model=FiguresOut, responses=FILES, summary="Doubtful times")
async def doubtful_times(desk: ReadingDesk, wanted: Annotated[filters.DoubtfulTimesFigures, Query()]) -> Response:
    """Times that somebody should look at, by kind."""
    return await _figures(desk, catalogue.DOUBTFUL_TIMES, wanted)


@router.get("/reports/doubtful-times/cases", response_model=ReportCasePage, summary="The cases behind doubtful-times")
async def doubtful_times_cases(desk: ReadingDesk, wanted: Annotated[filters.DoubtfulTimesBehind, Query()]) -> Response:
    """Each doubtful time, the widest apart first. The read is recorded."""
    return await _cases(desk, catalogue.DOUBTFUL_TIMES, wanted)


@router.get("/reports/{key}", include_in_schema=False)
@router.get("/reports/{key}/cases", include_in_schema=False)
async def unknown_report(key: str, desk: ReadingDesk) -> Response:
    """No report of this key."""
    del key

    async def work(_session: Session, actor: Actor) -> None:
        require(actor, Permission.REPORT_READ)
        raise NotFound(f"There is no such report. There is: {', '.join(REPORTS)}.")

    return await desk.report(work)


async def _figures(desk: Desk, report: Report, wanted: Figures) -> Response:
    check_order(wanted)
    asked = {k: v for k, v in wanted.model_dump(exclude_none=True).items() if k != "format"}
    now = desk.now().astimezone(UTC)

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.REPORT_READ)
        keeper = casework_of(desk.request).timekeeper
        around = Surroundings.of(keeper, keeper.day(now))
        answer = Answer(
            report=report,
            scope=EVERYTHING if actor.sees_everything else OWN,
            filters=asked,
            as_of=now,
            cases=_link(f"{desk.request.url.path}/cases", asked),
            rows=await runner.figures(session, report, wanted, around),
        )
        return _response(answer, wanted.format)

    return await desk.report(work)


def _response(answer: Answer, form: filters.Format) -> Response:
    if form == "json":
        return Response(orjson.dumps(_json(answer), option=orjson.OPT_UTC_Z), media_type="application/json")
    write, kind = (formats.to_csv, formats.CSV) if form == "csv" else (formats.to_xlsx, formats.XLSX)
    headers = {"Content-Disposition": f'attachment; filename="{answer.file_name(form)}"'}
    return Response(write(answer), media_type=kind, headers=headers)


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "key": answer.report.key,
        "title": answer.report.title,
        "definition": answer.report.definition,
        "scope": answer.scope,
        "filters": answer.filters,
        "as_of": answer.as_of,
        "cases": answer.cases,
        "rows": [{**row, "cases": _link(answer.cases, {"group": row["group"]})} for row in answer.rows],
    }


def _link(address: str, asked: dict[str, Any]) -> str:
    if not asked:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


async def _cases(desk: Desk, report: Report, wanted: Behind) -> Response:
    check_order(wanted)

    async def work(session: Session, actor: Actor) -> ReportCasePage:
        require(actor, Permission.REPORT_READ)
        keeper = casework_of(desk.request).timekeeper
        around = Surroundings.of(keeper, keeper.day(desk.now()))
        page, ids = await runner.cases(session, report, wanted, around)
        await note_read(session, actor, f"GET /reports/{report.key}/cases", ids)
        return ReportCasePage.model_validate(
            {"definition": report.definition, "items": page.items, "next_cursor": page.next_cursor}
        )

    return await desk.read(work)
