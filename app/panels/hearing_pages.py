"""The pages of appeals: those that wait, the hearing of one, and the coordinator's forms about it."""

from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases import queries as cases
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk, View
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question
from app.kernel.database import Session
from app.panels import wording
from app.panels.actions.set_hearing import RecordHearing, SetHearing, record_hearing, set_hearing
from app.panels.hearing_schemas import HearingAttendedIn, HearingIn
from app.panels.hearing_shown import open_hearing, show_appeals
from app.panels.taking_part import took_part

router = APIRouter(include_in_schema=False)
APPEALS: Final = "/appeals"
HEARING: Final = "/cases/{reference}/hearing"
_HEARERS = text(
    """
    SELECT DISTINCT u.email, u.name, o.name AS organisation FROM users u
      JOIN role_holdings h ON h.user_id = u.id JOIN roles r ON r.key = h.role
      JOIN organisations o ON o.id = u.home_organisation_id
     WHERE u.active AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date)
       AND (h.role = 'panel_member' OR r.sees = 'partnership') AND NOT u.id = ANY (:parted)
     ORDER BY u.name LIMIT 500
    """
)


@router.get(APPEALS)
async def get_appeals(desk: AtPageDesk) -> Response:
    """Appeals that wait to be decided."""
    casework = casework_at(desk)
    today = casework.timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> View:
        appeals = await show_appeals(session, actor, casework=casework, today=today, route=f"GET {APPEALS}")
        context = {"appeals": appeals, "manages": permits(actor, Permission.PANEL_MANAGE)}
        return View("panels/templates/appeals.html", context)

    return await desk.read(work)


@router.get(HEARING)
async def get_hearing(reference: str, desk: AtPageDesk) -> Response:
    """The hearing of an appeal: when, why, by whom, and what it came to."""

    async def work(session: Session, actor: Actor) -> View:
        hearing = await open_hearing(session, actor, reference, route=f"GET {HEARING}")
        context = {"hearing": hearing, "say": wording, "manages": permits(actor, Permission.PANEL_MANAGE)}
        return View("panels/templates/hearing.html", context)

    return await desk.read(work)


@router.get(f"{HEARING}/set")
async def get_set(reference: str, desk: AtPageDesk) -> Response:
    """Ask for a hearing."""
    return await show_form(desk, lambda session, actor: _ask_hearing(session, actor, reference))


@router.post(f"{HEARING}/set")
async def post_set(reference: str, desk: AtPageDesk) -> Response:
    """Set it, then show it."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(HearingIn, answers)
        command = SetHearing(reference=reference, **body.model_dump())
        await set_hearing(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back.removesuffix("/set")

    return await take_form(desk, lambda session, actor: _ask_hearing(session, actor, reference), take)


async def _ask_hearing(session: Session, actor: Actor, reference: str) -> FormSheet:
    case = await cases.find(session, reference)
    require(actor, Permission.PANEL_MANAGE)
    parted = sorted(await took_part(session, case.id))
    rows = (await session.execute(_HEARERS, {"parted": parted})).all()
    people = tuple(Option(value=one.email, label=one.name, hint=one.organisation) for one in rows)
    grounds = tuple(Option(value=key, label=label) for key, label in wording.GROUNDS.items())
    return FormSheet(
        title="Set the hearing of an appeal",
        caption=f"Case {case.reference}",
        help="Only people who took no part in the decision are offered. The time that the person waits goes on.",
        button="Set the hearing",
        back=f"/cases/{case.reference}/hearing",
        back_label="Back to the hearing",
        questions=(
            Question(name="ground", kind="choice", label="Why does the person appeal?", options=grounds),
            Question(name="held_on", kind="date", label="On which day?"),
            Question(name="place", kind="text", label="Where?", required=False),
            Question(name="members", kind="many", label="Who hears it?", hint="At least two.", options=people),
            Question(name="chair", kind="select", label="Who leads it?", options=people),
        ),
    )


@router.get(f"{HEARING}/attended")
async def get_attended(reference: str, desk: AtPageDesk) -> Response:
    """Ask how the person took part."""
    return await show_form(desk, lambda session, actor: _ask_attended(session, actor, reference))


@router.post(f"{HEARING}/attended")
async def post_attended(reference: str, desk: AtPageDesk) -> Response:
    """Write it down, then show the hearing."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(HearingAttendedIn, answers)
        await record_hearing(session, actor, RecordHearing(reference=reference, attended=body.attended))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_attended(session, actor, reference), take)


async def _ask_attended(session: Session, actor: Actor, reference: str) -> FormSheet:
    hearing = await open_hearing(session, actor, reference, route=f"GET {HEARING}/attended")
    require(actor, Permission.PANEL_MANAGE)
    options = tuple(Option(value=key, label=label) for key, label in wording.ATTENDED.items())
    return FormSheet(
        title="How did the person take part?",
        caption=f"Case {hearing.reference}",
        help="A hearing goes on without somebody who does not come.",
        button="Record it",
        back=f"/cases/{hearing.reference}/hearing",
        back_label="Back to the hearing",
        questions=(Question(name="attended", kind="choice", label="The person", options=options),),
    )
