"""The database itself keeps the journal: whoever asks, the app's role or the schema's owner, whatever the code does."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Session, sqlstate
from tests.support.databases import TestServer
from tests.support.worlds import World, acting_as, entered, made_world

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
async def world(database_server: TestServer, worker_name: str) -> AsyncIterator[World]:
    """Filled once for this module."""
    async with made_world(database_server, f"{worker_name}_guards") as made:
        yield made


FORBIDDEN = {
    "change an event": "UPDATE case_events SET details = '{}'",
    "change when an event was recorded": "UPDATE case_events SET recorded_at = now()",
    "remove an event": "DELETE FROM case_events",
    "empty the journal": "TRUNCATE case_events CASCADE",
    "remove a case": "DELETE FROM cases",
    "empty the cases": "TRUNCATE cases CASCADE",
    "remove a person": "DELETE FROM people",
    "remove a hold": "DELETE FROM holds",
    "change who read what": "UPDATE case_reads SET user_id = 1",
    "remove who read what": "DELETE FROM case_reads",
    "change a mark": "UPDATE home_adaptation_marks SET mark = 'removed'",
    "remove a mark": "DELETE FROM home_adaptation_marks",
    "empty the marks": "TRUNCATE home_adaptation_marks",
    "remove what is in a home": "DELETE FROM home_adaptations",
    "take an item to another home": "UPDATE home_adaptations SET address_key = 'elsewhere'",
    "date a read": "INSERT INTO case_reads (at, user_id, route, case_ids) VALUES (now(), 1, 'x', '{1}')",
    "switch the triggers off": "ALTER TABLE case_events DISABLE TRIGGER ALL",
    "switch row-level security off": "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
    "make a role": "CREATE ROLE adapt_mischief",
    "make a table": "CREATE TABLE public.mischief ()",
    "see the passwords of the cluster": "SELECT rolpassword FROM pg_authid",
    "add a role": "INSERT INTO roles VALUES ('mischief', 'partnership')",
    "say which schema this is": "UPDATE alembic_version SET version_num = 'x'",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN.keys())
async def test_the_apps_role_has_no_right_to(world: World, statement: str) -> None:
    async with entered(world, "service_manager") as session:
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text(statement))
    assert sqlstate(refusal.value) in ("42501", "0A000")


async def test_the_apps_role_sees_no_token_but_its_users_own(world: World) -> None:
    async with entered(world, "auditor") as session:
        owners = set((await session.scalars(text("SELECT user_id FROM api_tokens"))).all())
    assert owners == {world.service.cast["auditor"].id}


async def test_the_apps_role_cannot_record_a_read_in_anothers_name(world: World) -> None:
    async with entered(world, "auditor") as session:
        statement = text("INSERT INTO case_reads (user_id, route, case_ids) VALUES (:u, 'x', '{1}')")
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(statement, {"u": world.service.cast["referrer"].id})
    assert sqlstate(refusal.value) == "42501"


_EVENT = """
    INSERT INTO case_events (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id,
                             actor_id, organisation_id, {more})
    SELECT id, sequence + 1, 'moved', 'close_not_proceeding', tier, stage, tier, 'not_proceeding', custody_id, :actor,
           custody_id, {values} FROM cases WHERE reference = :reference
