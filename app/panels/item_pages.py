"""The pages of one case on an agenda: how it stands, and the forms of an interest and of a partner's word."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, read_answers
from app.kernel.database import Session
from app.kernel.problems import Problem
from app.panels import items, queries, wording
from app.panels.actions.declare_interest import DeclareInterest, declare_interest
from app.panels.actions.give_assent import GiveAssent, give_assent
from app.panels.item_schemas import InterestIn
from app.panels.item_shown import open_item
from app.panels.packs import newest_version
from app.panels.schemas import AssentIn

router = APIRouter(include_in_schema=False)
ITEM: Final = "/meetings/{meeting_id}/cases/{reference}"
Ask = Callable[[Session, Actor, int, str], Awaitable[FormSheet]]
_CASE_IS_SEEN = text("SELECT EXISTS (SELECT FROM cases WHERE id = :id)")


@router.get(ITEM)
async def get_item(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """How the case stands on this agenda, and what can be done."""
    today = casework_at(desk).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_item(session, actor, meeting_id, reference, today=today, route=f"GET {ITEM}")
        case_is_seen = await session.scalar(_CASE_IS_SEEN, {"id": opened.item.case_id})
        works = permits(actor, Permission.PANEL_MANAGE) or permits(actor, Permission.CASE_CONVERSE)
        context = {
            "item": opened.shown,
            "meeting": opened.meeting,
            "base": f"/meetings/{meeting_id}/cases/{opened.shown.reference}",
            "say": wording,
            "speaks": permits(actor, Permission.PANEL_ASSENT),
            "manages": permits(actor, Permission.PANEL_MANAGE),
            "case_is_seen": case_is_seen,
            "papers": await newest_version(session, opened.item.id),
            "prepares": case_is_seen and works,
        }
        return View("panels/templates/item.html", context)

    return await desk.read(work)


@router.get(f"{ITEM}/interests")
async def get_interests(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Ask for an interest."""
    return await _show(desk, meeting_id, reference, _ask_interest)


@router.post(f"{ITEM}/interests")
async def post_interests(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Declare it; who has left is shown the meeting, the case is closed to them."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        asked = await _ask_interest(session, actor, meeting_id, reference)
        body = validated(InterestIn, read_answers(asked.questions, form))
        command = DeclareInterest(meeting_id=meeting_id, reference=reference, **body.model_dump())
        await declare_interest(session, actor, command, now=desk.now())
        return f"/meetings/{meeting_id}" if body.effect == "leaves" and body.member is None else asked.back

    return await _take(desk, meeting_id, reference, _ask_interest, take)


@router.get(f"{ITEM}/assents")
async def get_assents(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Ask for a partner's word."""
    return await _show(desk, meeting_id, reference, _ask_assent)


@router.post(f"{ITEM}/assents")
async def post_assents(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Give it; until the decision it may change."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        asked = await _ask_assent(session, actor, meeting_id, reference)
        body = validated(AssentIn, read_answers(asked.questions, form))
        await give_assent(session, actor, GiveAssent(meeting_id=meeting_id, reference=reference, **body.model_dump()))
        return asked.back

    return await _take(desk, meeting_id, reference, _ask_assent, take)


async def _show(desk: PageDesk, meeting_id: int, reference: str, ask: Ask) -> Response:
    async def work(session: Session, actor: Actor) -> View:
        return form_page(await ask(session, actor, meeting_id, reference))

    return await desk.read(work)


async def _take(desk: PageDesk, meeting_id: int, reference: str, ask: Ask, take: Any) -> Response:
    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return form_page(await ask(session, actor, meeting_id, reference), form, problem)

    return await desk.submit(take, again)


async def _about(session: Session, actor: Actor, meeting_id: int, reference: str) -> FormSheet:
    """What the forms of an item have in common; the read of the case is on record."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_ASSENT)
    items.must_be_open(item)
    await note_read(session, actor, f"GET {ITEM}", [item.case_id])
    return FormSheet(
        title="",
        caption=f"Case {item.reference}",
        help="",
        button="",
        back=f"/meetings/{meeting_id}/cases/{item.reference}",
        back_label="Back to the case on this agenda",
        questions=(),
    )


async def _ask_interest(session: Session, actor: Actor, meeting_id: int, reference: str) -> FormSheet:
    about = await _about(session, actor, meeting_id, reference)
    seats = await queries.sitting(session, meeting_id)
    options = tuple(
        Option(value=one.substitute_email or one.email, label=one.substitute or one.name, hint=one.organisation)
        for one in seats
    )
    whose = Question(name="member", kind="choice", label="Whose interest is it?", options=options)
    questions = (
        Question(
            name="nature",
            kind="long_text",
            label="What is the interest?",
            hint="For instance: the person is a relative, or you assessed them before.",
        ),
        Question(
            name="effect",
            kind="choice",
            label="What follows from it?",
            options=tuple(Option(value=key, label=words) for key, words in wording.EFFECTS.items()),
        ),
    )
    own = any(one.user_id == actor.user_id for one in seats)
    return replace(
        about,
        title="Declare an interest",
        help="Everybody who decides says first whether the case touches them. It is on record with the decision.",
        button="Declare it",
        questions=questions if own else (whose, *questions),
    )


async def _ask_assent(session: Session, actor: Actor, meeting_id: int, reference: str) -> FormSheet:
    about = await _about(session, actor, meeting_id, reference)
    seats = await queries.sitting(session, meeting_id)
    whose = Question(name="organisation", kind="choice", label="Which partner says so?", options=_partners([*seats]))
    questions = (
        Question(name="assents", kind="yes_no", label="Does the partner agree to what is proposed?"),
        Question(
            name="reasons",
            kind="long_text",
            label="Reasons",
            hint="Needed where the partner does not agree.",
            required=False,
        ),
    )
    own = any(one.user_id == actor.user_id for one in seats)
    return replace(
        about,
        title="Agree or disagree for a partner",
        help="A decision belongs to all partners. Until it is recorded, a partner may change its word.",
        button="Record it",
        questions=questions if own else (whose, *questions),
    )


def _partners(seats: Sequence[Any]) -> tuple[Option, ...]:
    named = {one.organisation_key: one.organisation for one in seats}
    return tuple(Option(value=key, label=name) for key, name in named.items())
