"""The coordinator's pages of meetings: set one or a series of them, and change one."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk
from app.edge.parameters import Id, KeyInPath
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.kernel.database import Session
from app.panels import queries, wording
from app.panels.actions.change_meeting import ChangeMeeting, change_meeting
from app.panels.actions.set_meeting import SetMeeting, set_meeting
from app.panels.actions.set_series import series_of, set_series
from app.panels.panel_forms import form_of_meeting
from app.panels.schemas import MeetingIn
from app.panels.setting_schemas import MeetingChangeIn, SeriesIn

router = APIRouter(include_in_schema=False)
NEW: Final = "/panels/{key}/meetings/new"
SERIES: Final = "/panels/{key}/series"
CHANGE: Final = "/meetings/{meeting_id}/change"
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


@router.get(NEW)
async def get_new(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask for a meeting."""
    return await show_form(desk, lambda session, actor: _ask_meeting(session, actor, key))


@router.post(NEW)
async def post_new(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Set it, then show it."""

    async def take(session: Session, actor: Actor, _asked: FormSheet, answers: dict[str, Any]) -> str:
        command = SetMeeting(panel=key, **validated(MeetingIn, answers).model_dump())
        return f"/meetings/{await set_meeting(session, actor, command, casework=casework_at(desk), now=desk.now())}"

    return await take_form(desk, lambda session, actor: _ask_meeting(session, actor, key), take)


async def _ask_meeting(session: Session, actor: Actor, key: str) -> FormSheet:
    panel = await queries.find_panel(session, key)
    require(actor, Permission.PANEL_MANAGE)
    return FormSheet(
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

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        numbers = {name: int(answers[name]) for name in ("weekday", "week_of_month") if answers.get(name)}
        given = validated(SeriesIn, answers | numbers).model_dump()
        await set_series(session, actor, series_of(key, given), casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_series(session, actor, key), take)


async def _ask_series(session: Session, actor: Actor, key: str) -> FormSheet:
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

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        command = ChangeMeeting(meeting_id=meeting_id, **validated(MeetingChangeIn, answers).model_dump())
        await change_meeting(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_change(session, actor, meeting_id), take)


async def _ask_change(session: Session, actor: Actor, meeting_id: int) -> FormSheet:
    form, meeting = await form_of_meeting(session, actor, meeting_id)
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
