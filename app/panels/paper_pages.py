"""The pages of circulated papers: read on any screen, in print, with what has changed and what was asked."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.documents import served
from app.documents.receiving import documents_of
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.panels import items, queries
from app.panels.actions.ask_question import AnswerQuestion, AskQuestion, answer_question, ask_question
from app.panels.draft_shown import document_to_read, questions_at
from app.panels.pack_pdf import pdf_file
from app.panels.paper_schemas import AnswerIn, QuestionIn
from app.panels.papers_shown import change_words, open_papers, papers_of_meeting, printed

router = APIRouter(include_in_schema=False)
ITEM: Final = "/meetings/{meeting_id}/cases/{reference}"
ALL: Final = "/meetings/{meeting_id}/papers"
Version = Annotated[int | None, Query(ge=1, le=32_767)]
_CASE_IS_SEEN = text("SELECT EXISTS (SELECT FROM cases WHERE reference = :reference)")


@router.get(f"{ITEM}/papers")
async def get_papers(meeting_id: Id, reference: str, desk: AtPageDesk, version: Version = None) -> Response:
    """The papers of a case."""

    async def work(session: Session, actor: Actor) -> View:
        route = f"GET {ITEM}/papers"
        papers = await open_papers(session, actor, meeting_id, reference, version=version, route=route)
        item = await items.find_item(session, meeting_id, reference)
        context = {
            "papers": papers,
            "meeting": await queries.find_meeting(session, meeting_id),
            "base": f"/meetings/{meeting_id}/cases/{papers.reference}",
            "change_words": change_words,
            "open": item.closed_at is None,
            "asks": permits(actor, Permission.PANEL_ASSENT),
            "answers": await session.scalar(_CASE_IS_SEEN, {"reference": papers.reference})
            and (permits(actor, Permission.PANEL_MANAGE) or permits(actor, Permission.CASE_CONVERSE)),
        }
        return View("panels/templates/papers.html", context)

    return await desk.read(work)


@router.get(f"{ITEM}/papers.pdf")
async def get_papers_pdf(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """The same in print."""

    async def work(session: Session, actor: Actor) -> Response:
        route = f"GET {ITEM}/papers.pdf"
        papers = await open_papers(session, actor, meeting_id, reference, version=None, route=route)
        return await pdf_file(await printed(session, meeting_id, [papers]))

    return await desk.read(work)


@router.get(ALL)
async def get_all(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Every case's papers, one below the other."""

    async def work(session: Session, actor: Actor) -> View:
        papers = await papers_of_meeting(session, actor, meeting_id, f"GET {ALL}")
        meeting = await queries.find_meeting(session, meeting_id)
        return View("panels/templates/all_papers.html", {"papers": papers, "meeting": meeting})

    return await desk.read(work)


@router.get(f"{ALL}.pdf")
async def get_all_pdf(meeting_id: Id, desk: AtPageDesk) -> Response:
    """The same in print."""

    async def work(session: Session, actor: Actor) -> Response:
        papers = await papers_of_meeting(session, actor, meeting_id, f"GET {ALL}.pdf")
        return await pdf_file(await printed(session, meeting_id, papers))

    return await desk.read(work)


@router.get(f"{ITEM}/papers/documents/{{document_id}}/content")
async def get_document(meeting_id: Id, reference: str, document_id: Id, desk: AtPageDesk) -> Response:
    """A document that goes with the papers."""

    async def work(session: Session, actor: Actor) -> Response:
        route = f"GET {ITEM}/papers/documents/{{document_id}}/content"
        found = await document_to_read(session, actor, meeting_id, reference, document_id, route=route)
        return served.content_of(documents_of(desk.request).store, found)

    return await desk.read(work)


@router.get(f"{ITEM}/questions")
async def get_question(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Ask for a question or a remark."""
    return await show_form(desk, lambda session, actor: _asking(session, actor, meeting_id, reference))


@router.post(f"{ITEM}/questions")
async def post_question(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Take it, then show the papers."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(QuestionIn, answers)
        command = AskQuestion(meeting_id=meeting_id, reference=reference, kind=body.kind, told=body.told)
        await ask_question(session, actor, command, now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _asking(session, actor, meeting_id, reference), take)


@router.get(f"{ITEM}/questions/{{question_id}}")
async def get_answer(meeting_id: Id, reference: str, question_id: Id, desk: AtPageDesk) -> Response:
    """Ask for the answer to a question."""
    place = (meeting_id, reference)
    return await show_form(desk, lambda session, actor: _answering(session, actor, place, question_id))


@router.post(f"{ITEM}/questions/{{question_id}}")
async def post_answer(meeting_id: Id, reference: str, question_id: Id, desk: AtPageDesk) -> Response:
    """Take it, then show the papers."""
    place = (meeting_id, reference)

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        answer = validated(AnswerIn, answers).answer
        command = AnswerQuestion(meeting_id=meeting_id, reference=reference, question_id=question_id, answer=answer)
        await answer_question(session, actor, command, now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _answering(session, actor, place, question_id), take)


async def _about(session: Session, actor: Actor, meeting_id: int, reference: str) -> FormSheet:
    item = await items.find_item(session, meeting_id, reference)
    meeting = await queries.find_meeting(session, meeting_id)
    base = f"/meetings/{meeting_id}/cases/{item.reference}"
    papers = permits(actor, Permission.PANEL_VIEW) and await session.scalar(_HAS_PAPERS, {"id": item.id})
    return FormSheet(
        title="",
        caption=f"Case {item.reference}, {day(meeting.held_on)}",
        help="",
        button="",
        back=f"{base}/papers" if papers else base,
        back_label="Back to the papers" if papers else "Back to the case on this agenda",
        questions=(),
    )


_HAS_PAPERS = text("SELECT EXISTS (SELECT FROM panel_packs WHERE item_id = :id)")


async def _asking(session: Session, actor: Actor, meeting_id: int, reference: str) -> FormSheet:
    about = await _about(session, actor, meeting_id, reference)
    require(actor, Permission.PANEL_ASSENT)
    kinds = (Option(value="question", label="A question"), Option(value="comment", label="A remark"))
    return replace(
        about,
        title="Ask before the meeting",
        help="Whoever presents the case reads it, and so do the other members.",
        button="Send it",
        questions=(
            Question(name="kind", kind="choice", label="What is it?", options=kinds),
            Question(name="told", kind="long_text", label="What do you want to say?"),
        ),
    )


async def _answering(session: Session, actor: Actor, place: tuple[int, str], question_id: int) -> FormSheet:
    about = await _about(session, actor, *place)
    asked = await questions_at(session, actor, *place, route=f"GET {ITEM}/questions/{{question_id}}")
    question = next((one for one in asked if one.id == question_id), None)
    if question is None:
        raise NotFound("Nobody has asked this about the case. Look at the questions on its papers.")
    return replace(
        about,
        title="Answer a question",
        help=f"{question.asked_by} asks: {question.told}",
        button="Answer it",
        questions=(Question(name="answer", kind="long_text", label="The answer"),),
    )
