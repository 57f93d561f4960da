"""The pages of the annual snapshot: its years, the sampled cases, what is added about them, submitting, the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page, show_form, take_form
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with, read_answers
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.problems import Problem
from app.panels.pack_pdf import papers_pdf
from app.reports import formats, labels, periods, snapshot_files, snapshot_report, snapshots
from app.reports.labels import Labels
from app.reports.snapshot_said import read_said
from app.reports.snapshot_schemas import (
    NOT_ASKED,
    EntryIn,
    PartOut,
    SnapshotIn,
    SnapshotReport,
    SubmissionIn,
    TableOut,
)

router = APIRouter(include_in_schema=False)
HOME: Final = "/snapshot"
YEAR: Final = "/snapshot/{year}"
CASE: Final = f"{YEAR}/cases/{{sampled}}"
REPLACES: Final = "replaces"
NAV: Final = (NavItem("Snapshot", HOME, Permission.SNAPSHOT_VIEW),)
Year = Annotated[int, Path(ge=2000, le=2100)]


@router.get(HOME)
async def get_home(desk: AtPageDesk) -> Response:
    """Every year's snapshot."""

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.SNAPSHOT_VIEW)
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
async def get_year(year: Year, desk: AtPageDesk, done: Annotated[str, Query(max_length=100)] = "") -> Response:
    """A year: its seed, the sampled cases that one may see, and the parts; `done` is what one has just seen to."""
    keeper = casework_at(desk).timekeeper
    words = Labels(keeper.pathways)

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.SNAPSHOT_VIEW)
        drawn = await snapshots.sample(session, year)
        await note_read(session, actor, f"GET {YEAR}", drawn.ids())
        parts = await snapshots.parts(session, year, drawn)
        handed = {part.key for part in parts if part.submitted_at is not None}
        context = {
            "snapshot": await snapshots.find(session, year),
            "items": drawn.rows,
            "parts": parts,
            "handed": handed,
            "mine": {row.key for row in drawn.rows if permits(actor, Permission.SNAPSHOT_ENTER, [row.organisation_id])},
            "sees_everything": actor.sees_everything,
            "year": year,
            "name": periods.financial_year(year).key,
            "words": words,
            "just": _just(done, drawn, parts),
            "over": snapshots.is_over(year, keeper.day(desk.now())),
            "not_over": snapshots.NOT_OVER.format(after=year + 1),
            "may_submit": _to_submit(actor, drawn, parts),
            "may_report": permits(actor, Permission.REPORT_READ) and actor.sees_everything,
        }
        return View("reports/templates/snapshot.html", context)

    return await desk.read(work)


def _just(done: str, drawn: snapshots.Sample, parts: Sequence[PartOut]) -> str | None:
    """What the reader has just seen to, in words: nothing is said of what is not so."""
    for row in drawn.rows:
        if row.reference == done and row.outcome_told is not None:
            return f"{done} is complete."
    return next(
        (f"The part of {p.organisation} is submitted." for p in parts if p.key == done and p.submitted_at), None
    )


def _to_submit(actor: Actor, drawn: snapshots.Sample, parts: Sequence[PartOut]) -> list[PartOut]:
    """The parts that are not submitted yet and are the actor's to submit."""
    ids = {row.key: row.organisation_id for row in drawn.rows}
    return [
        part
        for part in parts
        if part.submitted_at is None and permits(actor, Permission.SNAPSHOT_SUBMIT, [ids[part.key]])
    ]


@router.get(f"{YEAR}/report")
async def get_report(year: Year, desk: AtPageDesk) -> Response:
    """The partnership's report."""
    keeper = casework_at(desk).timekeeper
    words = Labels(keeper.pathways)

    async def work(session: Session, actor: Actor) -> View:
        report = await snapshot_report.report(session, actor, year, keeper=keeper, now=desk.now())
        about = snapshot_files.about(report)
        context = {
            "report": report,
            "tables": [_table(table, words) for table in report.tables],
            "about": about[:_FIRST],
            "drawn": about[_FIRST:],
            "handed_in": snapshot_files.handed_in,
            "year": year,
            "name": periods.financial_year(year).key,
        }
        return View("reports/templates/snapshot_report.html", context)

    return await desk.report(work)


