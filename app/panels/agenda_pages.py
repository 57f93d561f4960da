"""The coordinator's pages of a meeting's course: the order of its agenda, and who leads it."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.cases.choices import staff_of
from app.cases.reads import note_read
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.kernel.database import Session
from app.panels import queries
from app.panels.actions.change_meeting import AgendaPlace, ElectChair, OrderAgenda, elect_chair, order_agenda
from app.panels.panel_forms import form_of_meeting
from app.panels.setting_schemas import AgendaIn, ChairIn

router = APIRouter(include_in_schema=False)
AGENDA: Final = "/meetings/{meeting_id}/agenda"
CHAIR: Final = "/meetings/{meeting_id}/chair"
_OPEN = text(
    """
    SELECT i.case_id, i.reference, i.minutes, u.email AS presenter FROM panel_items i
      LEFT JOIN users u ON u.id = i.presenter_id
     WHERE i.meeting_id = :id AND i.closed_at IS NULL ORDER BY i.position, i.id
    """
)
_PARTIES = text("SELECT DISTINCT unnest(party_ids) FROM cases WHERE id = ANY (:ids)")


@router.get(AGENDA)
async def get_agenda(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Ask for the order of the agenda."""
    return await show_form(desk, lambda session, actor: _ask_agenda(session, actor, meeting_id))


@router.post(AGENDA)
async def post_agenda(meeting_id: Id, desk: AtPageDesk) -> Response:
    """Put the cases into their order, then show the meeting."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
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


async def _ask_agenda(session: Session, actor: Actor, meeting_id: int) -> FormSheet:
    form, meeting = await form_of_meeting(session, actor, meeting_id)
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

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(ChairIn, answers)
        await elect_chair(session, actor, ElectChair(meeting_id=meeting_id, chair=body.chair))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_chair(session, actor, meeting_id), take)


async def _ask_chair(session: Session, actor: Actor, meeting_id: int) -> FormSheet:
    form, _ = await form_of_meeting(session, actor, meeting_id)
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
