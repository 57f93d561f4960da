"""The coordinator's pages of referrals: what waits for an agenda, what is missing in it, and what came of the check."""

from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.choices import staff_of
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.parameters import KeyInPath
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question
from app.kernel.database import Session
from app.panels import packs, queries
from app.panels.actions.check_referral import CheckReferral, check_referral
from app.panels.paper_parts import CHECKLIST, missing
from app.panels.referrals_shown import waiting_referrals
from app.panels.setting_schemas import CheckIn

router = APIRouter(include_in_schema=False)
ALL: Final = "/panels/{key}/referrals"
CHECK: Final = "/panels/{key}/referrals/{reference}"
_OUTCOMES: Final = (
    Option(value="accepted", label="Accept it", hint="It can be put on an agenda."),
    Option(value="sent_back", label="Send it back", hint="It stays on its stage, and somebody brings what is missing."),
)


@router.get(ALL)
async def get_referrals(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Cases that wait for a place on an agenda."""
    casework = casework_at(desk)
    today = casework.timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> View:
        panel = await queries.find_panel(session, key)
        waiting = await waiting_referrals(session, actor, panel, casework=casework, today=today, route=f"GET {ALL}")
        context = {"panel": panel, "referrals": waiting, "checklist": CHECKLIST, "today": today}
        return View("panels/templates/referrals.html", context)

    return await desk.read(work)


@router.get(CHECK)
async def get_check(key: KeyInPath, reference: str, desk: AtPageDesk) -> Response:
    """Ask what the coordinator finds."""
    return await show_form(desk, lambda session, actor: _ask(session, actor, desk, key, reference))


@router.post(CHECK)
async def post_check(key: KeyInPath, reference: str, desk: AtPageDesk) -> Response:
    """Write the check down, then show what waits."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(CheckIn, answers)
        command = CheckReferral(panel=key, reference=reference, **body.model_dump())
        await check_referral(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask(session, actor, desk, key, reference), take)


async def _ask(session: Session, actor: Actor, desk: PageDesk, key: str, reference: str) -> FormSheet:
    panel = await queries.find_panel(session, key)
    case = await cases.find(session, reference)
    require(actor, Permission.PANEL_MANAGE)
    await note_read(session, actor, f"GET {CHECK}", [case.id])
    casework = casework_at(desk)
    pack = await packs.of_case(session, case, casework=casework, today=casework.timekeeper.day(desk.now()))
    lacks = missing(pack, panel.checklist, consent=case.state.consent_to_share is True)
    listed = "; ".join(CHECKLIST[name] for name in lacks)
    sent_back = ("outcome", "sent_back")
    return FormSheet(
        title=f"Check the referral of {pack.reference}",
        caption=panel.name,
        help=f"Not found in it: {listed}." if listed else "It holds all that the panel’s terms ask for.",
        button="Record the check",
        back=f"/panels/{key}/referrals",
        back_label="Back to the referrals",
        questions=(
            Question(name="outcome", kind="choice", label="What do you find?", options=_OUTCOMES),
            Question(name="note", kind="long_text", label="What is missing?", required=False, shown_under=sent_back),
            Question(name="due_on", kind="date", label="By when is it wanted?", required=False, shown_under=sent_back),
            Question(
                name="owner",
                kind="select",
                label="Who brings it?",
                hint="Leave it empty for whoever holds the case.",
                required=False,
                options=await staff_of(session, case.state.party_ids),
                shown_under=sent_back,
            ),
        ),
    )
