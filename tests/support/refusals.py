"""What a refusal must look like, and that nothing was written by what was refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from sqlalchemy import text

from tests.support.service import Service

WRITTEN = (
    "people", "homes", "cases", "case_events", "case_repeats", "holds", "panels", "panel_meetings", "panel_items",
    "panel_members", "panel_attendance", "panel_assents", "users", "organisations", "role_holdings",
    "training_records", "api_tokens", "idempotency_keys",
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
