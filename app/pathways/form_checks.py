"""Checks the forms of a pathway file: what they refer to, and that each field says what its type needs."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ValidationError, create_model

from app.pathways.checks import NameCheck
from app.pathways.conditions import CONDITIONS
from app.pathways.definition import PathwayDefinition
from app.pathways.faults import Fault
from app.pathways.field_types import Options, field_type
from app.pathways.form_definition import FieldDefinition, FieldType, RequiredWhen
from app.pathways.forms import OCCURRED_AT, options_of
from app.pathways.source import Location, Source

_NEEDS_CHOICES = {FieldType.CHOICE, FieldType.MANY}
_ANSWERED_BY_THE_CASE = {FieldType.DATE, FieldType.TIER, FieldType.MEETING, FieldType.ADAPTATIONS, FieldType.ROWS}
_ONLY_FOR_DATES = ("when", "not_before", "dates_the_event")

Fields = Mapping[str, FieldDefinition]


def check_forms(source: Source, definition: PathwayDefinition, lists: Mapping[str, Options]) -> Iterator[Fault]:
    """Check every form; `lists` are all the lists that a field may offer."""
    look = NameCheck(source)
    used = {action.form for action in definition.actions.values()}
    for name, form in definition.forms.items():
        at: Location = ("forms", name)
        if name not in used:
            yield source.fault(at, f"No action uses the form “{name}”.", "Take it out, or name it in an action.")
        yield from _check_fields(look, definition, lists, (*at, "fields"), form.fields)


def _check_fields(
    look: NameCheck, definition: PathwayDefinition, lists: Mapping[str, Options], at: Location, fields: Fields
) -> Iterator[Fault]:
    for name, field in fields.items():
        here: Location = (*at, name)
        if name == OCCURRED_AT:
            yield look.source.fault(here, f"Every form has “{OCCURRED_AT}” already.", "Call this field otherwise.")
        faults = [
            *_check_shape(look, here, field),
            *_check_references(look, definition, lists, here, field, fields),
        ]
        yield from faults
        if field.fields is not None:
            yield from _check_fields(look, definition, lists, (*here, "fields"), field.fields)
        elif not faults:
            yield from _check_example(look, lists, here, field)


def _check_shape(look: NameCheck, at: Location, field: FieldDefinition) -> Iterator[Fault]:
    if field.type in _NEEDS_CHOICES and field.choices is None:
        yield look.source.fault(at, "This field offers no choices.", "Name a list under `choices:`.")
    if (field.type is FieldType.ROWS) != (field.fields is not None):
        yield look.source.fault(at, "Rows have fields, and nothing else has.", "Add `fields:`, or take it out.")
    for key in _ONLY_FOR_DATES:
        if getattr(field, key) and field.type is not FieldType.DATE:
            yield look.source.fault((*at, key), f"Only a date has “{key}”.", "Take it out.")
    if field.must_be is not None and field.type is not FieldType.YES_NO:
        yield look.source.fault((*at, "must_be"), "Only a yes or no has “must_be”.", "Take it out.")


def _check_references(
    look: NameCheck,
    definition: PathwayDefinition,
    lists: Mapping[str, Options],
    at: Location,
    field: FieldDefinition,
    fields: Fields,
) -> Iterator[Fault]:
    if field.choices is not None:
        yield from look.among((*at, "choices"), field.choices, lists, "list of choices")
    if field.not_before is not None:
        yield from look.among((*at, "not_before"), field.not_before, fields, "field in the form")
    if field.required_when is not None:
        rule = (*at, "required_when")
        yield from _check_required_when(look, definition, rule, field.required_when, fields)


def _check_required_when(
    look: NameCheck, definition: PathwayDefinition, at: Location, rule: RequiredWhen, fields: Fields
) -> Iterator[Fault]:
    yield from look.each((*at, "tiers"), rule.tiers, definition.tiers, "tier")
    if rule.field is not None:
        yield from look.among((*at, "field"), rule.field, fields, "field in the form")
    if (rule.field is None) != (rule.is_ is None):
        yield look.source.fault(at, "“field” and “is” belong together.", "Say which answers of which field.")
    if rule.condition is None:
        return
    yield from look.among((*at, "condition"), rule.condition, CONDITIONS, "condition")
    for needed in CONDITIONS[rule.condition].fields if rule.condition in CONDITIONS else ():
        yield from look.among((*at, "condition"), needed, fields, f"field in the form (which {rule.condition} reads)")


def _check_example(
    look: NameCheck, lists: Mapping[str, Options], at: Location, field: FieldDefinition
) -> Iterator[Fault]:
    """Check that an example is a valid answer, and that a field which needs one has one."""
    if field.type in _ANSWERED_BY_THE_CASE or len(at) > 4:  # a row's example stands with its rows
        return
    if field.example is None:
        if field.required and field.default is None:
            yield look.source.fault(at, "This field has no example.", "Add an answer from an ordinary case.")
        return
    model: type[BaseModel] = create_model("Example", answer=(field_type(field, options_of(field, lists)), ...))
    try:
        model.model_validate({"answer": field.example})
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"]
        yield look.source.fault((*at, "example"), f"The example is not a valid answer: {why}.", "Correct it.")
