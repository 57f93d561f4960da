"""Who read which person's case, over HTTP."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.support.cast import STRANGER
from tests.support.service import API, Service
from tests.support.walks import log

pytestmark = pytest.mark.database


async def test_every_read_is_told_with_who_and_through_which_door_newest_first(service: Service) -> None:
    walk = await log(service, tier="moderate")
    await service.get("team_manager", f"/cases/{walk.reference}")
    await service.get("housing_officer", f"/cases/{walk.reference}/events")
    await service.get("service_manager", "/cases", q=walk.reference)
    reads = (await service.get("auditor", f"/cases/{walk.reference}/reads")).json()["items"]
    assert [(read["email"], read["route"]) for read in reads] == [
        ("service_manager@test.example", "GET /cases"),
        ("housing_officer@test.example", "GET /cases/{reference}/events"),
        ("team_manager@test.example", "GET /cases/{reference}"),
    ]
    assert {read["organisation"] for read in reads} == {"Clydeview Housing Association"}


async def test_a_case_that_was_not_shown_was_not_read(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await service.get(STRANGER, f"/cases/{walk.reference}")).status_code == 404
    assert (await service.get("auditor", f"/cases/{walk.reference}/reads")).json()["items"] == []


async def test_reads_come_page_by_page_and_each_once(service: Service) -> None:
    walk = await log(service, tier="moderate")
    for _ in range(5):
        await service.get("team_manager", f"/cases/{walk.reference}")
    pages: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while not pages or pages[-1]["next_cursor"]:
        pages.append((await service.get("auditor", f"/cases/{walk.reference}/reads", limit=2, **cursor)).json())
        cursor = {"cursor": pages[-1]["next_cursor"]}
    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    times = [read["at"] for page in pages for read in page["items"]]
    assert times == sorted(set(times), reverse=True)


async def test_the_record_of_reads_cannot_be_changed_by_the_application(service: Service) -> None:
    async with service.owner.transaction() as session:
        statement = text("SELECT has_table_privilege('adapt_app', 'case_reads', :what)")
        for what in ("UPDATE", "DELETE", "TRUNCATE"):
            assert await session.scalar(statement, {"what": what}) is False


async def test_nobody_learns_of_reads_without_a_token(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await service.http.get(f"{API}/cases/{walk.reference}/reads")).status_code == 401


async def test_who_may_read_the_case_may_not_read_who_else_did(service: Service) -> None:
    walk = await log(service, tier="moderate")
    for who in ("housing_officer", "team_manager", "panel_coordinator"):
        assert (await service.get(who, f"/cases/{walk.reference}/reads")).status_code == 403


async def test_a_stranger_does_not_find_the_case(service: Service) -> None:
    walk = await log(service, tier="moderate")
    assert (await service.get(STRANGER, f"/cases/{walk.reference}/reads")).status_code == 404


@pytest.mark.parametrize("query", [{"limit": 201}, {"cursor": "?"}])
async def test_a_place_that_nobody_gave_is_refused(service: Service, query: dict[str, str]) -> None:
    walk = await log(service, tier="moderate")
    response = await service.get("auditor", f"/cases/{walk.reference}/reads", **query)
    assert response.status_code == 422
