"""The JSON API of what is kept beside the moves: conversations, assignment, notes, consent, handovers, corrections."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import events, queries, shown
from app.cases.answers import EventOut, PossibleRepeatOut
from app.cases.api import IfMatch, casework_of
from app.cases.reads import note_read
from app.cases.recording import RECORDINGS, About
from app.cases.schemas import (
    AssignmentIn,
    ConsentRecordIn,
    ContactIn,
    ConversationIn,
    CorrectionIn,
    HandoverAnswerIn,
    HandoverIn,
    NoteIn,
    RepeatDecisionIn,
)
from app.edge.desk import Desk, ReadingDesk, WritingDesk, if_match
from app.kernel.database import Session

router = APIRouter(tags=["casework"])


async def _recorded(
    desk: Desk, what: str, reference: str, body: BaseModel, match: str | None, *, other: str | None = None
) -> Response:
    """Record one thing in the desk's transaction and answer with the event."""
    about = About(
        reference=reference,
        casework=casework_of(desk.request),
        now=desk.now(),
        expected_sequence=if_match(match),
        other=other,
    )

    async def work(session: Session, actor: Actor) -> dict[str, Any]:
        return events.shown_recorded(await RECORDINGS[what].take(session, actor, about, body), actor)

    return await desk.write(work)


@router.post(
    "/cases/{reference}/conversation",
    status_code=201,
    response_model=EventOut,
    summary="Record a Housing Solutions conversation",
)
async def post_conversation(reference: str, body: ConversationIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record a Housing Solutions conversation: with whom, what matters to the person, what was discussed."""
    return await _recorded(desk, "conversation", reference, body, match)


@router.post("/cases/{reference}/notes", status_code=201, response_model=EventOut, summary="Add a note")
async def post_note(reference: str, body: NoteIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Add a note to the journal."""
    return await _recorded(desk, "notes", reference, body, match)


@router.post("/cases/{reference}/contacts", status_code=201, response_model=EventOut, summary="Record a contact")
async def post_contact(reference: str, body: ContactIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record a contact with the person or somebody who speaks for them."""
    return await _recorded(desk, "contacts", reference, body, match)


@router.post(
    "/cases/{reference}/consent", status_code=201, response_model=EventOut, summary="Record consent to sharing"
)
async def post_consent(reference: str, body: ConsentRecordIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record consent to sharing, given or withdrawn."""
    return await _recorded(desk, "consent", reference, body, match)


@router.post("/cases/{reference}/assignment", status_code=201, response_model=EventOut, summary="Assign the case")
async def post_assignment(reference: str, body: AssignmentIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Assign the case to a colleague. `GET /staff` shows how much each one carries."""
    return await _recorded(desk, "assignment", reference, body, match)


@router.get("/cases/{reference}/repeats", response_model=list[PossibleRepeatOut], summary="Possible repeats of a case")
async def get_repeats(reference: str, desk: ReadingDesk) -> Response:
    """The possible repeats found for this case and what was decided about each."""

    async def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        case = await queries.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}/repeats", [case.id])
        return [repeat.model_dump() for repeat in await shown.show_repeats(session, case.id)]

    return await desk.read(work)


@router.post(
    "/cases/{reference}/repeats/{other}",
    status_code=201,
    response_model=EventOut,
    summary="Decide on a possible repeat",
)
async def post_repeat(
    reference: str, other: str, body: RepeatDecisionIn, desk: WritingDesk, match: IfMatch = None
) -> Response:
    """Say whether a possible repeat is the same need (`linked`) or another (`separate`)."""
    return await _recorded(desk, "repeats", reference, body, match, other=other)


@router.post(
    "/cases/{reference}/handover",
    status_code=201,
    response_model=EventOut,
    summary="Offer the case to another organisation",
)
async def post_handover(reference: str, body: HandoverIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Offer the case to another organisation; custody changes when it accepts."""
    return await _recorded(desk, "handover", reference, body, match)


@router.post(
    "/cases/{reference}/handover/answer",
    status_code=201,
    response_model=EventOut,
    summary="Accept or decline a handover",
)
async def post_handover_answer(
    reference: str, body: HandoverAnswerIn, desk: WritingDesk, match: IfMatch = None
) -> Response:
    """Accept or decline the handover that was offered to one's own organisation."""
    return await _recorded(desk, "handover-answer", reference, body, match)


@router.post(
    "/cases/{reference}/corrections", status_code=201, response_model=EventOut, summary="Correct an earlier event"
)
async def post_correction(reference: str, body: CorrectionIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Correct a date or a detail of an earlier event; the first entry stays."""
    return await _recorded(desk, "corrections", reference, body, match)
