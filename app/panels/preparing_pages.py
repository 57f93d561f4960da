"""The pages on which papers are prepared: what they would say, the options, what is withheld, and circulating them."""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page, show_form, take_form
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.problems import Problem
from app.panels import packs
from app.panels.actions.prepare_papers import (
    CirculatePapers,
    WithholdPart,
    WriteOptions,
    circulate_papers,
    withhold_part,
    write_options,
)
from app.panels.draft_shown import OpenedDraft, open_draft
from app.panels.paper_parts import CHECKLIST, PanelOption
from app.panels.paper_schemas import CirculateIn, OptionsIn, WithholdIn
from app.panels.papers import places

router = APIRouter(include_in_schema=False)
ITEM: Final = "/meetings/{meeting_id}/cases/{reference}"
PREPARE: Final = f"{ITEM}/papers/prepare"
_OPTIONS: Final = Question(
    name="options",
    kind="rows",
    label="Options",
    hint="What the panel can choose between. Leave the cost empty where nobody knows it yet.",
    columns=(
        Question(name="name", kind="text", label="What"),
        Question(name="cost", kind="money", label="Cost in pounds", required=False),
        Question(name="meaning", kind="long_text", label="What it would mean for the person"),
    ),
    rows_shown=2,
)


@router.get(PREPARE)
async def get_prepare(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """The papers as they would be circulated now."""

    async def work(session: Session, actor: Actor) -> View:
        return _prepare_page(actor, await _open(session, actor, desk, meeting_id, reference))

    return await desk.read(work)


@router.post(PREPARE)
async def post_prepare(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Circulate them, then show them as members read them."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        body = validated(CirculateIn, {"why": form.get("why").strip() or None})
        command = CirculatePapers(meeting_id=meeting_id, reference=reference, why=body.why)
        await circulate_papers(session, actor, command, casework=casework_at(desk), now=desk.now())
        return f"/meetings/{meeting_id}/cases/{reference}/papers"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return _prepare_page(actor, await _open(session, actor, desk, meeting_id, reference), form, problem)

    return await desk.submit(take, again)


@router.get(f"{ITEM}/papers/options")
async def get_options(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Ask for the options, those of before filled in."""
    return await show_form(desk, lambda session, actor: _ask_options(session, actor, desk, (meeting_id, reference)))


@router.post(f"{ITEM}/papers/options")
async def post_options(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Write them down."""
    place = (meeting_id, reference)

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        options = tuple(PanelOption(**one.model_dump()) for one in validated(OptionsIn, answers).options)
        await write_options(session, actor, WriteOptions(meeting_id=meeting_id, reference=reference, options=options))
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_options(session, actor, desk, place), take)


@router.get(f"{ITEM}/papers/withheld")
async def get_withheld(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Ask what members need not see."""
    return await show_form(desk, lambda session, actor: _ask_withheld(session, actor, desk, (meeting_id, reference)))


@router.post(f"{ITEM}/papers/withheld")
async def post_withheld(meeting_id: Id, reference: str, desk: AtPageDesk) -> Response:
    """Withhold it, or show it again."""
    place = (meeting_id, reference)

    async def take(session: Session, actor: Actor, asked: FormSheet, answers: dict[str, Any]) -> str:
        body = validated(WithholdIn, answers)
        command = WithholdPart(meeting_id=meeting_id, reference=reference, part=body.part, reason=body.reason)
        await withhold_part(session, actor, command, casework=casework_at(desk), now=desk.now())
        return asked.back

    return await take_form(desk, lambda session, actor: _ask_withheld(session, actor, desk, place), take)


async def _open(session: Session, actor: Actor, desk: PageDesk, meeting_id: int, reference: str) -> OpenedDraft:
    casework = casework_at(desk)
    return await open_draft(
        session, actor, meeting_id, reference, casework=casework, now=desk.now(), route=f"GET {PREPARE}"
    )


def _form(opened: OpenedDraft) -> FormSheet:
    base = f"/meetings/{opened.meeting.id}/cases/{opened.item.reference}"
    return FormSheet(
        title="Circulate the papers",
        caption=f"Case {opened.item.reference}, {opened.meeting.panel_name}, {day(opened.meeting.held_on)}",
        help="What is circulated stays as it is. Partners that have spoken already are asked again.",
        button="Circulate these papers",
        back=base,
        back_label="Back to the case on this agenda",
        questions=(),
    )


def _prepare_page(actor: Actor, opened: OpenedDraft, filled: Filled = NOTHING, problem: Problem | None = None) -> View:
    form = _form(opened)
    if opened.shown.circulated:
        why = Question(name="why", kind="text", label="What has changed?", hint="Members read it above the papers.")
        form = replace(form, questions=(why,))
    view = form_page(form, filled, problem)
    more: dict[str, Any] = {
        "draft": opened.shown,
        "missing": [CHECKLIST[key] for key in opened.shown.missing],
        "manages": permits(actor, Permission.PANEL_MANAGE),
        "open": opened.item.closed_at is None,
        "here": form.back + "/papers",
        "meeting": opened.meeting,
    }
    return View("panels/templates/prepare.html", {**view.context, **more})


async def _ask_options(session: Session, actor: Actor, desk: PageDesk, place: tuple[int, str]) -> FormSheet:
    opened = await _open(session, actor, desk, *place)
    form = _form(opened)
    known = [
        {"name": one.name, "cost": one.cost, "meaning": one.meaning}
        for one in await packs.options(session, opened.item.id)
    ]
    return replace(
        form,
        title="What can the panel choose between?",
        help="Each way forward with what it costs and what it would mean for the person.",
        button="Keep the options",
        back=f"{form.back}/papers/prepare",
        back_label="Back to the papers in preparation",
        questions=(_OPTIONS,),
        filled=filled_with((_OPTIONS,), {"options": known}),
    )


async def _ask_withheld(session: Session, actor: Actor, desk: PageDesk, place: tuple[int, str]) -> FormSheet:
    opened = await _open(session, actor, desk, *place)
    require(actor, Permission.PANEL_MANAGE)
    form = _form(opened)
    held = opened.shown.withheld
    options = tuple(
        Option(value=place, label=f"{label} (withheld)" if place in held else label)
        for place, label in places(opened.draft.pack)
    )
    return replace(
        form,
        title="What do members not need to see?",
        help="They read your reason in its place. While anything is withheld, the case itself is closed to them too.",
        button="Keep this",
        back=f"{form.back}/papers/prepare",
        back_label="Back to the papers in preparation",
        questions=(
            Question(name="part", kind="select", label="Which part of the papers?", options=options),
            Question(
                name="reason",
                kind="text",
                label="Why do they not need it?",
                hint="Do not say in it what is withheld. Leave it empty to show a part again that was withheld.",
                required=False,
            ),
        ),
    )
