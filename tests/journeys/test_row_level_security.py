"""A query that forgot its filter leaks nothing, and whoever read a case is on record."""

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from app.access.roles import SIGHT
from app.kernel.database import Session
from app.kernel.paging import MAX_LIMIT
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.referrals import referral
from tests.support.service import Service
from tests.support.walks import walked
from tests.support.worlds import World, entered, made_world

pytestmark = pytest.mark.database

OPEN_TO_ALL = {
    "alembic_version", "partnership", "roles", "organisations", "users", "role_holdings", "training_records",
    "direct_provision", "local_days", "calendar_days", "panels", "panel_members", "panel_meetings", "panel_attendance",
    "panel_invitees", "panel_terms", "panel_meeting_terms", "panel_series", "panel_substitutes",
    "report_state", "snapshots", "snapshot_submissions", "indicators", "indicator_targets", "indicator_quarters", "check_runs", "export_salt", "document_store",
}  # fmt: skip
"""Tables the app's role may read whole: they hold nothing about a person who needs an adaptation."""


@pytest.fixture(scope="module")
async def world(database_server: TestServer, worker_name: str) -> AsyncIterator[World]:
    """Filled once for this module."""
    async with made_world(database_server, f"{worker_name}_sight") as made:
        yield made


async def _readable(session: Session) -> list[tuple[str, bool]]:
    """Every table and view that the app's role may read, and whether rows are hidden from it."""
    statement = text(
        """
        SELECT c.relname, c.relrowsecurity OR (c.relkind = 'v' AND 'security_invoker=true' = ANY (c.reloptions))
          FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND has_any_column_privilege('adapt_app', c.oid, 'SELECT') ORDER BY c.relname
        """
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def _everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table with hidden rows, as text: queries without a where."""
    tables = [name for name, hides in await _readable(session) if hides]
    assert {"cases", "case_events", "events_as_corrected", "holds", "people", "homes", "panel_items"} <= set(tables)
    return {
        name: [row[0] for row in await session.execute(text(f"SELECT to_jsonb(t)::text FROM {name} t"))]
        for name in tables
    }


async def test_every_table_the_app_reads_hides_rows_or_is_listed_as_open(world: World) -> None:
    async with world.service.owner.transaction() as session:
        assert {name for name, hides in await _readable(session) if not hides} == OPEN_TO_ALL


async def test_every_table_that_hangs_on_a_case_hides_rows_from_the_app(world: World) -> None:
    statement = text(
        """
        SELECT DISTINCT c.relname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
         WHERE f.contype = 'f' AND NOT c.relrowsecurity
           AND f.confrelid IN ('cases'::regclass, 'people'::regclass, 'homes'::regclass, 'panel_items'::regclass)
           AND has_any_column_privilege('adapt_app', c.oid, 'SELECT')
        """
    )
    async with world.service.owner.transaction() as session:
        assert (await session.scalars(statement)).all() == []


async def test_without_anybody_at_the_door_nothing_is_seen(world: World) -> None:
    async with entered(world, None) as session:
        assert {name: rows for name, rows in (await _everything(session)).items() if rows} == {}


async def test_a_role_without_sight_of_cases_sees_none(world: World) -> None:
    async with entered(world, "administrator") as session:
        found = await _everything(session)
    # Everybody sees their own tokens.
    assert {name for name, rows in found.items() if rows} == {"api_tokens"}


async def test_a_stranger_sees_only_the_strangers_own(world: World) -> None:
    async with entered(world, STRANGER) as session:
        found = await _everything(session)
    assert [json.loads(row)["reference"] for row in found["cases"]] == [world.theirs]
    assert len(found["people"]) == len(found["homes"]) == len(found["case_events"]) == 1
    assert found["holds"] == found["panel_items"] == found["panel_assents"] == []
    [number] = {json.loads(row)["id"] for row in found["cases"]}
    assert {json.loads(row)["case_id"] for row in found["case_events"]} == {number}


async def test_an_organisation_does_not_see_what_it_is_not_party_to(world: World) -> None:
    async with entered(world, "housing_officer") as session:
        found = await _everything(session)
    references = {json.loads(row)["reference"] for row in found["cases"]}
    assert references == {world.ours.reference, world.on_agenda.reference}
    assert len(found["people"]) == len(found["homes"]) == 2
    assert len(found["holds"]) == 1
    assert all(world.theirs not in row for rows in found.values() for row in rows)


@pytest.mark.parametrize("role", sorted(role for role, sight in SIGHT.items() if sight == "partnership"))
async def test_a_partnership_wide_role_sees_every_case(world: World, role: str) -> None:
    async with entered(world, role) as session:
        found = await _everything(session)
    assert len(found["cases"]) == len(found["people"]) == 3


async def test_a_panel_member_sees_the_cases_on_their_open_meeting_and_no_other(world: World) -> None:
    async with entered(world, "panel_member") as session:
        found = await _everything(session)
    assert [json.loads(row)["reference"] for row in found["cases"]] == [world.on_agenda.reference]
    assert len(found["people"]) == len(found["homes"]) == len(found["panel_items"]) == 1


async def test_a_panel_member_sees_a_case_no_longer_once_it_is_decided(fresh_service: Service) -> None:
    walk = await walked(
        fresh_service, "screen", "start_assessment", "refer_to_panel", "schedule_for_panel", tier="complex"
    )
    assert (await fresh_service.get("panel_member", f"/cases/{walk.reference}")).status_code == 200
    await walk.take("panel_defer")
    assert (await fresh_service.get("panel_member", f"/cases/{walk.reference}")).status_code == 404


async def test_sight_ends_with_the_transaction(world: World) -> None:
    async with world.app.engine.connect() as session:
        await session.execute(text("SELECT door.enter_as(:id)"), {"id": world.service.cast["auditor"].id})
        assert await session.scalar(text("SELECT count(*) FROM cases")) == 3
        await session.commit()
        assert await session.scalar(text("SELECT count(*) FROM cases")) == 0


async def test_the_table_of_roles_says_what_the_code_says(world: World) -> None:
    async with world.service.owner.transaction() as session:
        rows = await session.execute(text("SELECT key, sees FROM roles"))
        assert {row.key: row.sees for row in rows} == SIGHT


async def test_a_possible_repeat_in_a_hidden_case_shows_no_person(fresh_service: Service) -> None:
    ours = referral(person={"name": "Hamish Dummie-Original", "phone": "01632 960999", "email": "h@test.example"})
    known = (await fresh_service.post("housing_officer", "/referrals", ours)).json()
    other = referral(person={**ours["person"], "name": "Hamisch Dumie-Orginal", "phone": None, "email": None})
    found = await fresh_service.post(STRANGER, "/referrals", other)
    [repeat] = found.json()["possible_repeats"]
    assert repeat["reference"] == known["reference"]
    assert repeat["organisation"] == "Clydeview Housing Association"
    assert (repeat["visible"], repeat["blocks"]) == (False, True)
    listed = await fresh_service.get(STRANGER, f"/cases/{found.json()['reference']}/repeats")
    assert [entry["reference"] for entry in listed.json()] == [known["reference"]]
    for response in (found, listed):
        for secret in ("Original", "960999", "h@test.example", ours["home"]["address"], ours["home"]["postcode"]):
            assert secret not in response.text.replace(other["home"]["address"], "").replace(
                other["home"]["postcode"], ""
            )
    assert (await fresh_service.get(STRANGER, f"/cases/{known['reference']}")).status_code == 404


async def test_a_worklist_holds_what_its_reader_may_see(world: World) -> None:
    for who, seen in (
        ("housing_officer", {world.ours.reference, world.on_agenda.reference}),
        (STRANGER, {world.theirs}),
        ("panel_member", {world.on_agenda.reference}),
        ("service_manager", {world.ours.reference, world.on_agenda.reference, world.theirs}),
    ):
        page = (await world.service.get(who, "/cases", limit=MAX_LIMIT)).json()
        assert {case["reference"] for case in page["items"]} == seen, who
    searched = (await world.service.get(STRANGER, "/cases", q=world.ours.reference)).json()
    assert searched["items"] == []


READS = {
    "/cases/{r}": "GET /cases/{reference}",
    "/cases/{r}/events": "GET /cases/{reference}/events",
    "/cases/{r}/actions": "GET /cases/{reference}/actions",
    "/cases/{r}/repeats": "GET /cases/{reference}/repeats",
    "/cases?q={r}": "GET /cases",
}


@pytest.mark.parametrize(("path", "route"), READS.items(), ids=READS.values())
async def test_a_read_of_a_case_is_on_record_with_its_reader(world: World, path: str, route: str) -> None:
    newest = text("SELECT coalesce(max(id), 0) FROM case_reads")
    after = text(
        """
        SELECT r.user_id, r.route, c.reference, r.at <= clock_timestamp() AS past
          FROM case_reads r JOIN cases c ON c.id = ANY (r.case_ids) WHERE r.id > :id
        """
    )
    async with world.service.owner.transaction() as session:
        before = await session.scalar(newest)
    reader = world.service.cast["assessor"]
    url = f"/api/v1{path.format(r=world.ours.reference)}"
    assert (await world.service.http.get(url, headers=reader.headers)).status_code == 200
    async with world.service.owner.transaction() as session:
        found = [tuple(row) for row in await session.execute(after, {"id": before})]
    assert found == [(reader.id, route, world.ours.reference, True)]


async def test_a_read_that_shows_nothing_is_not_on_record(world: World) -> None:
    count = text("SELECT count(*) FROM case_reads")
    async with world.service.owner.transaction() as session:
        before = await session.scalar(count)
    assert (await world.service.get(STRANGER, f"/cases/{world.ours.reference}")).status_code == 404
    assert (await world.service.get(STRANGER, "/cases", q="nobody of this name")).json()["items"] == []
    async with world.service.owner.transaction() as session:
        assert await session.scalar(count) == before
