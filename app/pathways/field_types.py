"""Turns one field of a form into a Pydantic type: what a client may send, exactly, and its JSON Schema.

Nothing is guessed: a date is `YYYY-MM-DD`, a yes is `true`, money is pounds with at most two decimals.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.pathways.form_definition import FieldDefinition, FieldType

MAX_TEXT, MAX_LONG_TEXT = 300, 5000
MAX_ITEMS = 50
MAX_ID = 2**31 - 1
MAX_POUNDS = 99_999_999

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_POUNDS = re.compile(r"\d{1,8}(\.\d{1,2})?")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

Options = Mapping[str, str]
"""Keys that may be chosen, with their labels."""


def _words_up_to(limit: int) -> Callable[[str], str]:
    def words(value: str) -> str:
        trimmed = value.strip()
        if not trimmed:
            raise PydanticCustomError("missing", "Fill it in")
        if _NOT_TEXT.search(trimmed):
            raise PydanticCustomError("not_text", "Take out the characters that cannot be written down")
        if len(trimmed) > limit:
            raise PydanticCustomError("too_long", "Use at most {limit} characters", {"limit": limit})
        return trimmed

    return words


def _day(value: object) -> date:
    day = value if isinstance(value, date) and not isinstance(value, datetime) else None
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            day = date.fromisoformat(value)
    if day is None:
        raise PydanticCustomError("not_a_date", "Enter a real date as year-month-day, such as 2025-02-14")
    return _within_reach(day)


def _within_reach(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise PydanticCustomError("far_date", "Enter a date between 1900 and 2199")
    return day


def _moment(value: object) -> datetime:
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise PydanticCustomError("not_a_moment", "Enter a date and time with its offset, such as 2025-02-14T09:30:00Z")
    _within_reach(moment.date())
    return moment


def _pounds(value: object) -> Decimal:
    if not isinstance(value, bool) and isinstance(value, int | float | str | Decimal):
        text = f"{value:.17g}" if isinstance(value, float) and value > MAX_POUNDS else str(value)
        if _POUNDS.fullmatch(text):
            return Decimal(text).quantize(Decimal("0.01"))
    raise PydanticCustomError("not_money", "Enter pounds and pence, such as 1250.50")


def _pounds_up_to(most: int) -> Callable[[Decimal], Decimal]:
    def up_to(value: Decimal) -> Decimal:
        if value > most:
            raise PydanticCustomError("too_much", "Enter at most {most} pounds", {"most": f"{most:,}"})
        return value

    return up_to


def _pounds_schema(most: int) -> dict[str, Any]:
    return {
        "anyOf": [
            {"type": "string", "pattern": r"^\d{1,8}(\.\d{1,2})?$"},
            {"type": "number", "minimum": 0, "maximum": most},
        ]
    }


Pounds = Annotated[
    Decimal,
    BeforeValidator(_pounds),
    AfterValidator(_pounds_up_to(MAX_POUNDS)),
    WithJsonSchema(_pounds_schema(MAX_POUNDS)),
]
"""An amount in pounds, read as the forms of actions read it."""


def _one_of(numbers: Sequence[int]) -> Callable[[int], int]:
    def one_of(value: int) -> int:
        if value not in numbers:
            offered = " or ".join(str(number) for number in numbers)
            raise PydanticCustomError("not_offered", "Choose {offered}", {"offered": offered})
        return value

    return one_of


def _distinct(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise PydanticCustomError("repeated", "Choose each answer once")
    return values


MOMENT_TYPE: Any = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""The type of `occurred_at`: a moment with an offset, so that nobody has to guess the zone."""


def field_type(field: FieldDefinition, options: Options, rows_of: Any = None) -> Any:
    """Build the Pydantic type of a field. `options` are its choices, `rows_of` the model of its rows."""
    return _BUILDERS[field.type](field, options, rows_of)


def _text_type(field: FieldDefinition, _options: Options, _rows: Any) -> Any:
    limit = field.at_most or (MAX_TEXT if field.type is FieldType.TEXT else MAX_LONG_TEXT)
    schema = {"type": "string", "minLength": 1, "maxLength": limit}
    return Annotated[StrictStr, AfterValidator(_words_up_to(limit)), WithJsonSchema(schema)]


def _yes_no_type(_field: FieldDefinition, _options: Options, _rows: Any) -> Any:
    return StrictBool


def _date_type(_field: FieldDefinition, _options: Options, _rows: Any) -> Any:
    return Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


def _money_type(field: FieldDefinition, _options: Options, _rows: Any) -> Any:
    most = field.at_most or MAX_POUNDS
    limit = AfterValidator(_pounds_up_to(most))
    return Annotated[Decimal, BeforeValidator(_pounds), limit, WithJsonSchema(_pounds_schema(most))]


def _number_type(field: FieldDefinition, _options: Options, _rows: Any) -> Any:
    if field.one_of:
        schema: dict[str, Any] = {"type": "integer", "enum": field.one_of}
        return Annotated[StrictInt, AfterValidator(_one_of(field.one_of)), WithJsonSchema(schema)]
    least, most = field.at_least or 0, field.at_most or MAX_ID
    if field.type is FieldType.PERCENT:
        most = min(most, 100)
    if field.type is FieldType.MEETING:
        least = 1
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Annotated[StrictInt, Field(ge=least, le=most), WithJsonSchema(schema)]


def _choice_type(_field: FieldDefinition, options: Options, _rows: Any) -> Any:
    return Annotated[_literal(options), WithJsonSchema(_choice_schema(options))]


def _several_type(field: FieldDefinition, options: Options, _rows: Any) -> Any:
    least, most = _length(field)
    schema = {
        "type": "array",
        "items": _choice_schema(options),
        "minItems": least,
        "maxItems": most,
        "uniqueItems": True,
    }
    several = list.__class_getitem__(_literal(options))
    length = Field(min_length=least, max_length=most)
    return Annotated[several, length, AfterValidator(_distinct), WithJsonSchema(schema)]


def _rows_type(field: FieldDefinition, _options: Options, rows_of: Any) -> Any:
    least, most = _length(field)
    items = rows_of.model_json_schema()
    schema = {"type": "array", "items": items, "minItems": least, "maxItems": most}
    rows = list.__class_getitem__(rows_of)
    return Annotated[rows, Field(min_length=least, max_length=most), WithJsonSchema(schema)]


def _length(field: FieldDefinition) -> tuple[int, int]:
    return 1 if field.at_least is None else field.at_least, field.at_most or MAX_ITEMS


def _literal(keys: Iterable[str]) -> Any:
    return Literal.__getitem__(tuple(keys))


def _choice_schema(options: Options) -> dict[str, Any]:
    return {"oneOf": [{"const": key, "title": label} for key, label in options.items()]}


_BUILDERS: Mapping[FieldType, Callable[[FieldDefinition, Options, Any], Any]] = {
    FieldType.TEXT: _text_type,
    FieldType.LONG_TEXT: _text_type,
    FieldType.YES_NO: _yes_no_type,
    FieldType.DATE: _date_type,
    FieldType.MONEY: _money_type,
    FieldType.INTEGER: _number_type,
    FieldType.PERCENT: _number_type,
    FieldType.CHOICE: _choice_type,
    FieldType.MANY: _several_type,
    FieldType.TIER: _choice_type,
    FieldType.MEETING: _number_type,
    FieldType.ADAPTATIONS: _several_type,
    FieldType.ROWS: _rows_type,
}
