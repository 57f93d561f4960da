"""A member's own pages: its next meetings with what is wanted of it, and its apologies."""

from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk, NavItem, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question
from app.edge.templating import day
from app.kernel.database import Session
from app.panels import queries, wording
from app.panels.actions.send_apologies import SendApologies, send_apologies
from app.panels.hearings import own_hearings
from app.panels.own import own_meetings
from app.panels.setting_schemas import ApologiesIn

router = APIRouter(include_in_schema=False)
OWN: Final = "/my-panel"
APOLOGIES: Final = "/meetings/{meeting_id}/apologies"
NAV: Final = (
    NavItem(
        "My panel",
        OWN,
        Permission.PANEL_ASSENT,
        shown=lambda _request, actor: not permits(actor, Permission.PANEL_MANAGE),
    ),
)
_MAY_SIT = text(
    """
    SELECT DISTINCT u.email, u.name FROM users u JOIN role_holdings h ON h.user_id = u.id
     WHERE u.active AND h.role = 'panel_member' AND h.held_from <= current_date
       AND (h.held_to IS NULL OR h.held_to > current_date) ORDER BY u.name LIMIT 500
    """
)


@router.get(OWN)
async def get_own(desk: AtPageDesk) -> Response:
    """One's next meetings, and what is wanted of one before each."""
    today = casework_at(desk).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.PANEL_ASSENT)
        meetings = await own_meetings(session, actor, today=today, route=f"GET {OWN}")
        # The next one is told of whole, of later ones those that have cases.
        near = [one for number, one in enumerate(meetings) if number == 0 or one.items]
        hearings = await own_hearings(session, actor)
        await note_read(session, actor, f"GET {OWN}", [one.case_id for one in hearings])
        context = {
            "hearings": hearings,
            "meetings": near,
            "others": [one.meeting for one in meetings if one not in near],
            "effects": wording.EFFECTS,
        }
        return View("panels/templates/own.html", context)

    return await desk.read(work)


@router.get(APOLOGIES)
async def get_apologies(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask who sits for a member that cannot come."""
    return await show_form(desk, lambda session, actor: _ask(session, actor, meeting_id))


@router.post(APOLOGIES)
async def post_apologies(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Write them down, then show the meeting."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(ApologiesIn, answers)
        await send_apologies(
            session, actor, SendApologies(meeting_id=meeting_id, substitute=body.substitute, member=body.member)
        )
        return asked.back

    return await take_form(desk, lambda session, actor: _ask(session, actor, meeting_id), take)


async def _ask(session: Session, actor: Actor, meeting_id: int) -> FormSheet:
    meeting = await queries.find_meeting(session, meeting_id)
    require(actor, Permission.PANEL_ASSENT)
    seats = await queries.sitting(session, meeting_id)
    own = any(seat.member_user_id == actor.user_id for seat in seats)
    whose = Question(
        name="member",
        kind="choice",
        label="Who cannot come?",
        options=tuple(Option(value=one.email, label=one.name, hint=one.organisation) for one in seats),
    )
    people = tuple(Option(value=one.email, label=one.name) for one in (await session.execute(_MAY_SIT)).all())
    stands_in = Question(
        name="substitute",
        kind="select",
        label="Who comes instead?",
        hint=f"{wording.SUBSTITUTION[meeting.substitution]} may. Leave it empty if nobody does.",
        required=False,
        options=people,
    )
    return FormSheet(
        title="Send apologies",
        caption=f"{meeting.panel_name}, {day(meeting.held_on)}",
        help="Whoever comes instead reads the papers of this meeting and decides in the member’s place.",
        button="Send them",
        back=f"/meetings/{meeting_id}",
        back_label="Back to the meeting",
        questions=(stands_in,) if own and not permits(actor, Permission.PANEL_MANAGE) else (whose, stands_in),
    )
