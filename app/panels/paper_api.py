"""The JSON API of papers: what they would be, what was circulated, and what members ask about them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.cases.api import casework_of
from app.documents import served
from app.documents.described import bytes_of
from app.documents.receiving import documents_of
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Id
from app.kernel.database import Session
from app.panels.actions.ask_question import AnswerQuestion, AskQuestion, answer_question, ask_question
from app.panels.actions.prepare_papers import (
    CirculatePapers,
    WithholdPart,
    WriteOptions,
    circulate_papers,
    withhold_part,
    write_options,
)
from app.panels.draft_shown import document_to_read, open_draft, questions_at
from app.panels.pack_pdf import pdf_file
from app.panels.paper_parts import PanelOption
from app.panels.paper_schemas import (
    AnswerIn,
    CirculateIn,
    DraftOut,
    OptionsIn,
    PackOut,
    PapersOfMeeting,
    QuestionIn,
    QuestionList,
    WithholdIn,
)
from app.panels.papers_shown import open_papers, papers_of_meeting, printed

router = APIRouter(tags=["panels"])
ITEM = "/meetings/{meeting_id}/cases/{reference}"
Version = Annotated[int | None, Query(ge=1, le=32_767, description="An earlier version of the papers.")]
_PDF = bytes_of("The papers as a tagged PDF (PDF/UA).", "application/pdf")


@router.get(f"{ITEM}/papers", response_model=PackOut, summary="Circulated papers")
async def get_papers(meeting_id: Id, reference: str, desk: ReadingDesk, version: Version = None) -> Response:
    """The papers of a case as members were given them, with what has changed since the version before."""

    async def work(session: Session, actor: Actor) -> PackOut:
        return await open_papers(session, actor, meeting_id, reference, version=version, route=f"GET {ITEM}/papers")

    return await desk.read(work)


@router.post(f"{ITEM}/papers", status_code=201, response_model=PackOut, summary="Circulate papers")
async def post_papers(meeting_id: Id, reference: str, body: CirculateIn, desk: WritingDesk) -> Response:
    """Freeze the papers as they stand and give them to the members; partners that spoke before are asked again."""
    command = CirculatePapers(meeting_id=meeting_id, reference=reference, why=body.why)

    async def work(session: Session, actor: Actor) -> PackOut:
        await circulate_papers(session, actor, command, casework=casework_of(desk.request), now=desk.now())
        return await open_papers(session, actor, meeting_id, reference, version=None, route=f"POST {ITEM}/papers")

    return await desk.write(work)


@router.get(f"{ITEM}/papers.pdf", response_class=Response, responses=_PDF, summary="Circulated papers in print")
async def get_papers_pdf(meeting_id: Id, reference: str, desk: ReadingDesk) -> Response:
    """The newest papers of a case as PDF."""

    async def work(session: Session, actor: Actor) -> Response:
        route = f"GET {ITEM}/papers.pdf"
        papers = await open_papers(session, actor, meeting_id, reference, version=None, route=route)
        content = await printed(session, meeting_id, [papers])
        return await pdf_file(content)

    return await desk.read(work)


@router.get("/meetings/{meeting_id}/papers", response_model=PapersOfMeeting, summary="All papers of a meeting")
async def get_meeting_papers(meeting_id: Id, desk: ReadingDesk) -> Response:
    """The newest papers of the cases on the agenda that the reader may see, in the agenda's order."""

    async def work(session: Session, actor: Actor) -> PapersOfMeeting:
        route = "GET /meetings/{meeting_id}/papers"
        return PapersOfMeeting(items=await papers_of_meeting(session, actor, meeting_id, route))

    return await desk.read(work)


@router.get("/meetings/{meeting_id}/papers.pdf", response_class=Response, responses=_PDF, summary="All papers in print")
async def get_meeting_papers_pdf(meeting_id: Id, desk: ReadingDesk) -> Response:
    """The same as one PDF."""

    async def work(session: Session, actor: Actor) -> Response:
        papers = await papers_of_meeting(session, actor, meeting_id, "GET /meetings/{meeting_id}/papers.pdf")
        content = await printed(session, meeting_id, papers)
        return await pdf_file(content)

    return await desk.read(work)


