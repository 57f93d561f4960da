"""A partnership in which two organisations do not know of one another's cases, and ways into its database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import text

from app.kernel.database import Database, Session, app_engine
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.referrals import referral
from tests.support.service import Service, running_service
from tests.support.walks import Walk, set_meeting, walked


@dataclass(frozen=True)
class World:
    """One partnership with cases of two organisations that do not know of one another's."""

    service: Service
    app: Database
    ours: Walk
    on_agenda: Walk
    theirs: str
    meeting: int


@asynccontextmanager
async def made_world(server: TestServer, name: str) -> AsyncIterator[World]:
    """A database of one module's own, filled once; its tests only read it or are refused."""
    with server.fresh(name) as url:
        async with running_service(url) as service:
            app = Database(app_engine(url))
            ours = await walked(service, "screen", "hold", "resume", tier="moderate")
            on_agenda = await walked(service, "screen", "start_assessment", "refer_to_panel", tier="complex")
            meeting = await set_meeting(service)
            await on_agenda.take("schedule_for_panel", meeting=meeting)
            await service.post(
                "panel_coordinator",
                f"/meetings/{meeting}/cases/{on_agenda.reference}/assents",
                {"assents": True, "organisation": "eastlaw"},
            )
            theirs = await service.post(STRANGER, "/referrals", referral(home={"landlord": "Elsewhere Council"}))
            assert theirs.status_code == 201, theirs.text
            yield World(service, app, ours, on_agenda, theirs.json()["reference"], meeting)
            await app.close()


@asynccontextmanager
async def entered(world: World, who: str | None) -> AsyncIterator[Session]:
    """A transaction of the app's role with somebody's sight, or with nobody's; rolled back at the end."""
    async with world.app.engine.connect() as session:
        if who is not None:
            await session.execute(text("SELECT door.enter_as(:id)"), {"id": world.service.cast[who].id})
        yield session
        await session.rollback()


@asynccontextmanager
async def acting_as(world: World, who: str) -> AsyncIterator[Session]:
    """A transaction as the schema's owner or as the app's role for the housing officer; commits are tried inside."""
    if who == "owner":
        async with world.service.owner.engine.connect() as session:
            yield session
            await session.rollback()
    else:
        async with entered(world, "housing_officer") as session:
            yield session