_FIRST: Final = 4
"""Of what must be known of the report, what stands above it; how cases were drawn can be opened."""


def _table(table: TableOut, words: Labels) -> dict[str, Any]:
    names = snapshot_files.columns_shown(table)
    return {
        "title": table.title,
        "definition": table.definition,
        "single": False,
        "heading": labels.BY[table.by] if table.by in labels.BY and table.by != "none" else "Group",
        "names": [snapshot_files.heading_of(table, name) for name in names],
        "rows": [
            {
                "group": snapshot_files.group_of(table, row, words),
                "cells": [snapshot_files.cell(row.get(name)) for name in names],
                "cases": None,
            }
            for row in table.rows
        ],
    }


async def _report(desk: PageDesk, year: int, write: Any) -> Response:
    keeper = casework_at(desk).timekeeper
    found: list[SnapshotReport] = []

    async def work(session: Session, actor: Actor) -> Response:
        found.append(await snapshot_report.report(session, actor, year, keeper=keeper, now=desk.now()))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """The form of a sampled case with what stands beside it; `closed` says why nothing can be entered any more."""

    sheet: FormSheet
    row: Any
    said_on: date | None
    earlier: Sequence[Any]
    closed: str | None


def _entry_questions() -> tuple[Question, ...]:
    return (
        Question(
            name="professions", kind="words", label="Who took part without recording anything here?", required=False,
            hint="Professions, separated by semicolons; no names. Who recorded something is known already.",
        ),
        Question(
            name="outcome_told", kind="long_text", label="What came of it for the person?",
            hint="Without names: the partnership’s report prints it.",
        ),
        Question(name="surveyed", kind="yes_no", label="Has the person been asked how it was for them?"),
        Question(
            name="not_asked_because", kind="choice", label="Why not?", shown_under=("surveyed", "false"),
            options=tuple(Option(value=key, label=label) for key, label in NOT_ASKED.items()),
        ),
    )  # fmt: skip


async def _ask_entry(session: Session, actor: Actor, desk: PageDesk, year: int, sampled: str) -> _Entry:
    require(actor, Permission.SNAPSHOT_VIEW)
    keeper = casework_at(desk).timekeeper
    drawn = await snapshots.sample(session, year)
    row = drawn.case(sampled)
    await note_read(session, actor, f"GET {CASE}", [row.case_id])
    part = next(part for part in await snapshots.parts(session, year, drawn) if part.key == row.key)
    closed = None
    if part.submitted_at is not None:
        closed = f"{row.organisation} has submitted its part on {day(part.submitted_at)}, and it stays as it is."
    elif not permits(actor, Permission.SNAPSHOT_ENTER, [row.organisation_id]):
        closed = f"This case is in the part of {row.organisation}: somebody there completes it."
    questions = _entry_questions()
    known = {one.name: getattr(row, one.name) for one in questions}
    sheet = FormSheet(
        title=f"Complete {sampled}" if closed is None else f"{sampled} in the sample",
        caption=f"Snapshot {periods.financial_year(year).key}",
        help="Times, tiers, outcomes and answers to the survey are taken from the case. Add what it does not have.",
        button="Save", back=f"{HOME}/{year}", back_label="Sampled cases", questions=questions,
        filled=filled_with(questions, {name: value for name, value in known.items() if value is not None}),
    )  # fmt: skip
    said = await read_said(session, [row.case_id], keeper)
    return _Entry(sheet=sheet, row=row, said_on=said.on.get(row.case_id), closed=closed,
                  earlier=await snapshots.entered_earlier(session, year, row))  # fmt: skip


def _entry_page(entry: _Entry, filled: Filled, problem: Problem | None = None) -> View:
    """The form; where somebody wrote meanwhile, with what they wrote, and the next sending takes its place."""
    meanwhile = isinstance(problem, snapshots.EnteredMeanwhile)
    seen = entry.row.version or 0
    view = form_page(
        entry.sheet, filled, problem,
        entry=entry.row, earlier=entry.earlier, said_on=entry.said_on, meanwhile=meanwhile, reasons_not_asked=NOT_ASKED,
        closed=entry.closed if problem is None else None,
        replaces=seen if problem is None or meanwhile else filled.get(REPLACES),
    )  # fmt: skip
    return View("reports/templates/snapshot_case.html", view.context)


