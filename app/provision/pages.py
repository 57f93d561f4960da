"""The page of a case's provision, and the forms that record a quote and a survey."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ValidationError

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.policy import permits, refusal
from app.cases.casework import Casework
from app.cases.events import shown_event
from app.cases.models import Case, Recorded
from app.cases.offers import Reason
from app.cases.opened import CaseTab, OpenedCase, frame
from app.cases.sheets import Sheet, casework_at, faults_in, open_at, seen, sheet_page, since_then
from app.cases.wording import tell
from app.edge import drafts
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.problem_answers import from_validation
from app.edge.questions import Question, filled_with, read_answers
from app.kernel.database import Session
from app.kernel.problems import Conflict, Problem
from app.provision import wording
from app.provision.actions.answer_survey import AnswerSurvey, answer_survey, cannot_be_asked
from app.provision.actions.receive_quote import ReceiveQuote, cannot_be_quoted, receive_quote
from app.provision.questions import quote_questions, survey_questions
from app.provision.schemas import GIVEN_BY, HOW, QuoteIn, SurveyIn
from app.provision.shown import show_provision, still_wanted

router = APIRouter(include_in_schema=False)
CASE_TABS: Final = (CaseTab("Provision", "provision"),)
JustRecorded = Annotated[int | None, Query(ge=1, le=10**6)]


@router.get("/cases/{reference}/provision")
async def get_provision(reference: str, desk: AtPageDesk, recorded: JustRecorded = None) -> Response:
    """Quotes, orders, snags, costs, goals and surveys of a case. `recorded`: what has just been recorded."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        casework, case = casework_at(desk), opened.case
        just = await shown_event(session, case.id, recorded) if recorded else None
        context = {
            **frame(desk.request, opened, part="provision"),
            "provision": await show_provision(session, case, casework=casework, today=opened.today),
            "just": tell(just, opened.pathway) if just else None,
            "may_quote": not _hindrances(QUOTE, actor, case, casework),
            "may_survey": not _hindrances(SURVEY, actor, case, casework),
            "sees_reuse": permits(actor, Permission.REUSE_VIEW),
            "say": wording,
            "given_by": GIVEN_BY,
            "how": HOW,
        }
        return View("provision/templates/provision.html", context)

    return await desk.read(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which case an answer is about, and what its sender last saw of it."""

    reference: str
    expected_sequence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of this page: what it asks, the body that its answers make, and what takes the body."""

    title: str
    help: str
    button: str
    permission: Permission
    body: type[BaseModel]
    hindered: Callable[[Case, Casework], Conflict | None]
    questions: Callable[[OpenedCase, Casework], tuple[Question, ...]]
    known: Callable[[OpenedCase], Mapping[str, Any]]
    take: Callable[[Session, Actor, About, Any, PageDesk], Awaitable[Recorded]]


async def _take_quote(session: Session, actor: Actor, about: About, body: QuoteIn, desk: PageDesk) -> Recorded:
    command = ReceiveQuote(
        reference=about.reference,
        expected_sequence=about.expected_sequence,
        **{**body.model_dump(), "items": tuple(body.items)},
    )
    return await receive_quote(session, actor, command, casework=casework_at(desk), now=desk.now())


async def _take_survey(session: Session, actor: Actor, about: About, body: SurveyIn, desk: PageDesk) -> Recorded:
    command = AnswerSurvey(reference=about.reference, expected_sequence=about.expected_sequence, **body.model_dump())
    return await answer_survey(session, actor, command, casework=casework_at(desk), now=desk.now())


def _survey_asked(_opened: OpenedCase, casework: Casework) -> tuple[Question, ...]:
    survey = casework.pathways.survey
    return survey_questions(survey) if survey is not None else ()


QUOTE: Final = Form(
    title="Record a quote",
    help="The order that names the same contractor takes its newest quote.",
    button="Record the quote",
    permission=Permission.QUOTE_RECORD,
    body=QuoteIn,
    hindered=cannot_be_quoted,
    questions=lambda opened, _casework: quote_questions(opened.pathway.catalogue),
    known=lambda opened: {"items": list(still_wanted(opened.case)), "received_on": opened.today.isoformat()},
    take=_take_quote,
)
SURVEY: Final = Form(
    title="Ask how it went",
    help="Ask the person, or somebody who speaks for them. They need not answer every question.",
    button="Record the answers",
    permission=Permission.SURVEY_RECORD,
    body=SurveyIn,
    hindered=cannot_be_asked,
    questions=_survey_asked,
    known=lambda opened: {"answered_on": opened.today.isoformat()},
    take=_take_survey,
)


@router.get("/cases/{reference}/provision/quote")
async def get_quote(reference: str, desk: AtPageDesk) -> Response:
    """The form of a quote."""
    return await _show(desk, reference, QUOTE)


@router.post("/cases/{reference}/provision/quote")
async def post_quote(reference: str, desk: AtPageDesk) -> Response:
    """Record a quote, or show its form again."""
    return await _take(desk, reference, QUOTE)


@router.get("/cases/{reference}/provision/survey")
async def get_survey(reference: str, desk: AtPageDesk) -> Response:
    """The form of a survey."""
    return await _show(desk, reference, SURVEY)


@router.post("/cases/{reference}/provision/survey")
async def post_survey(reference: str, desk: AtPageDesk) -> Response:
    """Record a survey, or show its form again."""
    return await _take(desk, reference, SURVEY)


async def _show(desk: PageDesk, reference: str, form: Form) -> Response:
    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        draft = await desk.draft(session, actor)
        return sheet_page(desk, opened, _sheet(desk, actor, opened, form, filled=draft.form if draft else None))

    return await desk.read(work)


async def _take(desk: PageDesk, reference: str, form: Form) -> Response:
    async def take(session: Session, actor: Actor, filled: Filled) -> str:
        opened = await open_at(session, actor, desk, reference)
        questions = form.questions(opened, casework_at(desk))
        body = _body(form, read_answers(questions, filled, now=desk.now()))
        about = About(reference=reference, expected_sequence=seen(filled))
        recorded = await form.take(session, actor, about, body, desk)
        await drafts.drop(session, actor.user_id, desk.path)
        return f"/cases/{opened.shown.reference}/provision?recorded={recorded.event.sequence}"

    async def again(session: Session, actor: Actor, filled: Filled, problem: Problem) -> View:
        opened = await open_at(session, actor, desk, reference)
        return sheet_page(desk, opened, _sheet(desk, actor, opened, form, filled=filled, problem=problem))

    return await desk.submit(take, again)


def _body(form: Form, answers: Mapping[str, Any]) -> BaseModel:
    """The body that an API client would have sent; a survey without any answer has an empty list of them."""
    empty: dict[str, Any] = {"answers": {}} if form is SURVEY else {}
    try:
        return form.body.model_validate({**empty, **answers})
    except ValidationError as error:
        raise from_validation(list(error.errors())) from None


def _sheet(
    desk: PageDesk,
    actor: Actor,
    opened: OpenedCase,
    form: Form,
    *,
    filled: Filled | None,
    problem: Problem | None = None,
) -> Sheet:
    casework = casework_at(desk)
    questions = form.questions(opened, casework)
    survey = casework.pathways.survey if form is SURVEY else None
    return Sheet(
        title=survey.title if survey else form.title,
        help=survey.note if survey else form.help,
        button=form.button,
        questions=questions,
        form=filled_with(questions, form.known(opened)) if filled is None else filled,
        reasons=_hindrances(form, actor, opened.case, casework),
        faults=faults_in(questions, problem, {}),
        since=since_then(problem, opened.pathway),
    )


def _hindrances(form: Form, actor: Actor, case: Case, casework: Casework) -> list[Reason]:
    """Why somebody cannot use a form now: whose it is, and what must come first."""
    if not permits(actor, form.permission, case.state.acting_party_ids):
        return [Reason(refusal(GRANTS[form.permission]), None)]
    hindered = form.hindered(case, casework)
    return [Reason(hindered.detail, None)] if hindered is not None else []
