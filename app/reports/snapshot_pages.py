"""The pages of the annual snapshot: its years, the sampled cases, what is added about them, submitting, the report."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.kernel.database import Session
from app.panels.pack_pdf import papers_pdf
from app.reports import formats, labels, periods, pictures, snapshot_files, snapshots
from app.reports.labels import Labels
from app.reports.snapshot_schemas import EntryIn, SnapshotIn, SnapshotReport, SubmissionIn

router = APIRouter(include_in_schema=False)
HOME: Final = "/snapshot"
YEAR: Final = "/snapshot/{year}"
CASE: Final = f"{YEAR}/cases/{{sampled}}"
NAV: Final = (NavItem("Snapshot", HOME, Permission.SNAPSHOT_ENTER),)
Year = Annotated[int, Path(ge=2000, le=2100)]


@router.get(HOME)
async def get_home(desk: AtPageDesk) -> Response:
    """Every year's snapshot."""

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.SNAPSHOT_ENTER)
        context = {
            "items": await snapshots.published(session),
            "named": lambda year: periods.financial_year(year).key,
            "may_publish": permits(actor, Permission.SNAPSHOT_PUBLISH),
        }
        return View("reports/templates/snapshots.html", context)

    return await desk.read(work)


def _new(year: int) -> FormSheet:
    questions = (
        Question(name="year", kind="integer", label="Which year does the financial year begin in?"),
        Question(name="one_in", kind="integer", label="One case in how many?", hint="10 is ten per cent."),
        Question(
            name="seed", kind="text", label="What is the seed?",
            hint="Something that nobody could choose, such as the numbers of a lottery’s draw before 1 April.",
        ),
        Question(name="seed_source", kind="text", label="Where does it come from?", hint="So that all can check."),
    )  # fmt: skip
    return FormSheet(
        title="Publish a year’s seed", caption="Annual snapshot", button="Publish it", back=HOME,
        back_label="Annual snapshot", questions=questions, filled=filled_with(questions, {"year": year, "one_in": 10}),
        help="Once it is published it stays. The seed decides which of the year’s cases are in the sample, so nobody"
        " can pick them afterwards.",
    )  # fmt: skip


async def _ask_new(desk: PageDesk, actor: Actor) -> FormSheet:
    require(actor, Permission.SNAPSHOT_PUBLISH)
    return _new(periods.year_of(casework_at(desk).timekeeper.day(desk.now())) + 1)


@router.get(f"{HOME}/new")
async def get_new(desk: AtPageDesk) -> Response:
    """The form of a year's seed."""

    async def ask(_session: Session, actor: Actor) -> FormSheet:
        return await _ask_new(desk, actor)

    return await show_form(desk, ask)


@router.post(f"{HOME}/new")
async def post_new(desk: AtPageDesk) -> Response:
    """Publish a year's seed."""

    async def ask(_session: Session, actor: Actor) -> FormSheet:
        return await _ask_new(desk, actor)

    async def take(session: Session, actor: Actor, _form: FormSheet, answers: dict[str, Any]) -> str:
        wanted = validated(SnapshotIn, answers)
        await snapshots.publish(session, actor, wanted)
        return f"{HOME}/{wanted.year}"

    return await take_form(desk, ask, take)


@router.get(YEAR)
async def get_year(year: Year, desk: AtPageDesk) -> Response:
    """A year: its seed, the sampled cases that one may see, and the parts."""
    keeper = casework_at(desk).timekeeper
    words = Labels(keeper.pathways)

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.SNAPSHOT_ENTER)
        drawn = await snapshots.sample(session, year)
        await note_read(session, actor, f"GET {YEAR}", drawn.ids())
        context = {
            "snapshot": await snapshots.find(session, year),
            "items": drawn.rows,
            "parts": await snapshots.parts(session, year, drawn),
            "year": year,
            "name": periods.financial_year(year).key,
            "words": words,
            "may_submit": permits(actor, Permission.SNAPSHOT_SUBMIT),
            "may_report": permits(actor, Permission.REPORT_READ) and actor.sees_everything,
        }
        return View("reports/templates/snapshot.html", context)

    return await desk.read(work)


@router.get(f"{YEAR}/report")
async def get_report(year: Year, desk: AtPageDesk) -> Response:
    """The partnership's report."""
    keeper = casework_at(desk).timekeeper
    words = Labels(keeper.pathways)

    async def work(session: Session, actor: Actor) -> View:
        report = await snapshots.report(session, actor, year, keeper=keeper, now=desk.now())
        tables = [
            {
                "title": table.title,
                "definition": table.definition,
                "single": False,
                "heading": "Group",
                "names": [labels.column(name) for name in snapshot_files.columns_shown(table)],
                "rows": [
                    {
                        "group": snapshot_files.group_of(table, row, words),
                        "cells": [pictures.number(row.get(name)) for name in snapshot_files.columns_shown(table)],
                        "cases": None,
                    }
                    for row in table.rows
                ],
            }
            for table in report.tables
        ]
        context = {"report": report, "tables": tables, "about": snapshot_files.about(report), "year": year,
                   "name": periods.financial_year(year).key}  # fmt: skip
        return View("reports/templates/snapshot_report.html", context)

    return await desk.report(work)


