"""The OpenAPI document is one that a client generator accepts, and says of every route what it takes and answers."""

import re
from collections import Counter
from http import HTTPStatus
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from app.main import create_app
from app.settings import Settings
from tests.support.routes import example_of

APP = create_app(Settings(), "postgresql://nowhere.example/none")
DOCUMENT: dict[str, Any] = APP.openapi()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
of_the_api = pytest.mark.parametrize(
    ("name", "operation"), [pair for pair in OPERATIONS if " /api/" in pair[0]], ids=lambda value: value
    if isinstance(value, str) else "",
)  # fmt: skip
REFUSALS = {"400", "401", "403", "404", "409", "412", "413", "415", "422", "503"}
PROBLEM = {"$ref": "#/components/schemas/ProblemDetails"}


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_schema_is_a_valid_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_an_identifier_of_its_own_that_can_be_a_function_name() -> None:
    counted = Counter(operation["operationId"] for _, operation in OPERATIONS)
    assert [identifier for identifier, times in counted.items() if times > 1] == []
    assert [identifier for identifier in counted if not re.fullmatch(r"[a-z][a-z0-9_]*", identifier)] == []


@of_the_api
def test_an_operation_says_what_it_is_for(name: str, operation: dict[str, Any]) -> None:
    assert operation.get("summary"), name
    assert operation.get("description"), name
    assert operation["security"] == [{"token": []}]


@of_the_api
def test_an_operation_declares_its_answer_and_every_refusal(name: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    right = "200" if name.startswith("GET") else "201"
    assert set(responses) == {right, *REFUSALS}
    assert responses[right].get("content"), "The answer has a schema or a media type."
    for status in REFUSALS:
        assert responses[status]["content"] == {"application/problem+json": {"schema": PROBLEM}}
        assert responses[status]["description"], HTTPStatus(int(status))


@of_the_api
def test_a_body_shows_an_example_that_its_schema_accepts(name: str, operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        assert name.startswith("GET") or not content or "multipart/form-data" in content
        return
    example = example_of(content, DOCUMENT)
    assert example is not None
    schema = content["application/json"]["schema"]
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(example)


@of_the_api
def test_a_write_may_be_repeated_with_a_key(name: str, operation: dict[str, Any]) -> None:
    headers = {p["name"].lower() for p in operation.get("parameters", []) if p["in"] == "header"}
    assert ("idempotency-key" in headers) == name.startswith("POST")


def test_a_list_is_read_page_by_page() -> None:
    for name, operation in OPERATIONS:
        queries = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"}
        if "cursor" in queries:
            assert (queries["limit"]["minimum"], queries["limit"]["maximum"]) == (1, 200), name


def test_every_action_on_a_case_may_name_what_was_last_seen() -> None:
    for name, operation in OPERATIONS:
        if name.startswith("POST /api/v1/cases/{reference}"):
            assert "If-Match" in {p["name"] for p in operation["parameters"]}, name


def test_no_schema_is_left_that_nothing_uses() -> None:
    text = str(DOCUMENT)
    unused = [name for name in DOCUMENT["components"]["schemas"] if f"#/components/schemas/{name}'" not in text]
    assert unused == []