"""


async def _insert(session: Session, world: World, more: str = "actor_kind", values: str = "'user'") -> None:
    bound = {"actor": world.service.cast["housing_officer"].id, "reference": world.ours.reference}
    await session.execute(text(_EVENT.format(more=more, values=values)), bound)


@pytest.mark.parametrize(
    ("column", "value"), [("recorded_at", "now()"), ("hash", "'\\x00'"), ("previous_hash", "'\\x00'")]
)
async def test_the_apps_role_cannot_set_what_is_the_databases_own(world: World, column: str, value: str) -> None:
    async with entered(world, "housing_officer") as session:
        with pytest.raises(DBAPIError) as refusal:
            await _insert(session, world, column, value)
    assert sqlstate(refusal.value) == "42501"


BOTH = pytest.mark.parametrize("who", ["app", "owner"])


@BOTH
async def test_an_event_that_does_not_move_its_case_cannot_be_committed(world: World, who: str) -> None:
    async with acting_as(world, who) as session:
        await _insert(session, world)
        with pytest.raises(DBAPIError) as refusal:
            await session.commit()
    assert sqlstate(refusal.value) == "AD005"


@BOTH
@pytest.mark.parametrize(
    "change",
    ["stage = 'completed'", "tier = 'complex'", "sequence = sequence + 1", "head_hash = '\\x00'",
     "last_occurred_at = now()"],
)  # fmt: skip
async def test_a_case_that_leaves_its_journal_cannot_be_committed(world: World, who: str, change: str) -> None:
    async with acting_as(world, who) as session:
        moved = text(f"UPDATE cases SET {change} WHERE reference = :r")
        await session.execute(moved, {"r": world.ours.reference})
        with pytest.raises(DBAPIError) as refusal:
            await session.commit()
    assert sqlstate(refusal.value) == "AD005"


@BOTH
async def test_custody_cannot_change_without_an_event(world: World, who: str) -> None:
    async with acting_as(world, who) as session:
        statement = text("UPDATE cases SET custody_id = :c, party_ids = party_ids || :c WHERE reference = :r")
        values = {"c": world.service.cast.organisations["eastlaw"], "r": world.ours.reference}
        await session.execute(statement, values)
        with pytest.raises(DBAPIError) as refusal:
            await session.commit()
    assert sqlstate(refusal.value) == "AD005"


@BOTH
async def test_a_case_without_a_journal_cannot_be_committed(world: World, who: str) -> None:
    columns = text(
        """
        SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
         WHERE attrelid = 'cases'::regclass AND attnum > 0 AND attgenerated = '' AND attname NOT IN ('id', 'reference')
        """
    )
    async with acting_as(world, who) as session:
        names = await session.scalar(columns)
        copied = f"INSERT INTO cases (reference, {names}) SELECT 'HS-099999-X', {names} FROM cases WHERE reference = :r"
        await session.execute(text(copied), {"r": world.ours.reference})
        with pytest.raises(DBAPIError) as refusal:
            await session.commit()
    assert sqlstate(refusal.value) == "AD005"


@BOTH
@pytest.mark.parametrize(
    ("occurred_at", "state"),
    [("clock_timestamp() + interval '1 minute'", "AD001"), ("last_occurred_at - interval '1 microsecond'", "AD002")],
    ids=["in the future", "before the previous event"],
)
async def test_the_database_itself_refuses_a_time_that_cannot_be(
    world: World, who: str, occurred_at: str, state: str
) -> None:
    async with acting_as(world, who) as session:
        with pytest.raises(DBAPIError) as refusal:
            await _insert(session, world, "occurred_at", occurred_at)
    assert sqlstate(refusal.value) == state


@BOTH
@pytest.mark.parametrize(
    ("was", "instead"),
    [("sequence + 1", "sequence + 2"), ("sequence + 1", "sequence"), ("tier, stage, tier", "tier, 'funding', tier")],
    ids=["a gap", "a second of one number", "from where the case is not"],
)
async def test_an_event_must_continue_the_one_before_it(world: World, who: str, was: str, instead: str) -> None:
    statement = _EVENT.replace(was, instead, 1).format(more="actor_kind", values="'user'")
    bound = {"actor": world.service.cast["housing_officer"].id, "reference": world.ours.reference}
    async with acting_as(world, who) as session:
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text(statement), bound)
    assert sqlstate(refusal.value) == "AD003"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE case_events SET details = '{}'", "DELETE FROM case_events", "TRUNCATE case_events CASCADE",
     "DELETE FROM cases", "TRUNCATE cases CASCADE", "UPDATE case_reads SET route = 'x'", "DELETE FROM case_reads"],
)  # fmt: skip
async def test_the_owner_cannot_change_what_is_kept_either(world: World, statement: str) -> None:
    async with acting_as(world, "owner") as session:
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text(statement))
    assert sqlstate(refusal.value) == "AD004"


async def test_only_the_owner_may_put_the_journals_clock_at_another_time(world: World) -> None:
    put_back = text("SELECT set_config('adapt.simulated_now', '2020-01-01T00:00:00Z', true)")
    async with acting_as(world, "app") as session:
        await session.execute(put_back)
        assert await session.scalar(text("SELECT door.now() > now() - interval '1 day'")) is True
    async with acting_as(world, "owner") as session:
        await session.execute(put_back)
        assert await session.scalar(text("SELECT door.now() = '2020-01-01T00:00:00Z'")) is True


@pytest.mark.parametrize(
    ("first", "second"),
    [("[2026-01-01, 2026-02-01)", "[2026-01-31, 2026-03-01)"), ("[2026-01-01,)", "[2026-05-01, 2026-06-01)"),
     ("[2026-01-01,)", "[2026-01-01,)")],
)  # fmt: skip
async def test_two_holds_of_one_case_never_overlap(world: World, first: str, second: str) -> None:
    statement = text(
        """
        INSERT INTO holds (case_id, cause, waits_on, held_from, held_to, opened_by, closed_by)
        SELECT id, 'budget', 'budget', lower(r), upper(r), 1, CASE WHEN upper(r) IS NOT NULL THEN 2 END
          FROM cases, CAST(:r AS tstzrange) r WHERE reference = :reference
        """
    )
    async with acting_as(world, "owner") as session:
        await session.execute(statement, {"r": first, "reference": world.on_agenda.reference})
        # Another case may be held meanwhile.
        await session.execute(statement, {"r": second, "reference": world.theirs})
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(statement, {"r": second, "reference": world.on_agenda.reference})
    assert sqlstate(refusal.value) == "23P01"
