"""Checks what only the case can tell about a filled-in form: whose answer is needed, which day has come."""

from collections.abc import Iterator, Mapping
from datetime import date

from app.pathways.compiled_action import CompiledAction
from app.pathways.conditions import CONDITIONS
from app.pathways.form_definition import FieldDefinition, FieldType, RequiredWhen
from app.pathways.forms import missing_message
from app.pathways.question import Question
from app.pathways.results import FieldError


def faults_for_this_case(action: CompiledAction, question: Question) -> tuple[FieldError, ...]:
    """Return what is wrong with valid answers when they are given for this case, today."""
    return tuple(
        FieldError(f"/{name}", message)
        for name, field in action.fields.items()
        for message in _faults(action, name, field, question)
    )


def is_required(field: FieldDefinition, question: Question) -> bool:
    """Tell whether a field must be filled in for this case and these answers."""
    if field.required_when is None:
        return field.required and field.default is None
    return _applies(field.required_when, question)


def _applies(rule: RequiredWhen, question: Question) -> bool:
    if rule.condition and not CONDITIONS[rule.condition].holds(question):
        return False
    if rule.field and question.details.get(rule.field) not in (rule.is_ or ()):
        return False
    return rule.tiers is None or question.state.tier in rule.tiers


def _faults(action: CompiledAction, name: str, field: FieldDefinition, question: Question) -> Iterator[str]:
    value = question.details.get(name)
    if value is None:
        if field.required_when is not None and _applies(field.required_when, question):
            yield missing_message(field)
        return
    if field.must_be is not None and value is not field.must_be.answer:
        yield field.must_be.otherwise
    if isinstance(value, date):
        yield from _wrong_side_of_today(field, value, question.facts.today)
        yield from _too_early(action, field, value, question)
    elif field.type is FieldType.TIER:
        yield from _tier_not_offered(action, str(value), question)
    elif field.type is FieldType.MEETING:
        yield from _no_such_meeting(value, question)
    elif field.row_for_each == "goal" and isinstance(value, list):
        yield from _goals_left_out(value, question)


def _wrong_side_of_today(field: FieldDefinition, day: date, today: date) -> Iterator[str]:
    if field.when == "past" and day > today:
        yield f"Enter today or a day before it: {field.label}"
    if field.when == "future" and day < today:
        yield f"Enter today or a day after it: {field.label}"


def _too_early(action: CompiledAction, field: FieldDefinition, day: date, question: Question) -> Iterator[str]:
    earliest = question.details.get(field.not_before) if field.not_before else None
    if field.not_before and isinstance(earliest, date) and day < earliest:
        yield f"Enter the same day as “{action.fields[field.not_before].label}”, or a later one."


def _tier_not_offered(action: CompiledAction, tier: str, question: Question) -> Iterator[str]:
    offered = dict.fromkeys(arc.to.tier for arc in action.arcs.get(question.state, ()) if arc.chosen)
    if offered and tier not in offered:
        labels = " or ".join(question.pathway.tiers[key].label for key in offered)
        yield f"Choose {labels}: the case is {question.tier.label} now."


def _no_such_meeting(meeting: object, question: Question) -> Iterator[str]:
    known = question.facts.meeting
    if known is None or known.id != meeting:
        yield "Choose a meeting from the list: there is none with this number."


def _goals_left_out(rows: list[object], question: Question) -> Iterator[str]:
    told = {row.get("goal") if isinstance(row, Mapping) else getattr(row, "goal", None) for row in rows}
    for goal in question.facts.goals:
        if goal not in told:
            yield f"Say how it went with the goal “{goal}”."
