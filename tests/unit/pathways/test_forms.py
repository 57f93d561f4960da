"""Forms: what a client may send, what is told when it is wrong, and the JSON Schema that says so beforehand."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from app.pathways.facts import State
from app.pathways.form_definition import FieldDefinition, FieldType
from app.pathways.forms import build_form, explain
from app.pathways.loader import PathwayCatalogue
from app.pathways.pathway import CompiledPathway
from app.pathways.results import FieldError
from tests.unit.pathways.support import facts

LISTS = {
    "tiers": {"low": "Low", "high": "High"},
    "adaptations": {"ramp": "Ramp", "rail": "Rail"},
    "colours": {"red": "Red", "green": "Green"},
}


def field(kind: FieldType, **more: Any) -> FieldDefinition:
    return FieldDefinition(type=kind, label=f"A {kind.value}", **more)


ONE_OF_EACH = {
    "text": field(FieldType.TEXT),
    "long_text": field(FieldType.LONG_TEXT, required=False),
    "yes_no": field(FieldType.YES_NO),
    "day": field(FieldType.DATE),
    "money": field(FieldType.MONEY, at_most=5000),
    "integer": field(FieldType.INTEGER, at_least=1, at_most=9),
    "percent": field(FieldType.PERCENT, one_of=[80, 100]),
    "share": field(FieldType.PERCENT),
    "choice": field(FieldType.CHOICE, choices="colours"),
    "many": field(FieldType.MANY, choices="colours"),
    "tier": field(FieldType.TIER),
    "meeting": field(FieldType.MEETING),
    "adaptations": field(FieldType.ADAPTATIONS),
    "rows": field(
        FieldType.ROWS,
        at_most=2,
        fields={"name": field(FieldType.TEXT), "cost": field(FieldType.MONEY, required=False)},
    ),
}
GOOD: dict[str, Any] = {
    "text": "  Some words ",
    "yes_no": False,
    "day": "2025-02-28",
    "money": "12.5",
    "integer": 9,
    "percent": 80,
    "share": 33,
    "choice": "red",
    "many": ["red", "green"],
    "tier": "high",
    "meeting": 4,
    "adaptations": ["ramp"],
    "rows": [{"name": "One", "cost": 3.1}, {"name": "Two"}],
}


@pytest.fixture(scope="module")
def form() -> type[BaseModel]:
    return build_form("everything", "Everything", ONE_OF_EACH, LISTS)


def wrong(form: type[BaseModel], **changes: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as found:
        form.model_validate(GOOD | changes)
    return {error.pointer: error.message for error in explain(found.value, ONE_OF_EACH)}


def test_good_answers_become_values(form: type[BaseModel]) -> None:
    filled = form.model_validate(GOOD | {"occurred_at": "2025-02-28T10:00:00Z"})
    values = filled.model_dump()
    assert values["text"] == "Some words"
    assert values["long_text"] is None
    assert values["day"] == date(2025, 2, 28)
    assert values["money"] == Decimal("12.50")
    assert values["rows"] == [{"name": "One", "cost": Decimal("3.10")}, {"name": "Two", "cost": None}]
    assert values["occurred_at"] == datetime(2025, 2, 28, 10, tzinfo=UTC)


WRONG = [
    ("text", 7, "Enter text."),
    ("text", "   ", "Fill this in: A text"),
    ("text", "a\x00b", "Take out the characters that cannot be written down."),
    ("text", "\ud800", "Take out the characters that cannot be written down."),
    ("text", "x" * 301, "Use at most 300 characters."),
    ("long_text", "x" * 5001, "Use at most 5000 characters."),
    ("yes_no", "yes", "Answer true for yes or false for no."),
    ("yes_no", 1, "Answer true for yes or false for no."),
    ("day", "28/02/2025", "Enter a real date as year-month-day, such as 2025-02-14."),
    ("day", "2025-02-30", "Enter a real date as year-month-day, such as 2025-02-14."),
    ("day", "2025-02-28T10:00:00Z", "Enter a real date as year-month-day, such as 2025-02-14."),
    ("day", 1740700800, "Enter a real date as year-month-day, such as 2025-02-14."),
    ("day", "1066-10-14", "Enter a date between 1900 and 2199."),
    ("money", "12.345", "Enter pounds and pence, such as 1250.50."),
    ("money", "1e3", "Enter pounds and pence, such as 1250.50."),
    ("money", -1, "Enter pounds and pence, such as 1250.50."),
    ("money", float("nan"), "Enter pounds and pence, such as 1250.50."),
    ("money", 1e300, "Enter pounds and pence, such as 1250.50."),
    ("money", True, "Enter pounds and pence, such as 1250.50."),
    ("money", "5000.01", "Enter at most 5,000 pounds."),
    ("integer", "9", "Enter a whole number."),
    ("integer", True, "Enter a whole number."),
    ("integer", 10, "Input should be less than or equal to 9."),
    ("percent", 90, "Choose 80 or 100."),
    ("share", 101, "Input should be less than or equal to 100."),
    ("choice", "blue", "Choose one of the answers offered."),
    ("choice", ["red"], "Choose one of the answers offered."),
    ("many", "red", "Send a list, even for one answer."),
    ("many", [], "Choose an answer: A many"),
    ("many", ["red", "red"], "Choose each answer once."),
    ("tier", "middle", "Choose one of the answers offered."),
    ("meeting", 0, "Input should be greater than or equal to 1."),
    ("meeting", 2**40, f"Input should be less than or equal to {2**31 - 1}."),
    ("rows", [], "Add at least one row: A rows"),
    ("rows", {"name": "One"}, "Send a list, even for one answer."),
    ("occurred_at", "2025-02-28", "Enter a date and time with its offset, such as 2025-02-14T09:30:00Z."),
    ("occurred_at", "2025-02-28T10:00:00", "Enter a date and time with its offset, such as 2025-02-14T09:30:00Z."),
    ("occurred_at", 1740700800, "Enter a date and time with its offset, such as 2025-02-14T09:30:00Z."),
    ("occurred_at", "0001-01-01T00:00:00+14:00", "Enter a date between 1900 and 2199."),
    ("unknown", 1, "This form has no such field."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), WRONG)
def test_a_wrong_answer_is_told_in_words_at_its_place(
    form: type[BaseModel], name: str, value: Any, message: str
) -> None:
    assert wrong(form, **{name: value}) == {f"/{name}": message}


def test_inside_a_row_the_place_is_exact(form: type[BaseModel]) -> None:
    rows = [{"name": "One"}, {"cost": "much", "na/me~": 1}]
    assert wrong(form, rows=rows) == {
        "/rows/1/name": "Fill this in: A text",
        "/rows/1/cost": "Enter pounds and pence, such as 1250.50.",
        "/rows/1/na~1me~0": "This form has no such field.",
    }
    assert wrong(form, rows=["One"]) == {"/rows/0": "Send an object with the fields of a row."}


def test_everything_that_is_missing_is_told(form: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as found:
        form.model_validate({})
    messages = {error.pointer: error.message for error in explain(found.value, ONE_OF_EACH)}
    assert set(messages) == {f"/{name}" for name, one in ONE_OF_EACH.items() if one.required}
    assert messages["/day"] == "Enter a date: A date"
    assert messages["/choice"] == "Choose an answer: A choice"


def test_the_schema_agrees_with_the_form(form: type[BaseModel]) -> None:
    schema = form.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(GOOD)
    for name, value in (
        ("yes_no", "yes"), ("money", "1e3"), ("choice", "blue"), ("many", []), ("tier", 1), ("integer", 10),
        ("rows", []), ("unknown", 1), ("percent", 90), ("meeting", 0),
    ):  # fmt: skip
        assert not validator.is_valid(GOOD | {name: value}), name


def test_the_schema_speaks_to_people(form: type[BaseModel]) -> None:
    schema = form.model_json_schema()
    assert schema["title"] == "Everything"
    assert schema["properties"]["choice"] == {
        "title": "A choice",
        "oneOf": [{"const": "red", "title": "Red"}, {"const": "green", "title": "Green"}],
        "x-kind": "choice",
    }
    assert schema["additionalProperties"] is False


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ONE_OF_EACH, "occurred_at", "other"]), JUNK))
@settings(max_examples=150)
def test_nothing_that_can_be_sent_breaks_a_form(answers: dict[str, Any]) -> None:
    form = build_form("everything", "Everything", ONE_OF_EACH, LISTS)
    told: tuple[FieldError, ...] = ()
    values: dict[str, Any] = {}
    try:
        values = form.model_validate(answers).model_dump(mode="json")
    except ValidationError as error:
        told = explain(error, ONE_OF_EACH)
    assert told or values
    assert json.dumps(values)
    assert all(fault.message and fault.pointer.startswith("/") for fault in told)


def test_each_example_is_valid_by_the_schema_that_carries_it(pathways: PathwayCatalogue) -> None:
    for pathway in pathways.all():
        for state in sorted(pathway.states):
            about = facts(pathway, state)
            for action in pathway.actions_from(state):
                example = pathway.example_details(action, about)
                schema = pathway.form_schema(action, example=example)
                jsonschema.Draft202012Validator.check_schema(schema)
                jsonschema.Draft202012Validator(schema).validate(schema["examples"][0])


def test_the_example_of_scheduling_names_a_meeting_that_there_is(housing: CompiledPathway) -> None:
    about = facts(housing, State("complex", "panel_referred"))
    assert housing.example_details("schedule_for_panel", about, meetings=[31, 32]) == {"meeting": 31}
    assert housing.example_details("schedule_for_panel", about) == {"meeting": 7}


def test_every_question_speaks_plainly(pathways: PathwayCatalogue) -> None:
    for pathway in pathways.all():
        for action in pathway.actions:
            for name, question in pathway.fields(action).items():
                assert "_" not in question.label, (action, name)
                if question.type in {FieldType.CHOICE, FieldType.MANY, FieldType.TIER}:
                    assert len(pathway.options(question)) > 1, (action, name)
