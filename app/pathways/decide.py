"""Decides one action of one case. Facts and answers in, decision out; it knows nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from app.pathways.compiled_action import CompiledAction
from app.pathways.facts import Facts, State
from app.pathways.filled_form import faults_for_this_case
from app.pathways.forms import OCCURRED_AT, explain
from app.pathways.question import Question
from app.pathways.results import (
    Blocker,
    Decision,
    FieldError,
    Incomplete,
    Move,
    Refused,
)

__all__ = ["Blocker", "Decision", "FieldError", "Incomplete", "Move", "Refused", "blockers_of", "decide"]

NEW = "new"
"""What the machine calls the state of a case that is not there yet."""


class Probe:
    """The bare thing that the machine moves: it has a state and nothing else."""

    __slots__ = ("state",)

    def __init__(self, state: State | None) -> None:
        self.state = NEW if state is None else str(state)


def decide(
    action: CompiledAction, asked: Question, details: Mapping[str, object] | BaseModel, *, starting: bool
) -> Decision:
    """Judge an action that stands in the case's state: first the form, then every blocker, then the way.

    `starting` says that the case is not there yet and the action opens it.
    """
    form = _filled_in(action, details)
    if isinstance(form, Incomplete):
        return form
    question = replace(asked, details=form.__dict__)
    if faults := faults_for_this_case(action, question):
        return Incomplete(faults)
    if blockers := tuple(blockers_of(action, question)):
        return Refused(blockers)
    from_ = None if starting else question.state
    probe = Probe(from_)
    if not action.event.trigger(probe, question):
        return Incomplete(tuple(_dead_ends(action, from_)))
    tier, _, stage = probe.state.partition("/")
    return _move(action, question, form, from_, State(tier, stage))


def blockers_of(action: CompiledAction, question: Question) -> Iterator[Blocker]:
    """Yield everything that stands in the way of an action, as far as the form is filled in."""
    for rule in action.blockers.get(question.state, ()):
        message = rule.ask(question)
        if message is not None:
            yield Blocker(rule.name, message)


def _filled_in(action: CompiledAction, details: Mapping[str, object] | BaseModel) -> BaseModel | Incomplete:
    if isinstance(details, action.form):
        return details
    try:
        return action.form.model_validate(details)
    except ValidationError as error:
        return Incomplete(explain(error, action.fields))


def _dead_ends(action: CompiledAction, from_: State | None) -> Iterator[FieldError]:
    """Point at the answers that together lead nowhere."""
    fields = dict.fromkeys(field for arc in action.arcs.get(from_, ()) for field, _ in arc.when)
    for field in fields:
        label = action.fields[field].label
        yield FieldError(f"/{field}", f"Change this answer, or the others: together they lead nowhere ({label})")
    if not fields:
        yield FieldError("", f"“{action.definition.label}” leads nowhere from here.")


def _move(action: CompiledAction, question: Question, form: BaseModel, from_: State | None, to: State) -> Move:
    about, stages = action.definition, question.pathway.stages
    details = form.model_dump(mode="json", exclude={OCCURRED_AT}, exclude_none=True)
    holds = stages[to.stage].group == "held"
    held = from_ is not None and stages[from_.stage].group == "held"
    ends = stages[to.stage].group == "ended"
    return Move(
        action=action.name,
        from_=from_,
        to=to,
        resume_stage=from_.stage if holds and from_ else None,
        solution=about.solution,
        outcome=_outcome(action, details, question.facts) if ends else None,
        ends=ends,
        custody=about.custody,
        hold="opens" if holds and not held else "closes" if held and not holds else None,
        remembers=tuple(about.remembers),
        sets={name: _at(details, path) for name, path in about.sets.items()},
        clock=about.clock,
        details=details,
        occurred_at=_moment(form),
        happened_on=_happened_on(action, question),
    )


def _outcome(action: CompiledAction, details: Mapping[str, object], facts: Facts) -> str | None:
    rule = action.definition.outcome
    if rule is None:
        return None
    if rule.from_field:
        return str(details[rule.from_field])
    return rule.fixed or facts.solution or rule.from_solution


def _at(details: Mapping[str, object], path: str) -> object:
    name, _, inner = path.partition(".")
    value = details.get(name)
    if inner and isinstance(value, list):
        return [row.get(inner) for row in value]
    return value


def _moment(form: BaseModel) -> datetime | None:
    moment = getattr(form, OCCURRED_AT, None)
    return moment if isinstance(moment, datetime) else None


def _happened_on(action: CompiledAction, question: Question) -> date | None:
    for name, field in action.fields.items():
        value = question.details.get(name)
        if field.dates_the_event and isinstance(value, date):
            return value
    return None
