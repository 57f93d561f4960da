"""Whatever the document lets a client send, each role is answered as the document says, and never with a fault."""

import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.access.roles import Role
from app.main import create_app
from app.settings import Settings
from tests.support.background import Background
from tests.support.cast import SECOND_TECHNICIAN
from tests.support.databases import TestServer
from tests.support.worlds import World, made_world

pytestmark = pytest.mark.database
EXAMPLES = int(os.environ.get("ADAPT_SCHEMATHESIS_EXAMPLES", "2"))
"""How many requests are made up for each operation and mode; each is sent by every role."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def _document() -> dict[str, Any]:
    """The document without its tokens: they are not made up, each role sends its own."""
    document = deepcopy(create_app(Settings(), "postgresql://nowhere.example/none").openapi())
    del document["components"]["securitySchemes"]
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    return document


SCHEMA = schemathesis.openapi.from_dict(_document())
FOUND: list[Any] = list(SCHEMA.get_all_operations())
OPERATIONS = {found.ok().label: found.ok() for found in FOUND if found.ok().path.startswith("/api/")}


_OF_A_SESSION = {"timeout", "verify"}


@dataclass(frozen=True)
class Asked:
    """The service of a world, asked from plain functions."""

    background: Background
    world: World

    def ask(self, case: Case[Any], role: Role) -> httpx.Response:
        """Send a made-up request with the role's token."""
        known = case.as_transport_kwargs(base_url="http://testserver")
        prepared: Any = requests.Request(**{k: v for k, v in known.items() if k not in _OF_A_SESSION}).prepare()
        headers = {**prepared.headers, **self.world.service.cast[role.value].headers}
        http = self.world.service.http
        return self.background.run(
            http.request(prepared.method, prepared.url, headers=headers, content=prepared.body or b"")
        )

    def there(self) -> dict[str, st.SearchStrategy[Any]]:
        """What is really there for parts of an address, so that not every request ends at a 404."""
        return {
            "reference": st.sampled_from([self.world.ours.reference, self.world.on_agenda.reference]),
            "other": st.just(self.world.theirs),
            "action": st.sampled_from(self.world.ours.pathway.actions),
            "meeting_id": st.just(self.world.meeting),
            "user_id": st.just(self.world.service.cast[SECOND_TECHNICIAN].id),
            "version": st.just("1"),
        }


@pytest.fixture(scope="module")
def asked(database_server: TestServer, worker_name: str) -> Iterator[Asked]:
    """A world on a loop of its own: Hypothesis does not wait for coroutines."""
    with Background() as background:
        yield Asked(background, background.enter(made_world(database_server, f"{worker_name}_schemathesis")))


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_each_role_is_answered_as_declared(asked: Asked, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[label]
    there = {name: what for name, what in asked.there().items() if "{" + name + "}" in operation.path}

    @seed(20260112)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode), address=st.fixed_dictionaries(there), made_up=st.booleans()
    )
    def answered(case: Case[Any], address: dict[str, Any], *, made_up: bool) -> None:
        if address and not made_up:
            case.path_parameters = {**case.path_parameters, **address}
        for role in Role:
            response = asked.ask(case, role)
            case.validate_response(response, checks=CHECKS)

    try:
        answered()
    except Unsatisfiable:
        # An operation that takes nothing has nothing that could be wrong.
        assert mode is GenerationMode.NEGATIVE
