"""Log a referral: one page, and for direct access one press of a button from there to approved."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from fastapi import APIRouter, Request, Response

from app.access.actor import Actor
from app.access.policy import require_role
from app.cases.actions.settle_referral import settle_referral
from app.cases.casework import Casework
from app.cases.known import KNOWN
from app.cases.referral_form import (
    ANYWAY,
    LOOK_UP,
    SEPARATE,
    Answered,
    ReferralForm,
    answered,
    command_from,
    may_log,
    referral_form,
)
from app.cases.referral_questions import fresh_answers
from app.cases.sheets import casework_at
from app.edge import csrf, drafts, forms, sessions
from app.edge.doors import enter_session
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, FieldFault, NavItem, PageDesk, View, faults_of, fragment
from app.edge.problem_answers import MISSING
from app.edge.questions import Question, field_id, filled_with, missing_message
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, BlockerProblem, Problem, Unprocessable

router = APIRouter(include_in_schema=False)
PATH: Final = "/referrals/new"
TEMPLATE: Final = "cases/templates/referral.html"


def _logs(request: Request, actor: Actor) -> bool:
    casework: Casework = request.app.state.casework
    return may_log(actor, casework.pathways.latest(casework.default_pathway))


NAV: Final = (NavItem("Log a referral", PATH, shown=_logs),)


class LookAgain(Problem):
    """No fault: somebody asks what we know so far."""

    status, slug, title = 200, "look-again", "Here is what we know so far"


@router.get(PATH)
async def get_referral(desk: AtPageDesk) -> Response:
    """An empty form, or the draft that was kept."""

    async def work(session: Session, actor: Actor) -> View:
        asks = await _form(session, actor, desk)
        draft = await desk.draft(session, actor)
        form = draft.form if draft else filled_with(asks.need, fresh_answers(_today(desk)))
        answers = await _answered(session, actor, desk, asks, draft.form if draft else NOTHING)
        return _page(asks, form, answers, kept=await desk.kept(session, actor))

    return await desk.read(work)


@router.post(PATH)
async def post_referral(desk: AtPageDesk) -> Response:
    """Log it, and approve it where nothing speaks against that; else show what does, and what can be done."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        casework = casework_at(desk)
        asks = await _form(session, actor, desk)
        if form.get("look"):
            raise LookAgain("")
        answers = await _answered(session, actor, desk, asks, form)
        screens = bool(asks.screening) and not form.get(ANYWAY)
        command = command_from(answers, screens=screens, allow_test_numbers=casework.allow_test_numbers)
        if screens and not answers.findings.at_once:
            raise ActionBlocked([BlockerProblem("needs_assessment", _needs_assessment(answers))])
        settled = await settle_referral(session, actor, command, casework=casework, now=desk.now())
        await drafts.drop(session, actor.user_id, desk.path)
        return f"/cases/{settled.logged.case.reference}?recorded={settled.last.event.sequence}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        asks = await _form(session, actor, desk)
        answers = await _answered(session, actor, desk, asks, form)
        return _page(asks, form, answers, problem=problem)

    return await desk.submit(take, again)


@router.post("/referrals/look-up")
async def post_look_up(desk: AtPageDesk) -> Response:
    """The part of the page that shows whom we know, drawn anew while somebody types."""
    return await _part(desk, "cases/templates/referral_found.html")


@router.post("/referrals/findings")
async def post_findings(desk: AtPageDesk) -> Response:
    """The part of the page that shows the tier and the repeats, drawn anew while somebody types."""
    return await _part(desk, "cases/templates/referral_findings.html")


async def _part(desk: PageDesk, template: str) -> Response:
    form = await forms.read(desk.request)
    async with desk.db.transaction() as session:
        actor = await _entered(session, desk, form)
        asks = await _form(session, actor, desk)
        view = _page(asks, form, await _answered(session, actor, desk, asks, form))
    return fragment(View(template, view.context))


async def _entered(session: Session, desk: PageDesk, form: Filled) -> Actor:
    secret = sessions.secret_of(desk.request)
    actor = await enter_session(session, secret)
    csrf.check(desk.request, form, secret)
    return actor


async def _form(session: Session, actor: Actor, desk: PageDesk) -> ReferralForm:
    casework = casework_at(desk)
    pathway = casework.pathways.latest(casework.default_pathway)
    require_role(actor, pathway.roles_for(pathway.initial_action))
    return await referral_form(session, actor, casework)


async def _answered(session: Session, actor: Actor, desk: PageDesk, asks: ReferralForm, form: Filled) -> Answered:
    return await answered(session, actor, asks, form, casework=casework_at(desk), now=desk.now())


def _today(desk: PageDesk) -> date:
    return casework_at(desk).timekeeper.day(desk.now())


def _needs_assessment(answers: Answered) -> str:
    return (
        f"Triage proposes {answers.findings.tier_label}: {'; '.join(answers.findings.reasons)}. "
        "Somebody has to assess first, so it cannot be approved here. Log it, and it goes on from there."
    )


def _page(
    asks: ReferralForm, form: Filled, answers: Answered, *, problem: Problem | None = None, kept: datetime | None = None
) -> View:
    context = {
        "asks": asks,
        "form": form,
        "look_up": LOOK_UP,
        "separate": SEPARATE,
        "known_field": KNOWN,
        "known": "" if answers.gone else form.get(KNOWN),
        "found": answers.found,
        "looked": bool(form.get(LOOK_UP.name).strip()),
        "findings": answers.findings,
        "faults": []
        if problem is None or isinstance(problem, LookAgain | ActionBlocked)
        else _faults(asks, answers, form, problem),
        "against": [b.message for b in problem.blockers] if isinstance(problem, ActionBlocked) else [],
        "anyway": ANYWAY,
        "more_open": any(form.get(question.id) for question in asks.more),
        "kept": kept,
    }
    return View(TEMPLATE, context)


def _faults(asks: ReferralForm, answers: Answered, form: Filled, problem: Problem) -> Sequence[FieldFault]:
    """What is wrong, in the order of the page. What is missing is named, and all of it at once."""

    def ids(pointer: str) -> str | None:
        # The screening's own form does not know that it stands inside another.
        return field_id(asks.all, pointer) or field_id(asks.all, f"/screening{pointer}")

    if not isinstance(problem, Unprocessable):
        return faults_of(problem, ids)
    gaps = [question for error in problem.errors if error.message == MISSING for question in _at(asks, error.pointer)]
    if answers.findings.at_once and not form.get(ANYWAY):
        gaps += [q for q in asks.screening if q.name.removeprefix("screening.") not in answers.screening]
    missing = {field_id(asks.all, f"/{q.name.replace('.', '/')}") or "": missing_message(q) for q in gaps}
    others = {f.field: f.message for f in faults_of(problem, ids) if f.field and f.message != MISSING}
    unplaced = [f for f in faults_of(problem, ids) if not f.field and f.message != MISSING]
    found = {**missing, **others}
    order = [field_id(asks.all, f"/{q.name.replace('.', '/')}") for q in asks.all]
    return [*unplaced, *(FieldFault(id_, found[id_]) for id_ in order if id_ is not None and id_ in found)]


def _at(asks: ReferralForm, pointer: str) -> list[Question]:
    """The questions that an answer is made of: of one that is missing as a whole, all that must be answered."""
    name = pointer.strip("/").replace("/", ".")
    return [q for q in asks.all if q.name == name or (q.required and q.name.startswith(f"{name}."))]
