"""Row-level security over homes: whatever a query forgets, an item is seen through its case, and marked where one works."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Database, Session, app_engine, sqlstate
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.service import Service, running_service
from tests.support.walks import walked

pytestmark = pytest.mark.database
MARK = text(
    """
    INSERT INTO home_adaptation_marks (home_adaptation_id, mark, marked_on, marked_by, organisation_id)
    SELECT :item, 'removed', current_date, :by, home_organisation_id FROM users WHERE id = :by
    """
)
DOORS = {
    "the history of a home": "SELECT count(*) FROM door.home_history(:case)",
    "an item to mark": "SELECT count(*) FROM door.home_item(:item)",
    "the cases at an item": "SELECT cardinality(door.cases_at_item(:item))",
}


@dataclass(frozen=True)
class Place:
    """A home with one item, and the way in as somebody."""

    service: Service
    app: Database
    case: int
    item: int

    async def ask(self, who: str | None, statement: str) -> int:
        async with self.app.engine.connect() as session:
            await self.enter(session, who)
            asked = {"case": self.case, "item": self.item}
            bound = {name: value for name, value in asked.items() if f":{name}" in statement}
            found: int = await session.scalar(text(statement), bound)
            await session.rollback()
        return found

    async def enter(self, session: Session, who: str | None) -> None:
        if who is not None:
            await session.execute(text("SELECT door.enter_as(:id)"), {"id": self.service.cast[who].id})


@pytest.fixture(scope="module")
async def place(database_server: TestServer, worker_name: str) -> AsyncIterator[Place]:
    """One finished case, whose item is marked for recycling."""
    with database_server.fresh(f"{worker_name}_home_sight") as url:
        async with running_service(url) as service:
            walk = await walked(service, "screen", tier="direct_access")
            await walk.take("place_order", items=["key_safe"])
            await walk.take("complete_works")
            history = (await service.get("housing_officer", f"/cases/{walk.reference}/home-history")).json()
            item = history["items"][0]["id"]
            today = service.app.state.casework.timekeeper.day(service.app.state.clock.now()).isoformat()
            body = {"mark": "for_recycling", "marked_on": today, "note": "Ring the daughter."}
            assert (await service.post("housing_officer", f"/home-adaptations/{item}/marks", body)).status_code == 201
            async with service.owner.transaction() as session:
                case = await session.scalar(text("SELECT case_id FROM home_adaptations"))
            app = Database(app_engine(url))
            yield Place(service, app, case, item)
            await app.close()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("housing_officer", 1),
        ("service_manager", 1),
        (STRANGER, 0),
        ("administrator", 0),
        ("panel_member", 0),
        (None, 0),
    ],
)
@pytest.mark.parametrize("table", ["home_adaptations", "home_adaptation_marks", "home_adaptations_now"])
async def test_items_and_marks_are_seen_through_their_case(
    place: Place, table: str, who: str | None, sees: int
) -> None:
    assert await place.ask(who, f"SELECT count(*) FROM {table}") == sees


@pytest.mark.parametrize("door", DOORS)
async def test_a_door_opens_for_who_works_at_the_home_alone(place: Place, door: str) -> None:
    assert await place.ask("housing_officer", DOORS[door]) == 1
    for who in (STRANGER, "administrator", "panel_member", None):
        assert await place.ask(who, DOORS[door]) == 0, who


async def test_what_waits_is_told_to_whoever_has_come_in_without_where_it_is(place: Place) -> None:
    told = "SELECT count(*) FROM door.items_waiting(NULL, NULL, 0, 10)"
    named = f"{told} WHERE note IS NOT NULL OR reference IS NOT NULL OR address IS NOT NULL OR case_id IS NOT NULL"
    assert [await place.ask(who, told) for who in ("housing_officer", STRANGER, None)] == [1, 1, 0]
    assert [await place.ask(who, named) for who in ("housing_officer", STRANGER)] == [1, 0]
    counted = "SELECT count(*) FROM door.items_waiting_count('{key_safe}')"
    assert [await place.ask(who, counted) for who in (STRANGER, None)] == [1, 0]


@pytest.mark.parametrize(("who", "by"), [(STRANGER, STRANGER), ("housing_officer", "team_manager"), (None, "auditor")])
async def test_nobody_marks_elsewhere_or_in_anothers_name(place: Place, who: str | None, by: str) -> None:
    async with place.app.engine.connect() as session:
        await place.enter(session, who)
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(MARK, {"item": place.item, "by": place.service.cast[by].id})
        await session.rollback()
    assert sqlstate(refusal.value) == "42501"


async def test_a_mark_of_ones_own_is_let_in(place: Place) -> None:
    async with place.app.engine.connect() as session:
        await place.enter(session, "housing_officer")
        done = await session.execute(MARK, {"item": place.item, "by": place.service.cast["housing_officer"].id})
        assert done.rowcount == 1
        await session.rollback()


@pytest.mark.parametrize("change", ["UPDATE {} SET mark = 'removed'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_a_mark_is_never_changed_not_even_by_the_owner(place: Place, change: str) -> None:
    async with place.service.owner.engine.connect() as session:
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text(change.format("home_adaptation_marks")))
        await session.rollback()
    assert sqlstate(refusal.value) == "AD004"
