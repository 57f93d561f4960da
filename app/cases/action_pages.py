"""A page for every action: the API's form of it, asked of a person about one case."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.cases import facts as case_facts
from app.cases.action_questions import Asking, action_questions, suggested_answers
from app.cases.actions.advance import Advance, advance, unknown_action
from app.cases.available import judge
from app.cases.beside import beside, template_of
from app.cases.choices import meetings_for
from app.cases.offers import Reason, reason
from app.cases.opened import OpenedCase
from app.cases.sheets import TEMPLATE, Sheet, casework_at, faults_in, open_at, seen, sheet_page, since_then
from app.edge import drafts
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.questions import filled_with, read_answers
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, Problem

router = APIRouter(include_in_schema=False)


@router.get("/cases/{reference}/actions/{action}")
async def get_action(reference: str, action: str, desk: AtPageDesk) -> Response:
    """The form of an action, or why it cannot be taken now and what would help."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        draft = await desk.draft(session, actor)
        asking = await _asking(session, actor, desk, opened, action)
        judged = judge(action, actor, opened.case, opened.pathway, asking.facts)
        sheet = _sheet(opened, asking, form=draft.form if draft else None, judged=judged)
        kept, about = await desk.kept(session, actor), await beside(session, opened, asking)
        return sheet_page(desk, opened, replace(sheet, kept=kept, about=about))

    return await desk.read(work)


@router.post("/cases/{reference}/actions/{action}")
async def post_action(reference: str, action: str, desk: AtPageDesk) -> Response:
    """Take the action, or show the form again with what stands in the way."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        opened = await open_at(session, actor, desk, reference)
        asking = await _asking(session, actor, desk, opened, action)
        command = Advance(
            reference=reference,
            action=action,
            details=read_answers(action_questions(asking), form, now=desk.now()),
            expected_sequence=seen(form),
        )
        recorded = await advance(session, actor, command, casework=casework_at(desk), now=desk.now())
        await drafts.drop(session, actor.user_id, desk.path)
        return f"/cases/{opened.shown.reference}?recorded={recorded.event.sequence}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        opened = await open_at(session, actor, desk, reference)
        asking = await _asking(session, actor, desk, opened, action)
        sheet = _sheet(opened, asking, form=form, problem=problem)
        return sheet_page(desk, opened, replace(sheet, about=await beside(session, opened, asking)))

    return await desk.submit(take, again)


async def _asking(session: Session, actor: Actor, desk: PageDesk, opened: OpenedCase, action: str) -> Asking:
    """What the questions of an action depend on. Raises NotFound for an action the pathway does not have."""
    casework = casework_at(desk)
    if action not in opened.pathway.actions or action == opened.pathway.initial_action:
        raise unknown_action(opened.pathway, action)
    facts = await case_facts.load_all(session, actor, opened.case, casework=casework, today=opened.today)
    needs_meetings = "meeting" in opened.pathway.needs(action)
    meetings = await meetings_for(session, casework, opened.today) if needs_meetings else {}
    return Asking(pathway=opened.pathway, action=action, facts=facts, meetings=meetings)


def _sheet(
    opened: OpenedCase,
    asking: Asking,
    *,
    form: Filled | None,
    judged: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Sheet:
    """The form, filled in with what the case says or with what was sent; `judged` is what stands in the way now."""
    questions = action_questions(asking)
    definition = opened.pathway.action(asking.action).definition
    return Sheet(
        title=definition.label,
        help=definition.help,
        button=definition.label,
        questions=questions,
        form=form if form is not None else filled_with(questions, suggested_answers(asking)),
        reasons=_reasons(judged or {}, opened, problem),
        faults=faults_in(questions, problem, {}),
        since=since_then(problem, opened.pathway),
        template=template_of(asking.action) or TEMPLATE,
    )


def _reasons(judged: Mapping[str, str], opened: OpenedCase, problem: Problem | None) -> list[Reason]:
    told = {b.code: b.message for b in problem.blockers} if isinstance(problem, ActionBlocked) else judged
    return [reason(code, message, opened.shown.reference) for code, message in told.items()]
