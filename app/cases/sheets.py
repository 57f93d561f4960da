"""One form about one case, as a page shows it: asked, filled in, refused, or stale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from app.access.actor import Actor
from app.cases.casework import Casework
from app.cases.offers import Reason
from app.cases.opened import OpenedCase, frame, open_case
from app.cases.stale import what_happened
from app.edge.forms import Filled
from app.edge.pages import FieldFault, PageDesk, View, faults_of
from app.edge.problem_answers import MISSING
from app.edge.questions import Question, field_id
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, CaseMovedOn, Problem
from app.pathways.pathway import CompiledPathway

TEMPLATE: Final = "cases/templates/action.html"
SEEN: Final = "expected_sequence"
"""The hidden field that says what the sender last saw of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form about a case. With `reasons` it cannot be taken now; `since` tells what others did meanwhile."""

    title: str
    help: str
    button: str
    questions: tuple[Question, ...]
    form: Filled
    reasons: Sequence[Reason] = ()
    faults: Sequence[FieldFault] = ()
    since: Sequence[str] = ()
    template: str = TEMPLATE
    about: Mapping[str, Any] = field(default_factory=dict)
    """What a template of its own shows beside the questions."""
    kept: datetime | None = None
    """When something was kept of this form that was not sent."""
    once_more: bool = False
    """Whether exactly this was sent before, so that sending it means that it happened twice."""


def faults_in(questions: Sequence[Question], problem: Problem | None, aliases: Mapping[str, str]) -> list[FieldFault]:
    """What is wrong with a form, beside its inputs; what is told elsewhere on the page is left out.

    `aliases`: a field of the body -> the question that stands for it, where they differ.
    """
    if problem is None or isinstance(problem, CaseMovedOn | ActionBlocked):
        return []

    def ids(pointer: str) -> str | None:
        name = aliases.get(pointer.strip("/"))
        return field_id(questions, f"/{name}" if name else pointer)

    return [_named(questions, fault) for fault in faults_of(problem, ids)]


def _named(questions: Sequence[Question], fault: FieldFault) -> FieldFault:
    """Say what is missing, so that a list of faults can be read without the form."""
    label = next((q.label for q in questions if fault.field in {q.id, f"{q.id}-day"}), None)
    return replace(fault, message=f"{label} {MISSING}") if label and fault.message == MISSING else fault


def since_then(problem: Problem | None, pathway: CompiledPathway) -> list[str]:
    """What others have done to the case since the form was opened; nothing where that is not the problem."""
    return what_happened(problem, pathway) if isinstance(problem, CaseMovedOn) else []


def seen(form: Filled) -> int | None:
    """What the sender last saw of the case; nothing where the field is not a number."""
    typed = form.get(SEEN)
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def casework_at(desk: PageDesk) -> Casework:
    """The casework that `app.main` put together."""
    casework: Casework = desk.request.app.state.casework
    return casework


async def open_at(session: Session, actor: Actor, desk: PageDesk, reference: str) -> OpenedCase:
    """Open the case that a page is about; the page's own route is recorded."""
    route = f"{desk.request.method} {desk.request.scope['route'].path}"
    return await open_case(session, actor, reference, casework=casework_at(desk), now=desk.now(), route=route)


def sheet_page(desk: PageDesk, opened: OpenedCase, sheet: Sheet) -> View:
    """Show a form in the frame of its case."""
    context = {"sheet": sheet, "seen_field": SEEN, "sequence": opened.shown.sequence}
    return View(sheet.template, {**frame(desk.request, opened, part="form"), **context})