async def _report(desk: PageDesk, year: int, write: Any) -> Response:
    keeper = casework_at(desk).timekeeper
    found: list[SnapshotReport] = []

    async def work(session: Session, actor: Actor) -> Response:
        found.append(await snapshots.report(session, actor, year, keeper=keeper, now=desk.now()))
        return Response()

    answer = await desk.report(work)
    if not found:
        return answer
    content, kind, ending = await run_in_threadpool(write, found[0], Labels(keeper.pathways))
    name = f"snapshot-{periods.financial_year(year).key}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


@router.get(f"{YEAR}/report.xlsx")
async def get_report_xlsx(year: Year, desk: AtPageDesk) -> Response:
    """The report as a workbook."""
    return await _report(desk, year, lambda found, words: (snapshot_files.as_xlsx(found, words), formats.XLSX, "xlsx"))


@router.get(f"{YEAR}/report.pdf")
async def get_report_pdf(year: Year, desk: AtPageDesk) -> Response:
    """The report to be printed."""
    today = casework_at(desk).timekeeper.day(desk.now())
    partnership = desk.request.app.state.brand.name

    def write(found: SnapshotReport, words: Labels) -> tuple[bytes, str, str]:
        content = snapshot_files.as_print(found, words, partnership=partnership, today=today)
        return papers_pdf(content), "application/pdf", "pdf"

    return await _report(desk, year, write)


async def _ask_entry(session: Session, actor: Actor, year: int, sampled: str) -> FormSheet:
    require(actor, Permission.SNAPSHOT_ENTER)
    row = await snapshots.sampled_case(session, year, sampled)
    await note_read(session, actor, f"GET {CASE}", [row.case_id])
    questions = (
        Question(
            name="professions", kind="words", label="Who took part without recording anything here?", required=False,
            hint="Professions, separated by semicolons; no names. Who recorded something is known already.",
        ),
        Question(name="outcome_told", kind="long_text", label="What came of it for the person?", hint="Without names."),
        Question(
            name="surveyed", kind="yes_no", label="Has the person been asked how it was for them?",
            options=(Option(value="true", label="Yes"), Option(value="false", label="No")),
        ),
    )  # fmt: skip
    known = {"professions": row.professions, "outcome_told": row.outcome_told, "surveyed": row.surveyed}
    return FormSheet(
        title=f"Complete {sampled}", caption=f"Snapshot {periods.financial_year(year).key}",
        help="Times, tiers, outcomes and answers to the survey are taken from the case. Add what it does not have.",
        button="Save", back=f"{HOME}/{year}", back_label="Sampled cases", questions=questions,
        filled=filled_with(questions, {name: value for name, value in known.items() if value is not None}),
    )  # fmt: skip


@router.get(CASE)
async def get_entry(year: Year, sampled: str, desk: AtPageDesk) -> Response:
    """The form of what is added about a sampled case."""

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_entry(session, actor, year, sampled)

    return await show_form(desk, ask)


@router.post(CASE)
async def post_entry(year: Year, sampled: str, desk: AtPageDesk) -> Response:
    """Keep what is added about a sampled case."""

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_entry(session, actor, year, sampled)

    async def take(session: Session, actor: Actor, _form: FormSheet, answers: dict[str, Any]) -> str:
        await snapshots.enter(session, actor, year, sampled, validated(EntryIn, answers))
        return f"{HOME}/{year}"

    return await take_form(desk, ask, take)


async def _ask_submit(session: Session, actor: Actor, year: int) -> FormSheet:
    require(actor, Permission.SNAPSHOT_SUBMIT)
    drawn = await snapshots.sample(session, year)
    parts = [part for part in await snapshots.parts(session, year, drawn) if part.submitted_at is None]
    questions = (
        Question(
            name="organisation", kind="select", label="Whose part?",
            options=tuple(Option(value=part.key, label=part.organisation) for part in parts),
        ),
        Question(name="note", kind="text", label="Is there anything to say about it?", required=False),
    )  # fmt: skip
    return FormSheet(
        title="Submit a part", caption=f"Snapshot {periods.financial_year(year).key}",
        help="Every sampled case that the organisation holds must be complete. Once it is submitted it stays.",
        button="Submit", back=f"{HOME}/{year}", back_label="Sampled cases", questions=questions,
    )  # fmt: skip


@router.get(f"{YEAR}/submit")
async def get_submit(year: Year, desk: AtPageDesk) -> Response:
    """The form by which a part is handed in."""

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_submit(session, actor, year)

    return await show_form(desk, ask)


@router.post(f"{YEAR}/submit")
async def post_submit(year: Year, desk: AtPageDesk) -> Response:
    """Hand a part in."""

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_submit(session, actor, year)

    async def take(session: Session, actor: Actor, _form: FormSheet, answers: dict[str, Any]) -> str:
        today = casework_at(desk).timekeeper.day(desk.now())
        await snapshots.submit(session, actor, year, validated(SubmissionIn, answers), today=today)
        return f"{HOME}/{year}"

    return await take_form(desk, ask, take)
