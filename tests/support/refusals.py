"""What a refusal must look like, and that nothing was written by what was refused."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import httpx
from sqlalchemy import text

from tests.support.service import API, Service

WRITTEN = (
    "people", "homes", "cases", "case_events", "case_repeats", "holds", "panels", "panel_meetings", "panel_items",
    "panel_members", "panel_attendance", "panel_assents", "users", "organisations", "role_holdings",
    "training_records", "api_tokens", "idempotency_keys", "home_adaptations", "home_adaptation_marks",
)  # fmt: skip


def refused(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that a refusal of this status carries, in the form of RFC 9457."""
    assert response.status_code == status, f"{response.status_code}: {response.text[:500]}"
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == response.request.url.path
    return problem


def pointers(response: httpx.Response) -> set[str]:
    """The fields that a 422 names."""
    problem = refused(response, 422)
    assert all(error["message"] for error in problem["errors"])
    return {error["pointer"] for error in problem["errors"]}


async def rows(service: Service) -> dict[str, int]:
    """How many rows there are of everything that a request can write."""
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in WRITTEN)
    async with service.owner.transaction() as session:
        return dict((await session.execute(text(f"SELECT {counts}"))).one()._mapping)


@asynccontextmanager
async def nothing_written(service: Service) -> AsyncIterator[None]:
    """Count before and after: a refusal leaves no row behind."""
    before = await rows(service)
    yield
    assert await rows(service) == before


async def send(service: Service, path: str, content: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    """POST bytes as the housing officer."""
    headers = {**service.cast["housing_officer"].headers, "Content-Type": "application/json", **(headers or {})}
    return await service.http.post(API + path, content=content, headers=headers)


def careless(service: Service, name: str, value: str) -> dict[bytes, bytes]:
    """The officer's headers and one more, with the bytes that a careless client would send."""
    token = service.cast["housing_officer"].headers["Authorization"].encode()
    return {b"Authorization": token, name.encode(): value.encode("latin-1")}


def texts_in(body: Any, pointer: str = "") -> Iterator[str]:
    """Where in a body there is text."""
    match body:
        case dict():
            for key, value in body.items():
                yield from texts_in(value, f"{pointer}/{key}")
        case list():
            for index, value in enumerate(body):
                yield from texts_in(value, f"{pointer}/{index}")
        case str():
            yield pointer
        case _:
            pass


def with_value(body: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The body with something else at a pointer."""
    changed = deepcopy(body)
    *path, last = pointer.strip("/").split("/")
    inside: Any = changed
    for part in path:
        inside = inside[int(part)] if isinstance(inside, list) else inside[part]
    inside[int(last) if isinstance(inside, list) else last] = value
    return changed
