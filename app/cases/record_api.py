"""The JSON API of what is kept beside the moves: conversations, assignment, notes, consent, handovers, corrections."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import events, queries, shown
from app.cases.actions.assign import Assign, assign
from app.cases.actions.correct import Correct, correct
from app.cases.actions.decide_repeat import DecideRepeat, decide_repeat
from app.cases.actions.hand_over import AnswerHandover, OfferHandover, answer_handover, offer_handover
from app.cases.actions.record import Record, record
from app.cases.answers import EventOut, PossibleRepeatOut
from app.cases.api import IfMatch, casework_of
from app.cases.models import Recorded
from app.cases.reads import note_read
from app.cases.rules import Kind
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
from app.kernel.problems import FieldProblem, Unprocessable

router = APIRouter(tags=["casework"])


async def _record(desk: WritingDesk, command: Record) -> Response:
    casework = casework_of(desk.request)
    return await _recorded(desk, lambda session, actor: record(session, actor, command, casework=casework))


async def _recorded(desk: Desk, take: Callable[[Session, Actor], Awaitable[Recorded]]) -> Response:
    """Do one action in the desk's transaction and answer with the event that it recorded."""

    async def work(session: Session, actor: Actor) -> dict[str, Any]:
        return events.shown_recorded(await take(session, actor), actor)

    return await desk.write(work)


@router.post(
    "/cases/{reference}/conversation",
    status_code=201,
    response_model=EventOut,
    summary="Record a Housing Solutions conversation",
)
async def post_conversation(reference: str, body: ConversationIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record a Housing Solutions conversation: with whom, what matters to the person, what was discussed."""
    details = body.model_dump(mode="json", exclude={"occurred_at"})
    effects = {"options": sorted({option.option for option in body.options})}
    return await _record(desk, _command(reference, "conversation_recorded", details, body, match, effects))


@router.post("/cases/{reference}/notes", status_code=201, response_model=EventOut, summary="Add a note")
async def post_note(reference: str, body: NoteIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Add a note to the journal."""
    return await _record(desk, _command(reference, "note_added", {"note": body.note}, body, match))


@router.post("/cases/{reference}/contacts", status_code=201, response_model=EventOut, summary="Record a contact")
async def post_contact(reference: str, body: ContactIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record a contact with the person or somebody who speaks for them."""
    details = body.model_dump(mode="json", exclude={"occurred_at"})
    return await _record(desk, _command(reference, "contact_made", details, body, match))


@router.post(
    "/cases/{reference}/consent", status_code=201, response_model=EventOut, summary="Record consent to sharing"
)
async def post_consent(reference: str, body: ConsentRecordIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record consent to sharing, given or withdrawn."""
    if body.recorded_on > casework_of(desk.request).timekeeper.day(desk.now()):
        raise Unprocessable([FieldProblem("/recorded_on", "Consent cannot have been recorded in the future.")])
    details = body.model_dump(mode="json")
    effects = {"sets": {"consent_to_share": body.share_with_partners}}
    command = Record(
        reference=reference,
        kind="consent_recorded",
        details=details,
        effects=effects,
        expected_sequence=if_match(match),
    )
    return await _record(desk, command)


def _command(
    reference: str,
    kind: Kind,
    details: dict[str, Any],
    body: ConversationIn | NoteIn | ContactIn,
    match: str | None,
    effects: dict[str, Any] | None = None,
) -> Record:
    return Record(
        reference=reference,
        kind=kind,
        details=details,
        effects=effects or {},
        occurred_at=body.occurred_at,
        expected_sequence=if_match(match),
    )


@router.post("/cases/{reference}/assignment", status_code=201, response_model=EventOut, summary="Assign the case")
async def post_assignment(reference: str, body: AssignmentIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Assign the case to a colleague. `GET /staff` shows how much each one carries."""
    casework = casework_of(desk.request)
    command = Assign(
        reference=reference,
        assigned_to=body.assigned_to,
        note=body.note,
        occurred_at=body.occurred_at,
        expected_sequence=if_match(match),
    )
    return await _recorded(desk, lambda session, actor: assign(session, actor, command, casework=casework))


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
    casework = casework_of(desk.request)
    command = DecideRepeat(
        reference=reference,
        other_reference=other,
        decision=body.decision,
        reason=body.reason,
        expected_sequence=if_match(match),
    )
    return await _recorded(desk, lambda session, actor: decide_repeat(session, actor, command, casework=casework))


@router.post(
    "/cases/{reference}/handover",
    status_code=201,
    response_model=EventOut,
    summary="Offer the case to another organisation",
)
async def post_handover(reference: str, body: HandoverIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Offer the case to another organisation; custody changes when it accepts."""
    casework = casework_of(desk.request)
    command = OfferHandover(
        reference=reference,
        organisation=body.organisation,
        reason=body.reason,
        occurred_at=body.occurred_at,
        expected_sequence=if_match(match),
    )
    return await _recorded(desk, lambda session, actor: offer_handover(session, actor, command, casework=casework))


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
    casework = casework_of(desk.request)
    command = AnswerHandover(
        reference=reference,
        accepts=body.answer == "accept",
        reason=body.reason,
        occurred_at=body.occurred_at,
        expected_sequence=if_match(match),
    )
    return await _recorded(desk, lambda session, actor: answer_handover(session, actor, command, casework=casework))


@router.post(
    "/cases/{reference}/corrections", status_code=201, response_model=EventOut, summary="Correct an earlier event"
)
async def post_correction(reference: str, body: CorrectionIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Correct a date or a detail of an earlier event; the first entry stays."""
    casework = casework_of(desk.request)
    command = Correct(reference=reference, expected_sequence=if_match(match), **body.model_dump())
    return await _recorded(
        desk, lambda session, actor: correct(session, actor, command, casework=casework, now=desk.now())
    )
