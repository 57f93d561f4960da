"""A form of a panel's page: asked, filled in and refused, whatever it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.edge.forms import NOTHING, Filled
from app.edge.pages import FieldFault, View, faults_of
from app.edge.problem_answers import MISSING
from app.edge.questions import Question, field_id
from app.kernel.problems import ActionBlocked, Problem

TEMPLATE: Final = "panels/templates/form.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelForm:
    """What a form says and asks; `back` is where its page leads to without sending it."""

    title: str
    caption: str
    help: str
    button: str
    back: str
    back_label: str
    questions: tuple[Question, ...]


def form_page(form: PanelForm, filled: Filled = NOTHING, problem: Problem | None = None, **more: Any) -> View:
    """Show a form, with what was typed and what is wrong beside its inputs."""
    blocked = problem.blockers if isinstance(problem, ActionBlocked) else ()
    faults: Sequence[FieldFault] = ()
    if problem is not None and not blocked:
        faults = [_named(form, one) for one in faults_of(problem, lambda pointer: field_id(form.questions, pointer))]
    context = {"sheet": form, "form": filled, "faults": faults, "reasons": [one.message for one in blocked], **more}
    return View(TEMPLATE, context)


def _named(form: PanelForm, fault: FieldFault) -> FieldFault:
    """Say what is missing, so that a list of faults can be read without the form."""
    label = next((one.label for one in form.questions if fault.field in {one.id, f"{one.id}-day"}), None)
    return FieldFault(fault.field, f"{label} {MISSING}") if label and fault.message == MISSING else fault
