"""The coordinator's pages of meetings: set one or a series, change one, order its agenda, and who leads it."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.choices import staff_of
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.pages import AtPageDesk
from app.edge.parameters import Id, KeyInPath
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.edge.templating import day
from app.kernel.database import Session
from app.panels import queries, wording
from app.panels.actions.change_meeting import (
    AgendaPlace,
    ChangeMeeting,
    ElectChair,
    OrderAgenda,
    change_meeting,
    elect_chair,
    order_agenda,
)
from app.panels.actions.set_meeting import SetMeeting, set_meeting
from app.panels.actions.set_series import series_of, set_series
from app.panels.panel_forms import PanelForm, show_form, take_form
from app.panels.schemas import MeetingIn
from app.panels.setting_schemas import AgendaIn, ChairIn, MeetingChangeIn, SeriesIn

router = APIRouter(include_in_schema=False)
NEW: Final = "/panels/{key}/meetings/new"
SERIES: Final = "/panels/{key}/series"
CHANGE: Final = "/meetings/{meeting_id}/change"
AGENDA: Final = "/meetings/{meeting_id}/agenda"
CHAIR: Final = "/meetings/{meeting_id}/chair"
_HOURS: Final = (
    Question(name="starts_at", kind="text", label="From", hint="For example 14:30", required=False),
    Question(name="ends_at", kind="text", label="To", required=False),
    Question(name="place", kind="text", label="Where?", required=False),
    Question(name="link", kind="text", label="Link to join from afar", hint="It begins with https://", required=False),
)
_CAPACITY: Final = Question(name="capacity", kind="integer", label="How many cases can it hear?")
_MEETING: Final = (Question(name="held_on", kind="date", label="On which day?"), _CAPACITY, *_HOURS)
_SERIES: Final = (
    Question(name="every", kind="integer", label="Every how many?", hint="1 for each week or month"),
    Question(
        name="unit",
        kind="choice",
        label="Weeks or months?",
        options=(Option(value="weeks", label="Weeks"), Option(value="months", label="Months")),
    ),
    Question(
        name="weekday",
        kind="select",
        label="On which weekday?",
        options=tuple(Option(value=str(number), label=name) for number, name in enumerate(wording.WEEKDAYS)),
    ),
    Question(
        name="week_of_month",
        kind="select",
        label="Which one in the month?",
        hint="For a series by months.",
        required=False,
        options=tuple(Option(value=value, label=label) for value, label in wording.WEEKS.items()),
    ),
    Question(name="first_on", kind="date", label="From which day?"),
    Question(name="last_on", kind="date", label="Until which day?"),
    replace(_CAPACITY, label="How many cases can each hear?"),
    *_HOURS,
)
_OPEN = text(
    """
    SELECT i.case_id, i.reference, i.minutes, u.email AS presenter FROM panel_items i
      LEFT JOIN users u ON u.id = i.presenter_id
     WHERE i.meeting_id = :id AND i.closed_at IS NULL ORDER BY i.position, i.id
    """
)
_PARTIES = text("SELECT DISTINCT unnest(party_ids) FROM cases WHERE id = ANY (:ids)")


@router.get(NEW)
async def get_new(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask for a meeting."""
    return await show_form(desk, lambda session, actor: _ask_meeting(session, actor, key))


