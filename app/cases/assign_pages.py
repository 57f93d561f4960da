"""The pages on which several cases are assigned: tick on the list, choose a colleague, see what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.access.roles import label
from app.cases import team
from app.cases.actions.assign_many import MOST_CASES, AssignedMany, AssignMany, SeenCase, assign_many
from app.cases.asked import read_query
from app.cases.casework import Casework
from app.cases.conditions import Condition
from app.cases.reads import note_read
from app.cases.work_lines import WorkLine, work_line
from app.cases.worklist import worklist
from app.cases.worklist_schemas import AssignmentsIn
from app.edge.forms import NOTHING, Filled, parse
from app.edge.pages import AtPageDesk, PageDesk, View, faults_of
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, field_id, read_answers
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Problem, Unprocessable

router = APIRouter(include_in_schema=False)
CHOOSE: Final = "cases/templates/assign.html"
RESULT: Final = "cases/templates/assigned.html"
PATH: Final = "/worklist/assign"
_KEEP = text(
    """
    INSERT INTO bulk_assignments (user_id, assigned_to, results)
    VALUES (:user_id, :assigned_to, CAST(:results AS jsonb)) RETURNING id
    """
)
_KEPT = text(
    """
    SELECT u.name, b.results FROM bulk_assignments b JOIN users u ON u.id = b.assigned_to WHERE b.id = :id
    """
)


@router.get(PATH)
async def get_assign(desk: AtPageDesk) -> Response:
    """Choose a colleague for the cases that were ticked; how much each colleague carries stands beside the name."""

    async def work(session: Session, actor: Actor) -> View:
        return await _choose(session, actor, desk, parse(desk.request.url.query), NOTHING)

    return await desk.read(work)


@router.post(PATH)
async def post_assign(desk: AtPageDesk) -> Response:
    """Assign them, each on its own, and go to what became of each."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        chosen = read_answers(_questions([]), form)
        body = validated(AssignmentsIn, {"cases": [asdict(case) for case in _ticked(form)], **chosen})
        command = AssignMany(
            cases=tuple(SeenCase(reference=case.reference, sequence=case.sequence) for case in body.cases),
            assigned_to=body.assigned_to,
            note=body.note,
        )
        done = await assign_many(session, actor, command, casework=_casework(desk))
        number = await _keep(session, actor, done)
        back = read_query(form.get("back")).query
        return f"/worklist/assigned/{number}" + (f"?{back}" if back else "")

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return await _choose(session, actor, desk, form, form, problem)

    return await desk.submit(take, again)


@router.get("/worklist/assigned/{number}")
async def get_assigned(number: UUID, desk: AtPageDesk) -> Response:
    """What became of each case; to whoever assigned them, for thirty days."""

    async def work(session: Session, actor: Actor) -> View:
        row = (await session.execute(_KEPT, {"id": number})).one_or_none()
        if row is None:
            raise NotFound("There is no such assignment of yours. What became of one can be seen for thirty days.")
        lines = await _lines(session, actor, desk, [one["reference"] for one in row.results])
        results = [
            {**one, "person": lines[one["reference"]].line.person if one["reference"] in lines else None}
            for one in row.results
        ]
        return View(RESULT, {"name": row.name, "results": results, "back": _back(desk.request.url.query)})

    return await desk.read(work)


async def _choose(
    session: Session, actor: Actor, desk: PageDesk, sent: Filled, form: Filled, problem: Problem | None = None
) -> View:
    require(actor, Permission.CASE_ASSIGN)
    ticked = _ticked(sent)
    if not ticked and problem is None:
        raise Unprocessable([FieldProblem("/cases", "Tick the cases that you want to assign first, then go on.")])
    lines = await _lines(session, actor, desk, [case.reference for case in ticked])
    staff = await team.workload(session, await team.staff_in(session, tuple(actor.holdings)), today=_today(desk))
    questions = _questions(_options(actor, staff))
    faults = faults_of(problem, lambda pointer: field_id(questions, pointer)) if problem else []
    context = {
        "lines": [lines[case.reference] for case in ticked if case.reference in lines],
        "ticked": ticked,
        "questions": questions,
        "form": form,
        "faults": faults,
        "back": read_query(sent.get("back")).query,
    }
    return View(CHOOSE, context)


def _ticked(form: Filled) -> list[SeenCase]:
    """The cases ticked, or all that were on the page; each as `reference.sequence`."""
    values = form.all("on_page") if form.get("all") else form.all("case")
    found = []
    for value in dict.fromkeys(values):
        reference, _, sequence = value.partition(".")
        number = int(sequence) if sequence.isascii() and sequence.isdecimal() and len(sequence) < 10 else None
        found.append(SeenCase(reference=reference, sequence=number or None))
    return found[: MOST_CASES + 1]


def _options(actor: Actor, staff: Sequence[team.Carried]) -> list[Option]:
    first = sorted(staff, key=lambda one: one.user_id != actor.user_id)
    return [
        Option(
            value=str(one.user_id),
            label=f"{one.name}{' (you)' * (one.user_id == actor.user_id)}: {one.open} open, {one.overdue} overdue",
            hint=", ".join(map(label, one.roles)).capitalize(),
        )
        for one in first
    ]


def _questions(options: Sequence[Option]) -> tuple[Question, ...]:
    return (
        Question(
            name="assigned_to",
            kind="choice",
            label="Who is to work on them?",
            hint="Beside each name: how many open cases that you may see they have.",
            options=tuple(options),
        ),
        Question(name="note", kind="text", label="Note for the journal", required=False),
    )


async def _keep(session: Session, actor: Actor, done: AssignedMany) -> UUID:
    results = [asdict(one) for one in done.results]
    values = {"user_id": actor.user_id, "assigned_to": done.assigned_to, "results": orjson.dumps(results).decode()}
    kept: UUID = await session.scalar(_KEEP, values)
    return kept


async def _lines(session: Session, actor: Actor, desk: PageDesk, references: Sequence[str]) -> Mapping[str, WorkLine]:
    """Reference -> the case in words, of those that the actor sees; their read is on record."""
    today, casework = _today(desk), _casework(desk)
    where = Condition("c.reference = ANY (CAST(:references AS text[]))", {"references": list(references)})
    page = await worklist(session, where, today=today, limit=MOST_CASES)
    await note_read(session, actor, f"{desk.request.method} {desk.request.scope['route'].path}", page.ids)
    lines = (work_line(one, actor, casework=casework, today=today) for one in page.items)
    return {one.line.reference: one for one in lines}


def _back(query: str) -> str:
    return read_query(query).address()


def _casework(desk: PageDesk) -> Casework:
    casework: Casework = desk.request.app.state.casework
    return casework


def _today(desk: PageDesk) -> date:
    return _casework(desk).timekeeper.day(desk.now())
