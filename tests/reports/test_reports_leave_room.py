"""Reports, however slow and many, leave connections to those who work on cases."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

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


async def _ask(db: Database) -> int:
    async with db.snapshot() as session:
        found: int = await session.scalar(text("SELECT 1"))
        return found