@router.get(CASE)
async def get_entry(year: Year, sampled: str, desk: AtPageDesk) -> Response:
    """The form of what is added about a sampled case; what was entered alone once nothing can be added."""

    async def work(session: Session, actor: Actor) -> View:
        entry = await _ask_entry(session, actor, desk, year, sampled)
        return _entry_page(entry, entry.sheet.filled)

    return await desk.read(work)


@router.post(CASE)
async def post_entry(year: Year, sampled: str, desk: AtPageDesk) -> Response:
    """Keep what is added about a sampled case."""

    async def taken(session: Session, actor: Actor, form: Filled) -> str:
        answers = read_answers(_entry_questions(), form)
        seen = form.get(REPLACES)
        # A page always says what it has seen: without it nothing of somebody else's could be told from one's own.
        answers[REPLACES] = int(seen) if seen.isascii() and seen.isdecimal() else 0
        await snapshots.enter(session, actor, year, sampled, validated(EntryIn, answers))
        return f"{HOME}/{year}?done={sampled}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return _entry_page(await _ask_entry(session, actor, desk, year, sampled), form, problem)

    return await desk.submit(taken, again)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Submitting:
    """The form by which parts are submitted; `blocked` says why none can be."""

    sheet: FormSheet
    blocked: str | None


async def _ask_submit(session: Session, actor: Actor, desk: PageDesk, year: int) -> _Submitting:
    require(actor, Permission.SNAPSHOT_SUBMIT)
    drawn = await snapshots.sample(session, year)
    parts = _to_submit(actor, drawn, await snapshots.parts(session, year, drawn))
    blocked = None
    if not snapshots.is_over(year, casework_at(desk).timekeeper.day(desk.now())):
        blocked = snapshots.NOT_OVER.format(after=year + 1)
    elif not parts:
        blocked = "There is no part that is yours to submit and has not been submitted yet."
    questions = (
        Question(
            name="organisation", kind="choice", label="Whose part?",
            options=tuple(
                Option(value=part.key, label=part.organisation, hint=f"{part.completed} of {part.cases} cases complete")
                for part in parts
            ),
        ),
        Question(name="note", kind="text", label="Is there anything to say about it?", required=False,
                 hint="Without names: the partnership’s report prints it."),
    )  # fmt: skip
    sheet = FormSheet(
        title=f"Submit a part of {periods.financial_year(year).key}", caption="Annual snapshot",
        help="Every sampled case that the organisation holds must be complete. Once it is submitted, what was entered"
        " stays and cannot be changed.",
        button="Submit", back=f"{HOME}/{year}", back_label="Sampled cases", questions=questions,
    )  # fmt: skip
    return _Submitting(sheet=sheet, blocked=blocked)


def _submit_page(asked: _Submitting, filled: Filled, problem: Problem | None = None) -> View:
    view = form_page(asked.sheet, filled, problem, blocked=asked.blocked)
    return View("reports/templates/snapshot_submit.html", view.context)


@router.get(f"{YEAR}/submit")
async def get_submit(year: Year, desk: AtPageDesk) -> Response:
    """The form by which a part is handed in, or why none can be."""

    async def work(session: Session, actor: Actor) -> View:
        asked = await _ask_submit(session, actor, desk, year)
        return _submit_page(asked, asked.sheet.filled)

    return await desk.read(work)


@router.post(f"{YEAR}/submit")
async def post_submit(year: Year, desk: AtPageDesk) -> Response:
    """Hand a part in."""

    async def taken(session: Session, actor: Actor, form: Filled) -> str:
        asked = await _ask_submit(session, actor, desk, year)
        today = casework_at(desk).timekeeper.day(desk.now())
        wanted = validated(SubmissionIn, read_answers(asked.sheet.questions, form))
        key = await snapshots.submit(session, actor, year, wanted, today=today)
        return f"{HOME}/{year}?done={key}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return _submit_page(await _ask_submit(session, actor, desk, year), form, problem)

    return await desk.submit(taken, again)
