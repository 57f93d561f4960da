"""Builds the form of an action: one Pydantic model that refuses what it does not know.

The model feeds the JSON Schema, the pages, the import and the documents alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from app.pathways.field_types import MOMENT_TYPE, Options, field_type
from app.pathways.form_definition import FieldDefinition, FieldType
from app.pathways.results import FieldError

OCCURRED_AT = "occurred_at"

_MESSAGES = {
    "extra_forbidden": "This form has no such field.",
    "bool_type": "Answer true for yes or false for no.",
    "string_type": "Enter text.",
    "int_type": "Enter a whole number.",
    "list_type": "Send a list, even for one answer.",
    "model_type": "Send an object with the fields of a row.",
    "model_attributes_type": "Send an object with the fields of a row.",
}


class Form(BaseModel):
    """What every action's form has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"additionalProperties": False})


def options_of(field: FieldDefinition, lists: Mapping[str, Options]) -> Options:
    """Return what may be chosen in a field: a named list, the tiers or the catalogue's items."""
    match field.type:
        case FieldType.TIER:
            return lists["tiers"]
        case FieldType.ADAPTATIONS:
            return lists["adaptations"]
        case _:
            return lists[field.choices] if field.choices else {}


def build_form(
    name: str, title: str, fields: Mapping[str, FieldDefinition], lists: Mapping[str, Options]
) -> type[BaseModel]:
    """Build an action's form. Every form may also say when the event happened, as `occurred_at`."""
    members = _members(name, fields, lists)
    members[OCCURRED_AT] = (
        MOMENT_TYPE | None,
        Field(
            default=None,
            title="When it happened",
            description="Leave it out for now. Never in the future, nor before the case's last event.",
        ),
    )
    base = type("Titled", (Form,), {"model_config": ConfigDict(title=title), "__module__": __name__})
    return create_model(name, __base__=base, **members)


def _members(name: str, fields: Mapping[str, FieldDefinition], lists: Mapping[str, Options]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, field in fields.items():
        rows_of = None
        if field.fields is not None:
            rows_of = create_model(f"{name}_{key}", __base__=Form, **_members(name, field.fields, lists))
        kind = field_type(field, options_of(field, lists), rows_of)
        required = field.required and field.required_when is None and field.default is None
        about = Field(
            default=... if required else field.default,
            title=field.label,
            description=field.hint,
            json_schema_extra={"x-kind": field.type.value},
        )
        members[key] = (kind if required else kind | None, about)
    return members


def explain(error: ValidationError, fields: Mapping[str, FieldDefinition]) -> tuple[FieldError, ...]:
    """Say in plain words what is wrong with each field of a form, each with a JSON pointer to it."""
    return tuple(
        FieldError(pointer(fault["loc"]), _sentence(fault["type"], fault["msg"], fault["loc"], fields))
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    )


def pointer(location: Sequence[str | int]) -> str:
    """Write a place in the details as a JSON pointer."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def _sentence(kind: str, message: str, location: Sequence[str | int], fields: Mapping[str, FieldDefinition]) -> str:
    field = _field_at(location, fields)
    if kind in {"missing", "too_short"} and field is not None:
        return missing_message(field)
    if kind == "literal_error":
        return "Choose one of the answers offered."
    return _MESSAGES.get(kind) or f"{message}."


def _field_at(location: Sequence[str | int], fields: Mapping[str, FieldDefinition]) -> FieldDefinition | None:
    field: FieldDefinition | None = None
    inside: Mapping[str, FieldDefinition] | None = fields
    for part in location:
        if isinstance(part, str) and inside is not None:
            field = inside.get(part)
            inside = field.fields if field else None
    return field


def missing_message(field: FieldDefinition) -> str:
    """Ask for a field that is not filled in."""
    if field.missing:
        return field.missing
    match field.type:
        case FieldType.CHOICE | FieldType.TIER | FieldType.MANY | FieldType.YES_NO | FieldType.ADAPTATIONS:
            return f"Choose an answer: {field.label}"
        case FieldType.DATE:
            return f"Enter a date: {field.label}"
        case FieldType.ROWS:
            return f"Add at least one row: {field.label}"
        case _:
            return f"Fill this in: {field.label}"
