"""The coordinator's forms about meetings: cancel one, and ask about an urgent case between two."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.parameters import Id, KeyInPath
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, read_answers
from app.edge.templating import day, plural
from app.kernel.database import Session
from app.kernel.problems import Problem
from app.panels import queries
from app.panels.actions.cancel_meeting import CancelMeeting, cancel_meeting
from app.panels.actions.open_round import OpenRound, open_round
from app.panels.schemas import CancellationIn, RoundIn

router = APIRouter(include_in_schema=False)
CANCEL: Final = "/meetings/{meeting_id}/cancel"
ROUND: Final = "/panels/{key}/correspondence"
_OTHERS = text(
    """
    SELECT m.id, m.held_on, m.place, m.capacity - door.booked(m.id) AS free FROM panel_meetings m
     WHERE m.panel_id = :panel_id AND m.id <> :id AND m.kind = 'meeting' AND m.cancelled_at IS NULL
       AND m.papers_due_on >= :today AND door.booked(m.id) < m.capacity ORDER BY m.held_on LIMIT 50
    """
)
_URGENT = text(
    """
    SELECT reference FROM cases WHERE stage = 'panel_referred' AND fast_track IS NOT NULL
     ORDER BY stage_since, id LIMIT 200
    """
)


@router.get(CANCEL)
async def get_cancel(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask where the cases go."""

    async def work(session: Session, actor: Actor) -> View:
        return form_page(await _cancelling(session, actor, desk, meeting_id))

    return await desk.read(work)


@router.post(CANCEL)
async def post_cancel(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Cancel it, then show it as cancelled."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        asked = await _cancelling(session, actor, desk, meeting_id)
        body = validated(CancellationIn, read_answers(asked.questions, form))
        command = CancelMeeting(meeting_id=meeting_id, move_to=body.move_to, reason=body.reason)
        await cancel_meeting(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return form_page(await _cancelling(session, actor, desk, meeting_id), form, problem)

    return await desk.submit(take, again)


@router.get(ROUND)
async def get_round(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask which case, and until when the members answer."""

    async def work(session: Session, actor: Actor) -> View:
        return form_page(await _asking(session, actor, key))

    return await desk.read(work)


@router.post(ROUND)
async def post_round(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Open the round, then show it."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        asked = await _asking(session, actor, key)
        body = validated(RoundIn, read_answers(asked.questions, form))
        command = OpenRound(panel=key, reference=body.reference, closes_on=body.closes_on)
        opened = await open_round(session, actor, command, casework=casework_at(desk), now=desk.now())
        return f"/meetings/{opened}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return form_page(await _asking(session, actor, key), form, problem)

    return await desk.submit(take, again)


async def _cancelling(session: Session, actor: Actor, desk: PageDesk, meeting_id: int) -> FormSheet:
    meeting = await queries.find_meeting(session, meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    known = {"panel_id": meeting.panel_id, "id": meeting.id, "today": casework_at(desk).timekeeper.day(desk.now())}
    others = (await session.execute(_OTHERS, known)).all()
    where = Question(
        name="move_to",
        kind="integer",
        label="To which meeting do its cases go?",
        hint="All of them go, or none. Each journal tells that the case was put off and set anew.",
        options=tuple(Option(value=str(one.id), label=_named(one)) for one in others),
    )
    why = Question(name="reason", kind="text", label="Why is it not held?", hint="Members read this.", required=False)
    form = FormSheet(
        title="Cancel this meeting",
        caption=f"{meeting.panel_name}, {day(meeting.held_on)}",
        help=f"{plural(meeting.booked, 'case')} on its agenda. Calendars hear of it from the meeting’s file.",
        button="Cancel the meeting",
        back=f"/meetings/{meeting.id}",
        back_label="Back to the meeting",
        questions=(why,),
    )
    return replace(form, questions=(where, why)) if meeting.booked else form


def _named(one: Any) -> str:
    place = f", {one.place}" if one.place else ""
    return f"{day(one.held_on)}{place} ({plural(one.free, 'free place')})"


async def _asking(session: Session, actor: Actor, key: str) -> FormSheet:
    panel = await queries.find_panel(session, key)
    require(actor, Permission.PANEL_MANAGE)
    urgent = (await session.scalars(_URGENT)).all()
    return FormSheet(
        title="Decide on an urgent case by correspondence",
        caption=panel.name,
        help="For a case on a fast track that cannot wait for a meeting. Every partner has to agree; if one does not, "
        "put the case on the agenda of a meeting.",
        button="Ask the members",
        back="/panels",
        back_label="Back to the panels",
        questions=(
            Question(
                name="reference",
                kind="choice",
                label="Which case?",
                hint="Cases on a fast track that were referred to the panel.",
                options=tuple(Option(value=one, label=one) for one in urgent),
            ),
            Question(name="closes_on", kind="date", label="By when do the members answer?"),
        ),
    )
