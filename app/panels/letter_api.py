"""The JSON API of the letter that tells a person what a panel decided."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Id
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.panels import items
from app.panels.actions.write_letter import SendLetter, WriteLetter, find_letter, send_letter, write_letter
from app.panels.item_schemas import LetterIn, LetterOut, LetterSentIn

router = APIRouter(tags=["panels"])
LETTER = "/meetings/{meeting_id}/cases/{reference}/letter"


@router.get(LETTER, response_model=LetterOut, summary="The letter about a decision")
async def get_letter(meeting_id: Id, reference: str, desk: ReadingDesk) -> Response:
    """The letter as it stands, for those who may see the case."""

    async def work(session: Session, actor: Actor) -> LetterOut:
        return await _letter(session, actor, meeting_id, reference, f"GET {LETTER}")

    return await desk.read(work)


@router.post(LETTER, status_code=201, response_model=LetterOut, summary="Draft the letter, or change it")
async def post_letter(meeting_id: Id, reference: str, body: LetterIn, desk: WritingDesk) -> Response:
    """Keep a text as the letter; without one it is drafted anew from the decision."""
    casework = casework_of(desk.request)
    command = WriteLetter(meeting_id=meeting_id, reference=reference, body=body.body)

    async def work(session: Session, actor: Actor) -> LetterOut:
        await write_letter(session, actor, command, casework=casework, now=desk.now())
        return await _letter(session, actor, meeting_id, reference, f"POST {LETTER}")

    return await desk.write(work)


@router.post(f"{LETTER}/sent", status_code=201, response_model=LetterOut, summary="Record that the letter went out")
async def post_letter_sent(meeting_id: Id, reference: str, body: LetterSentIn, desk: WritingDesk) -> Response:
    """From then on it stays as it is."""
    casework = casework_of(desk.request)
    command = SendLetter(meeting_id=meeting_id, reference=reference, sent_on=body.sent_on)

    async def work(session: Session, actor: Actor) -> LetterOut:
        await send_letter(session, actor, command, casework=casework, now=desk.now())
        return await _letter(session, actor, meeting_id, reference, f"POST {LETTER}/sent")

    return await desk.write(work)


async def _letter(session: Session, actor: Actor, meeting_id: int, reference: str, route: str) -> LetterOut:
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_VIEW)
    letter = await find_letter(session, item.id)
    if letter is None:
        raise NotFound("There is no letter about this case at this meeting that you may see.")
    await note_read(session, actor, route, [item.case_id])
    return LetterOut(reference=item.reference, body=letter.body, drafted_at=letter.drafted_at, sent_on=letter.sent_on)
