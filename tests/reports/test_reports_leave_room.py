"""Reports, however slow and many, leave connections to those who work on cases."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.kernel.database import SNAPSHOTS, Database, app_engine
from tests.support.service import Service

pytestmark = pytest.mark.database


async def test_reports_wait_for_one_another_and_nobody_else_for_them(service: Service) -> None:
    db = Database(app_engine(service.url))
    try:
        async with AsyncExitStack() as reports:
            for _ in range(SNAPSHOTS):
                await reports.enter_async_context(db.snapshot())
            one_more = asyncio.create_task(_ask(db))
            for _ in range(SNAPSHOTS):
                async with db.transaction() as session:
                    assert await session.scalar(text("SELECT 1")) == 1
            assert not one_more.done()
        assert await one_more == 1
    finally:
        await db.close()


async def test_who_waits_in_vain_is_told_so_and_takes_no_place(service: Service) -> None:
    db = Database(app_engine(service.url), patience_s=0)
    try:
        async with AsyncExitStack() as reports:
            for _ in range(SNAPSHOTS):
                await reports.enter_async_context(db.snapshot())
            with pytest.raises(PoolTimeoutError):
                await _ask(db)
        for _ in range(2 * SNAPSHOTS):
            assert await _ask(db) == 1
    finally:
        await db.close()


async def test_a_report_that_waits_in_vain_is_503_and_a_case_list_is_not(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    db: Database = service.app.state.db
    monkeypatch.setattr(db, "_patience_s", 0)
    async with AsyncExitStack() as reports:
        for _ in range(SNAPSHOTS):
            await reports.enter_async_context(db.snapshot())
        refused = await service.get("service_manager", "/reports/end-to-end")
        assert refused.status_code == 503
        assert "try again" in refused.json()["detail"]
        assert (await service.get("service_manager", "/cases")).status_code == 200
    assert (await service.get("service_manager", "/reports/end-to-end")).status_code == 200


async def _ask(db: Database) -> int:
    async with db.snapshot() as session:
        found: int = await session.scalar(text("SELECT 1"))
        return found