@router.post(NEW)
async def post_new(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Set it, then show it."""

    async def take(session: Session, actor: Actor, _asked: PanelForm, answers: dict[str, Any]) -> str:
        command = SetMeeting(panel=key, **validated(MeetingIn, answers).model_dump())
        return f"/meetings/{await set_meeting(session, actor, command, casework=casework_at(desk), now=desk.now())}"

    return await take_form(desk, lambda session, actor: _ask_meeting(session, actor, key), take)


async def _ask_meeting(session: Session, actor: Actor, key: str) -> PanelForm:
    panel = await queries.find_panel(session, key)
    require(actor, Permission.PANEL_MANAGE)
    return PanelForm(
        title="Set a meeting",
        caption=panel.name,
        help=f"On a working day. Papers come in {panel.papers_working_days} working days before it.",
        button="Set the meeting",
        back="/panels",
        back_label="Panels",
        questions=_MEETING,
        filled=filled_with(_MEETING, {"capacity": panel.capacity}),
    )


@router.get(SERIES)
async def get_series(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask for a series of meetings."""
    return await show_form(desk, lambda session, actor: _ask_series(session, actor, key))


@router.post(SERIES)
async def post_series(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Set them."""

    async def take(session: Session, actor: Actor, asked: PanelForm, answers: dict[str, Any]) -> str:
        numbers = {name: int(answers[name]) for name in ("weekday", "week_of_month") if answers.get(name)}
        given = validated(SeriesIn, answers | numbers).model_dump()
        await set_series(session, actor, series_of(key, given), casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_series(session, actor, key), take)


async def _ask_series(session: Session, actor: Actor, key: str) -> PanelForm:
    form = await _ask_meeting(session, actor, key)
    filled = filled_with(_SERIES, {"every": 1, "unit": "months", "capacity": form.filled.get("capacity")})
    return replace(
        form,
        title="Set a series of meetings",
        help="A day on which nobody works gives way to the next working day. A day that is set already stays as it is.",
        button="Set the meetings",
        questions=_SERIES,
        filled=filled,
    )


@router.get(CHANGE)
async def get_change(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask how the meeting is to be."""
    return await show_form(desk, lambda session, actor: _ask_change(session, actor, meeting_id))


@router.post(CHANGE)
async def post_change(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Change it, then show it."""

    async def take(session: Session, actor: Actor, asked: PanelForm, answers: dict[str, Any]) -> str:
        command = ChangeMeeting(meeting_id=meeting_id, **validated(MeetingChangeIn, answers).model_dump())
        await change_meeting(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_change(session, actor, meeting_id), take)


async def _ask_change(session: Session, actor: Actor, meeting_id: int) -> PanelForm:
    form, meeting = await _of_meeting(session, actor, meeting_id)
    known = {name: value for question in _MEETING if (value := getattr(meeting, name := question.name)) is not None}
    for name in ("starts_at", "ends_at"):
        if name in known:
            known[name] = f"{known[name]:%H:%M}"
    return replace(
        form,
        title="Change this meeting",
        help="Calendars take the change from the meeting’s newest file. Tell the members to fetch it.",
        button="Change the meeting",
        questions=_MEETING,
        filled=filled_with(_MEETING, known),
    )


@router.get(AGENDA)
async def get_agenda(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask for the order of the agenda."""
    return await show_form(desk, lambda session, actor: _ask_agenda(session, actor, meeting_id))


@router.post(AGENDA)
async def post_agenda(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Put the cases into their order, then show the meeting."""

    async def take(session: Session, actor: Actor, asked: PanelForm, answers: dict[str, Any]) -> str:
        references = [row.reference for row in (await session.execute(_OPEN, {"id": meeting_id})).all()]
        places = sorted(
            (answers.get(f"place_{number}", number + 1), number, reference)
            for number, reference in enumerate(references)
        )
        items = [
            {
                "reference": reference,
                "minutes": answers.get(f"minutes_{number}"),
                "presenter": answers.get(f"presenter_{number}"),
            }
            for _, number, reference in places
        ]
        body = validated(AgendaIn, {"items": items})
        command = OrderAgenda(meeting_id=meeting_id, items=tuple(AgendaPlace(**one.model_dump()) for one in body.items))
        await order_agenda(session, actor, command)
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_agenda(session, actor, meeting_id), take)


async def _ask_agenda(session: Session, actor: Actor, meeting_id: int) -> PanelForm:
    form, meeting = await _of_meeting(session, actor, meeting_id)
    rows = (await session.execute(_OPEN, {"id": meeting_id})).all()
    ids = [row.case_id for row in rows]
    await note_read(session, actor, f"GET {AGENDA}", ids)
    people = await staff_of(session, (await session.scalars(_PARTIES, {"ids": ids})).all())
    questions: list[Question] = []
    known: dict[str, Any] = {}
    for number, row in enumerate(rows):
        questions += (
            Question(
                name=f"place_{number}",
                kind="select",
                label=f"{row.reference}: when?",
                options=tuple(Option(value=f"{place:02}", label=str(place)) for place in range(1, len(rows) + 1)),
            ),
            Question(
                name=f"minutes_{number}",
                kind="integer",
                label=f"{row.reference}: minutes",
                hint=f"Leave it empty for {meeting.item_minutes}.",
                required=False,
            ),
            Question(
                name=f"presenter_{number}",
                kind="select",
                label=f"{row.reference}: who presents it?",
                required=False,
                options=people,
            ),
        )
        known |= {
            f"place_{number}": f"{number + 1:02}",
            f"minutes_{number}": row.minutes,
            f"presenter_{number}": row.presenter,
        }
    return replace(
        form,
        title="Order the agenda",
        help="Two cases with the same place stay as they are." if rows else "No case is on this agenda.",
        button="Keep this order",
        questions=tuple(questions),
        filled=filled_with(questions, known),
    )


@router.get(CHAIR)
async def get_chair(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask who leads the meeting."""
    return await show_form(desk, lambda session, actor: _ask_chair(session, actor, meeting_id))


@router.post(CHAIR)
async def post_chair(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Write it down, then show the meeting."""

    async def take(session: Session, actor: Actor, asked: PanelForm, answers: dict[str, Any]) -> str:
        body = validated(ChairIn, answers)
        await elect_chair(session, actor, ElectChair(meeting_id=meeting_id, chair=body.chair))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_chair(session, actor, meeting_id), take)


async def _ask_chair(session: Session, actor: Actor, meeting_id: int) -> PanelForm:
    form, _ = await _of_meeting(session, actor, meeting_id)
    seats = await queries.sitting(session, meeting_id)
    options = tuple(
        Option(value=one.substitute_email or one.email, label=one.substitute or one.name, hint=one.organisation)
        for one in seats
        if one.present is not False
    )
    return replace(
        form,
        title="Who leads this meeting?",
        help="The members choose their chair for each meeting anew.",
        button="Keep this",
        questions=(Question(name="chair", kind="choice", label="Chair", options=options),),
    )


async def _of_meeting(session: Session, actor: Actor, meeting_id: int) -> tuple[PanelForm, Row[Any]]:
    meeting = await queries.find_meeting(session, meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    form = PanelForm(
        title="",
        caption=f"{meeting.panel_name}, {day(meeting.held_on)}",
        help="",
        button="",
        back=f"/meetings/{meeting_id}",
        back_label="Back to the meeting",
        questions=(),
    )
    return form, meeting
