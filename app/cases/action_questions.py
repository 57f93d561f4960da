"""The questions of a pathway's action, as a page asks them about one case: from the same fields as the API's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.edge.questions import Kind, Option, Question
from app.pathways.facts import Facts
from app.pathways.filled_form import is_required
from app.pathways.form_definition import FieldDefinition, FieldType
from app.pathways.forms import OCCURRED_AT
from app.pathways.pathway import CompiledPathway

_KINDS: Final[Mapping[FieldType, Kind]] = {
    FieldType.TEXT: "text",
    FieldType.LONG_TEXT: "long_text",
    FieldType.YES_NO: "yes_no",
    FieldType.DATE: "date",
    FieldType.MONEY: "money",
    FieldType.INTEGER: "integer",
    FieldType.PERCENT: "integer",
    FieldType.CHOICE: "choice",
    FieldType.MANY: "many",
    FieldType.TIER: "choice",
    FieldType.MEETING: "integer",
    FieldType.ADAPTATIONS: "many",
    FieldType.ROWS: "rows",
}
WHEN: Final = Question(
    name=OCCURRED_AT,
    kind="moment",
    label="When did it happen?",
    hint="Leave this empty if it is happening now.",
    required=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a form is about: one action of one case, with the meetings it could be put on (number -> words)."""

    pathway: CompiledPathway
    action: str
    facts: Facts
    meetings: Mapping[int, str]


def action_questions(asking: Asking) -> tuple[Question, ...]:
    """The questions in the form's order, and when it happened where no answer says so."""
    fields = asking.pathway.fields(asking.action)
    questions = tuple(_question(name, field, asking) for name, field in fields.items())
    return questions if any(field.dates_the_event for field in fields.values()) else (*questions, WHEN)


def suggested_answers(asking: Asking) -> dict[str, Any]:
    """What a fresh form has filled in already, because the case says so; to be looked at and changed."""
    answers: dict[str, Any] = {}
    for name, field in asking.pathway.fields(asking.action).items():
        if field.type is FieldType.ADAPTATIONS:
            known = asking.pathway.choices["adaptations"]
            answers[name] = [item for item in asking.facts.adaptations if item in known]
        elif field.row_for_each == "goal" and asking.facts.goals:
            answers[name] = [{"goal": goal} for goal in asking.facts.goals]
        elif field.type is FieldType.TIER and asking.facts.proposed_tier in _tiers(asking):
            answers[name] = asking.facts.proposed_tier
    return answers


def _question(name: str, field: FieldDefinition, asking: Asking) -> Question:
    asked = asking.pathway.question(asking.facts)
    shown_under = None
    if field.required_when is not None and field.required_when.field and field.required_when.is_:
        shown_under = (field.required_when.field, _form_value(field.required_when.is_[0]))
    goals = len(asking.facts.goals) if field.row_for_each == "goal" else 0
    return Question(
        name=name,
        kind=_KINDS[field.type],
        label=field.label,
        hint=field.hint,
        required=shown_under is not None or is_required(field, asked),
        options=_options(field, asking),
        columns=tuple(_question(inner, about, asking) for inner, about in (field.fields or {}).items()),
        rows_shown=goals or 2,
        shown_under=shown_under,
    )


def _form_value(value: object) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _options(field: FieldDefinition, asking: Asking) -> tuple[Option, ...]:
    if field.type is FieldType.MEETING:
        return tuple(Option(value=str(number), label=words) for number, words in asking.meetings.items())
    if field.one_of:
        share = "%" if field.type is FieldType.PERCENT else ""
        return tuple(Option(value=str(number), label=f"{number}{share}") for number in field.one_of)
    pathway = asking.pathway
    offered = _fitting(field, pathway.options(field), asking)
    if field.type is FieldType.TIER:
        tiers = pathway.definition.tiers
        return tuple(Option(value=key, label=tiers[key].label, hint=tiers[key].help) for key in _tiers(asking))
    hints = pathway.definition.choices.get(field.choices or "", {})
    return tuple(
        Option(value=key, label=label, hint=hints[key].hint if key in hints else None) for key, label in offered.items()
    )


def _fitting(field: FieldDefinition, offered: Mapping[str, str], asking: Asking) -> Mapping[str, str]:
    """Of sources of money those for the case's tenure, where there are any; of everything else all."""
    if field.choices != "funding_sources":
        return offered
    sources = asking.pathway.definition.funding_sources
    fitting = {key: label for key, label in offered.items() if asking.facts.tenure in sources[key].tenures}
    return fitting or offered


def _tiers(asking: Asking) -> list[str]:
    """The tiers that this action can lead to from where the case is, the simplest first."""
    arcs = asking.pathway.action(asking.action).arcs.get(asking.facts.state, ())
    offered = {arc.to.tier for arc in arcs if arc.chosen}
    return [tier for tier in asking.pathway.definition.tiers if tier in offered]
