"""The pages of the letter that tells a person what a panel decided: draft it, change it, say that it went out."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import Row

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Question, filled_with, read_answers
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.problems import Problem
from app.panels import items
from app.panels.actions.write_letter import SendLetter, WriteLetter, find_letter, send_letter, write_letter
from app.panels.item_schemas import LetterIn, LetterSentIn

router = APIRouter(include_in_schema=False)
LETTER: Final = "/meetings/{meeting_id}/cases/{reference}/letter"
_BODY: Final = Question(
    name="body", kind="long_text", label="The letter", hint="Write to the person, in plain words.", required=False
)
_SENT_ON: Final = Question(name="sent_on", kind="date", label="On which day did it go out?")


@router.get(LETTER)
async def get_letter(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """The letter: to be drafted, to be changed, or as it was sent."""

    async def work(session: Session, actor: Actor) -> View:
        form, letter = await _form(session, actor, meeting_id, reference)
        return _page(form, letter)

    return await desk.read(work)


@router.post(LETTER)
async def post_letter(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Keep the text that was sent; without one draft it anew."""

    async def take(session: Session, actor: Actor, filled: Filled) -> str:
        body = validated(LetterIn, read_answers((_BODY,), filled))
        command = WriteLetter(meeting_id=meeting_id, reference=reference, body=body.body)
        await write_letter(session, actor, command, casework=casework_at(desk), now=desk.now())
        return f"/meetings/{meeting_id}/cases/{reference}/letter"

    async def again(session: Session, actor: Actor, filled: Filled, problem: Problem) -> View:
        form, letter = await _form(session, actor, meeting_id, reference)
        return _page(form, letter, filled, problem)

    return await desk.submit(take, again)


@router.get(f"{LETTER}/sent")
async def get_letter_sent(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Ask when it went out."""

    async def work(session: Session, actor: Actor) -> View:
        return form_page(await _sending(session, actor, meeting_id, reference))

    return await desk.read(work)


@router.post(f"{LETTER}/sent")
async def post_letter_sent(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Record it, then show the letter as it was sent."""

    async def take(session: Session, actor: Actor, filled: Filled) -> str:
        body = validated(LetterSentIn, read_answers((_SENT_ON,), filled))
        command = SendLetter(meeting_id=meeting_id, reference=reference, sent_on=body.sent_on)
        await send_letter(session, actor, command, casework=casework_at(desk), now=desk.now())
        return f"/meetings/{meeting_id}/cases/{reference}/letter"

    async def again(session: Session, actor: Actor, filled: Filled, problem: Problem) -> View:
        return form_page(await _sending(session, actor, meeting_id, reference), filled, problem)

    return await desk.submit(take, again)


async def _form(session: Session, actor: Actor, meeting_id: int, reference: str) -> tuple[FormSheet, Row[Any] | None]:
    """The form of the letter, and the letter as it stands; the read is on record."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_MANAGE)
    await note_read(session, actor, f"GET {LETTER}", [item.case_id])
    letter = await find_letter(session, item.id)
    form = FormSheet(
        title="The letter to the person",
        caption=f"Case {item.reference}",
        help="It is drafted from the decision, with the reasons in it and how to appeal where that is possible.",
        button="Draft the letter",
        back=f"/meetings/{meeting_id}/cases/{item.reference}",
        back_label="Back to the case on this agenda",
        questions=(),
    )
    if letter is None:
        return form, None
    return replace(form, button="Keep this text", questions=() if letter.sent_on else (_BODY,)), letter


def _page(
    form: FormSheet, letter: Row[Any] | None, filled: Filled | None = None, problem: Problem | None = None
) -> View:
    if filled is None:
        filled = filled_with((_BODY,), {"body": letter.body}) if letter is not None else NOTHING
    view = form_page(form, filled, problem, letter=letter)
    return View("panels/templates/letter.html", view.context)


async def _sending(session: Session, actor: Actor, meeting_id: int, reference: str) -> FormSheet:
    form, _ = await _form(session, actor, meeting_id, reference)
    item = await items.find_item(session, meeting_id, reference)
    decided = await items.decision(session, item.id)
    told = f" The person was to be told by {day(decided.tell_by)}." if decided is not None else ""
    return replace(
        form,
        title="The letter went out",
        help=f"From then on the letter stays as it is.{told}",
        button="Record it",
        back=f"/meetings/{meeting_id}/cases/{item.reference}/letter",
        back_label="Back to the letter",
        questions=(_SENT_ON,),
    )
