"""What the forms of targets share: where they are, what they show beside their questions, and what made them stale."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Path, Response

from app.access.actor import Actor
from app.edge import drafts
from app.edge.form_sheets import FormSheet, form_page
from app.edge.forms import Filled
from app.edge.pages import FieldFault, PageDesk, View
from app.edge.questions import Question, read_answers
from app.kernel.database import Session
from app.kernel.problems import ChangedMeanwhile, Problem
from app.reports.sight import whole_sight

HOME: Final = "/targets"
ONE: Final = "/targets/{indicator_id}/{year}"
LAST_YEAR: Final = 2100
Year = Annotated[int, Path(ge=2000, le=LAST_YEAR)]
RAG: Final = {"green": "Green", "amber": "Amber", "red": "Red", "unknown": "Not judged"}
SCOPES: Final = {
    "partnership": "The whole partnership",
    "locality": "One locality",
    "organisation": "One organisation",
}
SEEN: Final = "seen"
"""The hidden field that says what its sender was shown."""
_SINCE: Final = "What stands here has changed since you began."
_TEMPLATE: Final = "reports/templates/target_form.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSheet:
    """A form of targets.

    `seen` stands for what is shown; `others` tells how it stands now, to whoever was shown something else; with
    `reasons` the form cannot be sent. `facts` stand above the questions, and `about` is what a template of its own
    shows there.
    """

    form: FormSheet
    seen: str = ""
    others: Sequence[str] = ()
    reasons: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    template: str = _TEMPLATE
    about: Mapping[str, Any] = field(default_factory=dict)


Ask = Callable[[Session, Actor], Awaitable[TargetSheet]]
Take = Callable[[Session, Actor, dict[str, Any], str], Awaitable[str]]
"""Do what the answers ask for, from somebody who was shown this; the path of the page to show then."""


async def show_sheet(desk: PageDesk, ask: Ask) -> Response:
    """Show the form that `ask` gives: everything on it is of one moment, but for what was typed and kept before."""

    async def work(session: Session, actor: Actor) -> View:
        whole_sight(actor)
        sheet = await ask(session, actor)
        draft = await desk.draft(session, actor)
        if draft is None:
            return _page(sheet, kept=await desk.kept(session, actor))
        # Whoever typed it saw what stood here then.
        changed = ChangedMeanwhile(_SINCE) if draft.form.get(SEEN) != sheet.seen else None
        return _page(sheet, draft.form, changed)

    return await desk.report(work)


async def take_sheet(desk: PageDesk, questions: Sequence[Question], ask: Ask, take: Take) -> Response:
    """Take the answers to a form's questions, or show it again as `ask` gives it now, with what was typed."""

    async def taken(session: Session, actor: Actor, form: Filled) -> str:
        place = await take(session, actor, read_answers(questions, form), form.get(SEEN))
        await drafts.drop(session, actor.user_id, desk.path)
        return place

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        whole_sight(actor)
        return _page(await ask(session, actor), form, problem)

    return await desk.submit(taken, again)


def number_seen(seen: str) -> int:
    """How often something had been written when the sender looked; a form that does not say has seen nothing."""
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0


def _page(
    sheet: TargetSheet, filled: Filled | None = None, problem: Problem | None = None, *, kept: datetime | None = None
) -> View:
    stale = isinstance(problem, ChangedMeanwhile)
    form = sheet.form.filled if filled is None else filled
    shown = form_page(sheet.form, form, None if stale else problem)
    reasons = [*dict.fromkeys((*shown.context["reasons"], *sheet.reasons))]
    faults = [_named(sheet.form, one) for one in shown.context["faults"] if one.field or one.message not in reasons]
    more = {
        "seen_field": SEEN, "seen": sheet.seen, "others": sheet.others if stale else (),
        "stale": problem.detail if isinstance(problem, ChangedMeanwhile) else "", "reasons": reasons, "faults": faults,
        "facts": sheet.facts, "kept": kept,
        # What was typed is never taken away, even where it cannot be sent any more.
        "closed": bool(sheet.reasons) and filled is None,
    }  # fmt: skip
    return View(sheet.template, {**shown.context, **more, **sheet.about})


def _named(form: FormSheet, fault: FieldFault) -> FieldFault:
    """Say of which question it is: of several numbers that are none, a list must tell which."""
    label = next((one.label for one in form.questions if one.kind == "number" and one.id == fault.field), None)
    if label is None or fault.message.startswith(label):
        return fault
    return FieldFault(fault.field, f"{label} {fault.message}")