@router.get(f"{ITEM}/papers/draft", response_model=DraftOut, summary="Papers before circulation")
async def get_draft(meeting_id: Id, reference: str, desk: ReadingDesk) -> Response:
    """The papers as they would be circulated now, to those who may see the case."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> DraftOut:
        route = f"GET {ITEM}/papers/draft"
        opened = await open_draft(session, actor, meeting_id, reference, casework=casework, now=desk.now(), route=route)
        return opened.shown

    return await desk.read(work)


@router.post(f"{ITEM}/papers/options", status_code=201, response_model=DraftOut, summary="Write the options down")
async def post_options(meeting_id: Id, reference: str, body: OptionsIn, desk: WritingDesk) -> Response:
    """Say between what the panel chooses; the answer is the papers as they would be circulated now."""
    casework = casework_of(desk.request)
    options = tuple(PanelOption(**one.model_dump()) for one in body.options)
    command = WriteOptions(meeting_id=meeting_id, reference=reference, options=options)

    async def work(session: Session, actor: Actor) -> DraftOut:
        await write_options(session, actor, command)
        route = f"POST {ITEM}/papers/options"
        opened = await open_draft(session, actor, meeting_id, reference, casework=casework, now=desk.now(), route=route)
        return opened.shown

    return await desk.write(work)


@router.post(f"{ITEM}/papers/withheld", status_code=201, response_model=DraftOut, summary="Withhold a part")
async def post_withheld(meeting_id: Id, reference: str, body: WithholdIn, desk: WritingDesk) -> Response:
    """Keep from members what they need not see; while anything is withheld, the case itself is closed to them."""
    casework = casework_of(desk.request)
    command = WithholdPart(meeting_id=meeting_id, reference=reference, part=body.part, reason=body.reason)

    async def work(session: Session, actor: Actor) -> DraftOut:
        await withhold_part(session, actor, command, casework=casework, now=desk.now())
        route = f"POST {ITEM}/papers/withheld"
        opened = await open_draft(session, actor, meeting_id, reference, casework=casework, now=desk.now(), route=route)
        return opened.shown

    return await desk.write(work)


@router.get(
    f"{ITEM}/papers/documents/{{document_id}}/content",
    response_class=Response,
    responses=bytes_of("What is in the document.", "application/octet-stream"),
    summary="A document that goes with papers",
)
async def get_document(meeting_id: Id, reference: str, document_id: Id, desk: ReadingDesk) -> Response:
    """A document in the version that was circulated, also where the case is closed to the reader."""

    async def work(session: Session, actor: Actor) -> Response:
        route = f"GET {ITEM}/papers/documents/{{document_id}}/content"
        found = await document_to_read(session, actor, meeting_id, reference, document_id, route=route)
        return served.content_of(documents_of(desk.request).store, found)

    return await desk.read(work)


@router.post(f"{ITEM}/questions", status_code=201, response_model=QuestionList, summary="Ask before the meeting")
async def post_question(meeting_id: Id, reference: str, body: QuestionIn, desk: WritingDesk) -> Response:
    """Ask whoever presents the case, or remark something; the answer is all that was asked."""
    command = AskQuestion(meeting_id=meeting_id, reference=reference, kind=body.kind, told=body.told)

    async def work(session: Session, actor: Actor) -> QuestionList:
        await ask_question(session, actor, command, now=desk.now())
        route = f"POST {ITEM}/questions"
        return QuestionList(items=await questions_at(session, actor, meeting_id, reference, route=route))

    return await desk.write(work)


@router.post(
    f"{ITEM}/questions/{{question_id}}/answer",
    status_code=201,
    response_model=QuestionList,
    summary="Answer a question",
)
async def post_answer(meeting_id: Id, reference: str, question_id: Id, body: AnswerIn, desk: WritingDesk) -> Response:
    """Answer what a member has asked; every member reads it."""
    command = AnswerQuestion(meeting_id=meeting_id, reference=reference, question_id=question_id, answer=body.answer)

    async def work(session: Session, actor: Actor) -> QuestionList:
        await answer_question(session, actor, command, now=desk.now())
        route = f"POST {ITEM}/questions/{{question_id}}/answer"
        return QuestionList(items=await questions_at(session, actor, meeting_id, reference, route=route))

    return await desk.write(work)
