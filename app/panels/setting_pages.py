"""The coordinator's pages of a panel: set it up, and change its terms of reference."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk
from app.edge.parameters import KeyInPath
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.kernel.database import Session
from app.panels import queries, wording
from app.panels.actions.set_terms import SetTerms, set_terms
from app.panels.actions.set_up_panel import SetUpPanel, set_up_panel
from app.panels.panel_forms import form_of_panel
from app.panels.paper_parts import CHECKLIST
from app.panels.schemas import PanelIn
from app.panels.setting_schemas import TermsIn

router = APIRouter(include_in_schema=False)
NEW: Final = "/panels/new"
TERMS: Final = "/panels/{key}/terms"
_SECTORS: Final = tuple(Option(value=key, label=label) for key, label in wording.SECTORS.items())


def _number(name: str, label: str, hint: str | None = None, *, required: bool = True) -> Question:
    return Question(name=name, kind="integer", label=label, hint=hint, required=required)


_QUORUM: Final = (
    _number("quorum", "How many members have to be there?"),
    Question(
        name="quorum_sectors",
        kind="many",
        label="Of which sectors at least one?",
        required=False,
        options=_SECTORS,
    ),
    _number("papers_working_days", "How many working days before a meeting do papers come in?"),
)
_PANEL: Final = (
    Question(name="name", kind="text", label="What is it called?"),
    Question(
        name="key", kind="text", label="Short name for addresses", hint="Small letters and hyphens: complex-cases"
    ),
    *_QUORUM,
)


def _choices(name: str, label: str, words: dict[str, str]) -> Question:
    return Question(
        name=name, kind="choice", label=label, options=tuple(Option(value=k, label=v) for k, v in words.items())
    )


_TERMS: Final = (
    Question(name="in_force_from", kind="date", label="From which day on?", hint="A day that is to come."),
    Question(name="purpose", kind="long_text", label="What is the panel for?", required=False),
    *_QUORUM,
    _number("decision_working_days", "Within how many working days of a decision is the person told?"),
    _number("capacity", "How many cases can a meeting hear?"),
    _number("item_minutes", "How many minutes does a case take?"),
    _choices("substitution", "Who may sit for a member?", wording.SUBSTITUTION),
    _choices("assent_rule", "What do partners have to say?", wording.ASSENT_RULES),
    _choices("correspondence", "May urgent cases be decided between meetings?", wording.CORRESPONDENCE),
    _number(
        "correspondence_quorum",
        "How many members have to answer then?",
        "Leave it empty for every member.",
        required=False,
    ),
    _number("sight_days_after", "For how many days after a decision do members see the papers?"),
    Question(
        name="checklist",
        kind="many",
        label="What does a referral have to hold?",
        required=False,
        options=tuple(Option(value=key, label=label) for key, label in CHECKLIST.items()),
    ),
)


@router.get(NEW)
async def get_new(desk: AtPageDesk) -> Response:
    """Ask for a new panel."""
    return await show_form(desk, _ask_panel)


@router.post(NEW)
async def post_new(desk: AtPageDesk) -> Response:
    """Set it up."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(PanelIn, answers)
        await set_up_panel(
            session, actor, SetUpPanel(**{**body.model_dump(), "quorum_sectors": tuple(body.quorum_sectors)})
        )
        return asked.back

    return await take_form(desk, _ask_panel, take)


async def _ask_panel(_session: Session, actor: Actor) -> FormSheet:
    require(actor, Permission.PANEL_MANAGE)
    return FormSheet(
        title="Set up a panel",
        caption="Panels",
        help="The rest of its terms follow our proposals, which you can change afterwards.",
        button="Set it up",
        back="/panels",
        back_label="Panels",
        questions=_PANEL,
    )


@router.get(TERMS)
async def get_terms(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Ask for new terms, those in force filled in."""
    return await show_form(desk, lambda session, actor: _ask_terms(session, actor, key))


@router.post(TERMS)
async def post_terms(key: KeyInPath, desk: AtPageDesk) -> Response:
    """Write the new version down."""

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(TermsIn, answers)
        lists = {"quorum_sectors": tuple(body.quorum_sectors), "checklist": tuple(body.checklist)}
        command = SetTerms(panel=key, **{**body.model_dump(), **lists})
        await set_terms(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_terms(session, actor, key), take)


async def _ask_terms(session: Session, actor: Actor, key: str) -> FormSheet:
    form = await form_of_panel(session, actor, key)
    newest = (await queries.terms(session, (await queries.find_panel(session, key)).id))[0]._asdict()
    now = filled_with(_TERMS, {name: value for name, value in newest.items() if name != "in_force_from"})
    return replace(
        form,
        title="Change the terms of reference",
        help="Meetings that were held keep the terms they were held by. All of this is the partnership’s own choice.",
        button="Keep these terms",
        questions=_TERMS,
        filled=now,
    )
