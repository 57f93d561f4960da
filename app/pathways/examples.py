"""Fills in a form as an ordinary case would: for `examples` in the API, for documents, demonstrations and tests."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice

from app.pathways.compiled_action import CompiledAction
from app.pathways.field_types import Options
from app.pathways.filled_form import is_required
from app.pathways.form_definition import FieldDefinition, FieldType
from app.pathways.forms import options_of
from app.pathways.question import Question

_MONEY_FROM = "source"
"""The field that names a source of money: which one is ordinary depends on the tenure."""


def example_details(
    action: CompiledAction, asked: Question, lists: Mapping[str, Options], meetings: Sequence[int]
) -> dict[str, object]:
    """Answer every question that must be answered and those with an example, as JSON would have it."""
    answers: dict[str, object] = {}
    for name, field in action.fields.items():
        so_far = Question(asked.state, asked.facts, answers, asked.pathway, asked.catalogue)
        if is_required(field, so_far) or (field.required_when is None and field.example is not None):
            answers[name] = _answer(action, name, field, so_far, lists, meetings)
    return answers


def _answer(
    action: CompiledAction,
    name: str,
    field: FieldDefinition,
    question: Question,
    lists: Mapping[str, Options],
    meetings: Sequence[int],
) -> object:
    match field.type:
        case FieldType.DATE:
            days = field.example if isinstance(field.example, int) else 0
            answer: object = (question.facts.today + timedelta(days=days)).isoformat()
        case FieldType.TIER:
            answer = _tier(action, question)
        case FieldType.MEETING:
            known = question.facts.meeting
            answer = meetings[0] if meetings else known.id if known else 1
        case FieldType.ADAPTATIONS:
            answer = list(question.facts.adaptations) or list(islice(lists["adaptations"], 1))
        case FieldType.ROWS:
            answer = _rows(field, question, lists)
        case _:
            money = name == _MONEY_FROM and field.type is FieldType.CHOICE
            answer = _source(field, question, options_of(field, lists)) if money else field.example
    return answer


def _rows(field: FieldDefinition, question: Question, lists: Mapping[str, Options]) -> list[dict[str, object]]:
    example = field.example if isinstance(field.example, list) else []
    rows: list[dict[str, object]] = [dict(row) for row in example if isinstance(row, dict)]
    if field.row_for_each == "goal":
        rows = [{**rows[0], "goal": goal} for goal in question.facts.goals] or rows[:1]
    source = (field.fields or {}).get(_MONEY_FROM)
    if source is not None:
        rows = [{**row, _MONEY_FROM: _source(source, question, options_of(source, lists))} for row in rows]
    return rows


def _tier(action: CompiledAction, question: Question) -> str:
    arcs = action.arcs.get(question.state, ())
    offered = [arc.to.tier for arc in arcs if arc.chosen]
    proposed = question.facts.proposed_tier
    return proposed if proposed in offered or not offered else offered[-1 if _downwards(offered, question) else 0]


def _downwards(offered: Sequence[str], question: Question) -> bool:
    order = list(question.pathway.tiers)
    return order.index(offered[0]) < order.index(question.state.tier)


def _source(field: FieldDefinition, question: Question, options: Options) -> object:
    """Choose money that is for this tenure, and not a mandatory grant when living space is added."""
    extends = any(question.catalogue.is_extension(item) for item in question.facts.adaptations)
    for key, source in question.pathway.funding_sources.items():
        fits = question.facts.tenure in source.tenures and not (extends and source.mandatory_grant)
        if key in options and fits:
            return key
    return field.example
