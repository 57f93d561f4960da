"""The pages on which a panel's decision is recorded: choose which, then answer its form, in the frame of the case."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.policy import permits, refusal
from app.cases import facts as case_facts
from app.cases.action_questions import Asking, action_questions
from app.cases.available import judge
from app.cases.choices import staff_of
from app.cases.offers import Mend, Reason, reason
from app.cases.opened import OpenedCase
from app.cases.sheets import Sheet, casework_at, faults_in, open_at, seen, sheet_page, since_then
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Question, read_answers
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, NotFound, Problem
from app.panels import wording
from app.panels.actions.decide_item import MOVES, DecideItem, decide_item
from app.panels.item_schemas import DecisionIn
from app.panels.items import find_item
from app.panels.tasks import NewTask

router = APIRouter(include_in_schema=False)
ROUTE: Final = "/meetings/{meeting_id}/cases/{reference}/decision/{decision}"
_WAITS: Final = frozenset({"defer", "refer_on"})
"""Decisions after which somebody has to bring something."""


@router.get(ROUTE)
async def get_decision(meeting_id: Id, reference: str, decision: str, desk: AtPageDesk) -> Response:
    """The form of a decision, or why it cannot be taken now."""

    async def work(session: Session, actor: Actor) -> View:
        opened, asking = await _asked(session, actor, desk, meeting_id, reference, decision)
        judged = judge(asking.action, actor, opened.case, opened.pathway, asking.facts)
        reasons = _reasons(judged, meeting_id, opened)
        if decision != "rehouse" and not permits(actor, Permission.PANEL_MANAGE):
            reasons = [Reason(refusal(GRANTS[Permission.PANEL_MANAGE]), None)]
        return sheet_page(desk, opened, replace(await _sheet(session, opened, asking, decision), reasons=reasons))

    return await desk.read(work)


@router.post(ROUTE)
async def post_decision(meeting_id: Id, reference: str, decision: str, desk: AtPageDesk) -> Response:
    """Record the decision, then show the case on this agenda with what came of it."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        opened, asking = await _asked(session, actor, desk, meeting_id, reference, decision)
        answers = read_answers(await _questions(session, opened, asking, decision), form, now=desk.now())
        tasks = _tasks(decision, answers)
        body = validated(DecisionIn, {"decision": decision, "answers": answers, "tasks": tasks})
        command = DecideItem(
            meeting_id=meeting_id,
            reference=reference,
            decision=body.decision,
            answers=body.answers,
            tasks=tuple(NewTask(**task.model_dump()) for task in body.tasks),
            expected_sequence=seen(form),
        )
        await decide_item(session, actor, command, casework=casework_at(desk), now=desk.now())
        return f"/meetings/{meeting_id}/cases/{opened.shown.reference}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        opened, asking = await _asked(session, actor, desk, meeting_id, reference, decision)
        sheet = await _sheet(session, opened, asking, decision, form=form, problem=problem)
        told = {b.code: b.message for b in problem.blockers} if isinstance(problem, ActionBlocked) else {}
        return sheet_page(desk, opened, replace(sheet, reasons=_reasons(told, meeting_id, opened)))

    return await desk.submit(take, again)


def _reasons(told: Mapping[str, str], meeting_id: int, opened: OpenedCase) -> list[Reason]:
    """What stands in the way, each with the page on which it is mended."""
    reference = opened.shown.reference
    here = {
        "meeting_not_quorate": Mend("Record who came", f"/meetings/{meeting_id}/attendance"),
        "assent_missing": Mend("Agree or disagree for a partner", f"/meetings/{meeting_id}/cases/{reference}/assents"),
    }
    return [
        Reason(message, here[code]) if code in here else reason(code, message, reference)
        for code, message in told.items()
    ]


async def _asked(
    session: Session, actor: Actor, desk: PageDesk, meeting_id: int, reference: str, decision: str
) -> tuple[OpenedCase, Asking]:
    """The case, and what the form of its decision depends on. Raises NotFound for what is not on this agenda."""
    if decision not in MOVES:
        raise NotFound("A panel has no such decision.")
    opened = await open_at(session, actor, desk, reference)
    await find_item(session, meeting_id, reference)
    facts = await case_facts.load_all(session, actor, opened.case, casework=casework_at(desk), today=opened.today)
    return opened, Asking(pathway=opened.pathway, action=MOVES[decision], facts=facts, meetings={})


def _tasks(decision: str, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Take what others have to do out of the answers: what remains is the pathway's form."""
    given, owner = answers.pop("tasks", []), answers.pop("owner", None)
    if decision not in _WAITS:
        kind = "condition" if decision == "agree_with_conditions" else "action"
        return [{"kind": kind, **task} for task in given]
    if owner is None:
        return []
    told, due_on = answers.get("what_is_needed"), answers.get("by_when")
    return [{"kind": "information", "told": told, "due_on": due_on, "owner": owner}] if told and due_on else []


async def _questions(session: Session, opened: OpenedCase, asking: Asking, decision: str) -> tuple[Question, ...]:
    """The pathway's own, but conditions as tasks: somebody has to meet each by a day."""
    people = await staff_of(session, opened.case.state.party_ids)
    own = [question for question in action_questions(asking) if question.name != "conditions"]
    if decision in _WAITS:
        hint = "It stands on their list of tasks. Leave it empty for whoever holds the case."
        label = "Who has to bring it?" if decision == "defer" else "Who sees to it?"
        whom = Question(name="owner", kind="select", label=label, hint=hint, required=False, options=people)
        return (*own, whom)
    conditions = decision == "agree_with_conditions"
    tasks = Question(
        name="tasks",
        kind="rows",
        label="Conditions" if conditions else "What others have to do",
        hint="Each stands on somebody’s list of tasks until it is ended.",
        required=conditions,
        columns=(
            Question(name="told", kind="text", label="What"),
            Question(name="due_on", kind="date", label="By when"),
            Question(name="owner", kind="select", label="By whom", options=people),
        ),
        rows_shown=1,
    )
    return (*own, tasks)


async def _sheet(
    session: Session,
    opened: OpenedCase,
    asking: Asking,
    decision: str,
    *,
    form: Filled = NOTHING,
    problem: Problem | None = None,
) -> Sheet:
    questions = await _questions(session, opened, asking, decision)
    label, help_ = wording.CHOICES[decision]
    return Sheet(
        title=f"Record the panel’s decision: {label.lower()}",
        help=help_,
        button="Record the decision",
        questions=questions,
        form=form,
        faults=faults_in(questions, problem, {"decision": "tasks"}),
        since=since_then(problem, opened.pathway),
    )
