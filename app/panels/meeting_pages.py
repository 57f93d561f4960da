"""The pages of panels and their meetings: who sits, when they meet, what is on the agenda, who came."""

from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, NavItem, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, read_answers
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.paging import MAX_LIMIT
from app.kernel.problems import Problem
from app.panels import queries, shown, wording
from app.panels.actions.record_attendance import RecordAttendance, record_attendance
from app.panels.invitations import calendar_file, invitation
from app.panels.items import own_seat
from app.panels.schemas import AttendanceIn, MeetingOut

router = APIRouter(include_in_schema=False)
NAV: Final = (NavItem("Panels", "/panels", Permission.PANEL_VIEW),)
_MEETINGS: Final = 6
_HELD: Final = text(
    """
    SELECT m.id, m.held_on, m.place, m.capacity, m.cancelled_at, door.booked(m.id) AS booked FROM panel_meetings m
      JOIN panels p ON p.id = m.panel_id
     WHERE p.key = :key AND m.kind = 'meeting' AND m.held_on < :today ORDER BY m.held_on DESC LIMIT :most
    """
)


_ROUNDS: Final = text(
    """
    SELECT m.id, m.held_on, m.place, m.capacity, m.cancelled_at, door.booked(m.id) AS booked FROM panel_meetings m
      JOIN panels p ON p.id = m.panel_id
     WHERE p.key = :key AND m.kind = 'correspondence' AND door.booked(m.id) > 0 ORDER BY m.held_on, m.id LIMIT 50
    """
)


@router.get("/panels")
async def get_panels(desk: AtPageDesk) -> Response:
    """Every panel: its rules, who sits on it, the meetings that come next and the last ones."""
    today = casework_at(desk).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.PANEL_VIEW)
        found = (await shown.show_panels(session, after="", limit=MAX_LIMIT)).items
        panels = []
        for panel in found:
            row = await queries.find_panel(session, panel.key)
            coming = await shown.show_meetings(session, row, since=today, after=today.min, limit=_MEETINGS)
            held = (await session.execute(_HELD, {"key": panel.key, "today": today, "most": _MEETINGS})).all()
            rounds = (await session.execute(_ROUNDS, {"key": panel.key})).all()
            panels.append({"panel": panel, "terms": row, "coming": coming.items, "held": held, "rounds": rounds})
        context = {
            "panels": panels,
            "sectors": wording.SECTORS,
            "answers": permits(actor, Permission.PANEL_MANAGE) or permits(actor, Permission.REPORT_READ),
            "manages": permits(actor, Permission.PANEL_MANAGE),
        }
        return View("panels/templates/panels.html", context)

    return await desk.read(work)


@router.get("/meetings/{meeting_id}")
async def get_meeting(meeting_id: Id, desk: AtPageDesk) -> Response:
    """A meeting: who sits and came, and the cases on its agenda that the reader may see."""

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.PANEL_VIEW)
        meeting = await shown.read_meeting(session, actor, meeting_id, "GET /meetings/{meeting_id}")
        context = {
            "meeting": meeting,
            "row": await queries.find_meeting(session, meeting_id),
            "sectors": wording.SECTORS,
            "decisions": wording.DECISIONS,
            "hidden": meeting.booked - sum(item.closed_at is None for item in meeting.items),
            "manages": permits(actor, Permission.PANEL_MANAGE),
            "sits": await own_seat(session, meeting_id, actor) is not None,
        }
        return View("panels/templates/meeting.html", context)

    return await desk.read(work)


@router.get("/meetings/{meeting_id}/invitation.ics")
async def get_invitation(meeting_id: Id, desk: AtPageDesk) -> Response:
    """The meeting for one's own calendar, or that it was cancelled."""

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.PANEL_VIEW)
        return calendar_file(await invitation(session, meeting_id, now=desk.now()), meeting_id)

    return await desk.read(work)


@router.get("/meetings/{meeting_id}/attendance")
async def get_attendance(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask who came."""

    async def work(session: Session, actor: Actor) -> View:
        return await _attendance_page(session, actor, meeting_id)

    return await desk.read(work)


@router.post("/meetings/{meeting_id}/attendance")
async def post_attendance(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Record who came, then show the meeting."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        meeting = await _meeting(session, actor, meeting_id)
        answers = read_answers(_attendance_questions(meeting), form)
        came: dict[str, list[Any]] = {"yes": [], "no": []}
        for name, answer in answers.items():
            came[str(answer)].append(int(name.removeprefix("member_")))
        body = validated(AttendanceIn, {"present": came["yes"], "absent": came["no"]})
        command = RecordAttendance(meeting_id=meeting_id, present=tuple(body.present), absent=tuple(body.absent))
        await record_attendance(session, actor, command)
        return f"/meetings/{meeting_id}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return await _attendance_page(session, actor, meeting_id, form, problem)

    return await desk.submit(take, again)


async def _meeting(session: Session, actor: Actor, meeting_id: int) -> MeetingOut:
    """The meeting for whoever manages it; no case of it is shown."""
    require(actor, Permission.PANEL_MANAGE)
    meeting, _ = await shown.show_meeting(session, meeting_id)
    return meeting


async def _attendance_page(
    session: Session, actor: Actor, meeting_id: int, form: Filled | None = None, problem: Problem | None = None
) -> View:
    meeting = await _meeting(session, actor, meeting_id)
    sheet = FormSheet(
        title="Who came?",
        caption=f"Meeting of {day(meeting.held_on)}",
        help="Whether the meeting can decide follows from this. Leave out whom you do not know about yet.",
        button="Record who came",
        back=f"/meetings/{meeting_id}",
        back_label="Back to the meeting",
        questions=_attendance_questions(meeting),
    )
    return form_page(sheet, form if form is not None else _attended(meeting), problem)


def _attendance_questions(meeting: MeetingOut) -> tuple[Question, ...]:
    answers = (Option(value="yes", label="Came"), Option(value="no", label="Did not come"))
    return tuple(
        Question(
            name=f"member_{one.id}",
            kind="choice",
            label=one.name,
            hint=f"{one.organisation}, {wording.SECTORS[one.sector].lower()}",
            required=False,
            options=answers,
        )
        for one in meeting.members
    )


def _attended(meeting: MeetingOut) -> Filled:
    known = {
        f"member_{one.id}": ("yes" if one.present else "no",) for one in meeting.members if one.present is not None
    }
    return Filled(known) if known else NOTHING
