"""A page that is one form: asked, filled in and refused, whatever it is about."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Response

from app.access.actor import Actor
from app.edge.forms import NOTHING, Filled
from app.edge.pages import FieldFault, PageDesk, View, faults_of
from app.edge.problem_answers import MISSING
from app.edge.questions import Question, field_id, read_answers
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, Problem

TEMPLATE: Final = "edge/templates/form_sheet.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """What a form says and asks; `back` is where its page leads to without sending it."""

    title: str
    caption: str
    help: str
    button: str
    back: str
    back_label: str
    questions: tuple[Question, ...]
    filled: Filled = NOTHING
    """What stands in it before anybody has typed."""


Ask = Callable[[Session, Actor], Awaitable[FormSheet]]
Take = Callable[[Session, Actor, FormSheet, dict[str, Any]], Awaitable[str]]
"""Do what the answers to a form ask for; the path of the page to show then."""


async def show_form(desk: PageDesk, ask: Ask) -> Response:
    """Show the form that `ask` gives."""

    async def work(session: Session, actor: Actor) -> View:
        form = await ask(session, actor)
        return form_page(form, form.filled)

    return await desk.read(work)


async def take_form(desk: PageDesk, ask: Ask, take: Take) -> Response:
    """Take the form that `ask` gives, or show it again with what is wrong."""

    async def taken(session: Session, actor: Actor, form: Filled) -> str:
        asked = await ask(session, actor)
        return await take(session, actor, asked, read_answers(asked.questions, form))

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return form_page(await ask(session, actor), form, problem)

    return await desk.submit(taken, again)


def form_page(form: FormSheet, filled: Filled = NOTHING, problem: Problem | None = None, **more: Any) -> View:
    """Show a form, with what was typed and what is wrong beside its inputs."""
    blocked = problem.blockers if isinstance(problem, ActionBlocked) else ()
    faults: Sequence[FieldFault] = ()
    if problem is not None and not blocked:
        faults = [_named(form, one) for one in faults_of(problem, lambda pointer: field_id(form.questions, pointer))]
    context = {"sheet": form, "form": filled, "faults": faults, "reasons": [one.message for one in blocked], **more}
    return View(TEMPLATE, context)


def _named(form: FormSheet, fault: FieldFault) -> FieldFault:
    """Say what is missing, so that a list of faults can be read without the form."""
    label = next((one.label for one in form.questions if fault.field in {one.id, f"{one.id}-day"}), None)
    return FieldFault(fault.field, f"{label} {MISSING}") if label and fault.message == MISSING else fault
