"""`adapt journal verify` says what was verified and where the journal does not hold; seals show what is gone."""

import asyncio

import pytest
from sqlalchemy import text

from app.checks.seals import last_seal, seal
from app.checks.verify import verify
from app.kernel.problems import NotFound
from tests.checks.ground import Ground, lay
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database


async def _break(service: Service, statement: str) -> None:
    async with service.owner.transaction() as session:
        for table in ("cases", "case_events", "journal_seals"):
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        await session.execute(text(statement))
        for table in ("cases", "case_events", "journal_seals"):
            await session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


async def test_one_case_and_all_cases_verify(ground: Ground) -> None:
    one = await verify(ground.service.owner, ground["assessed"].lower())
    assert (one.cases, one.seals, one.broken, one.exit_code) == (1, 0, 0, 0)
    everything = await verify(ground.service.owner)
    assert everything.cases == len(ground.cases)
    assert everything.events > one.events > 1
    assert everything.lines()[1] == "Every link and every seal holds."


async def test_a_case_that_does_not_exist_is_not_found(ground: Ground) -> None:
    with pytest.raises(NotFound):
        await verify(ground.service.owner, "HS-999999-A")


async def test_the_first_broken_link_is_told_first_and_all_are_counted(fresh_service: Service) -> None:
    ground = await lay(fresh_service)
    await _break(fresh_service, "UPDATE case_events SET details = '{}' WHERE sequence = 1")
    verdict = await verify(fresh_service.owner)
    assert verdict.broken == len(ground.cases)
    assert verdict.exit_code == 1
    told = verdict.lines()
    assert told[1] == f"{ground['received']}: Event 1 is not what was recorded: its hash does not fit its content."
    assert told[-1].startswith(f"{len(ground.cases)} places are broken.")


async def test_seals_cover_everything_once_and_follow_one_another(fresh_service: Service) -> None:
    owner = fresh_service.owner
    assert await seal(owner) == []
    await walked(fresh_service, "screen", tier="moderate")
    first = await seal(owner, size=1)
    assert [made.events for made in first] == [1, 1]
    assert await seal(owner) == []
    await walked(fresh_service, tier="moderate")
    [third] = await seal(owner)
    async with owner.transaction() as session:
        assert await last_seal(session) == third.hash
    verdict = await verify(owner, noted_seal=first[0].hash.hex())
    assert (verdict.seals, verdict.broken) == (3, 0)


async def test_a_case_that_was_taken_out_with_its_journal_shows_in_the_seals(fresh_service: Service) -> None:
    gone = await walked(fresh_service, "screen", tier="moderate")
    await walked(fresh_service, tier="moderate")
    await seal(fresh_service.owner)
    await _break(
        fresh_service,
        f"""
        DELETE FROM case_events USING cases c WHERE case_id = c.id AND c.reference = '{gone.reference}';
        DELETE FROM cases WHERE reference = '{gone.reference}'
        """,
    )
    verdict = await verify(fresh_service.owner)
    assert verdict.links == ()
    assert "covers 3 events; 1 of those are there now" in verdict.lines()[1]
    assert verdict.exit_code == 1


async def test_a_journal_whose_end_was_cut_off_and_its_case_set_back_shows_in_the_seals(fresh_service: Service) -> None:
    case = await walked(fresh_service, "screen", tier="moderate")
    await seal(fresh_service.owner)
    await _break(
        fresh_service,
        f"""
        DELETE FROM case_events USING cases c WHERE case_id = c.id AND c.reference = '{case.reference}' AND case_events.sequence = 2;
        UPDATE cases c SET sequence = 1, head_hash = e.hash FROM case_events e WHERE e.case_id = c.id
        """,
    )
    verdict = await verify(fresh_service.owner)
    assert verdict.links == ()
    assert len(verdict.broken_seals) == 1


async def test_seals_that_were_made_anew_miss_the_one_that_was_written_down(fresh_service: Service) -> None:
    await walked(fresh_service, tier="moderate")
    [noted] = await seal(fresh_service.owner)
    await _break(fresh_service, "DELETE FROM journal_seals")
    await seal(fresh_service.owner)
    assert (await verify(fresh_service.owner)).broken == 0
    verdict = await verify(fresh_service.owner, noted_seal=noted.hash.hex())
    assert verdict.noted_seal_missing
    assert "written down" in verdict.lines()[1]


_NOTE = text(
    """
    INSERT INTO case_events (case_id, sequence, kind, from_tier, from_stage, to_tier, to_stage, custody_id, actor_id,
                             organisation_id, recorded_at, occurred_at)
    SELECT id, sequence + 1, 'note_added', tier, stage, tier, stage, custody_id, 1, custody_id, NULL, NULL
      FROM cases WHERE reference = :reference
    """
)
_FOLLOW = text(
    """
    UPDATE cases c SET sequence = e.sequence, head_hash = e.hash, last_occurred_at = e.occurred_at FROM case_events e
     WHERE e.case_id = c.id AND c.reference = :reference AND e.sequence = c.sequence + 1
    """
)
# The number of a table is the same in every database made from one template: named with its database, it is ours.
_WAITS = text(
    "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT l.granted"
    " AND l.relation = 'case_events'::regclass AND d.datname = current_database())"
)


async def test_a_seal_waits_for_an_event_that_is_still_being_written(fresh_service: Service) -> None:
    slow, quick = [await walked(fresh_service, tier="moderate") for _ in range(2)]
    owner = fresh_service.owner
    async with owner.transaction() as writing:
        await writing.execute(_NOTE, {"reference": slow.reference})
        await writing.execute(_FOLLOW, {"reference": slow.reference})
        # A later number is there before the earlier one.
        async with owner.transaction() as session:
            await session.execute(_NOTE, {"reference": quick.reference})
            await session.execute(_FOLLOW, {"reference": quick.reference})
        sealing = asyncio.create_task(seal(owner))
        async with asyncio.timeout(10):
            while not await writing.scalar(_WAITS):
                assert not sealing.done()
    [made] = await sealing
    assert made.events == 4
    assert (await verify(owner)).broken == 0


async def test_nobody_changes_or_removes_a_seal_by_the_way(fresh_service: Service) -> None:
    await walked(fresh_service, tier="moderate")
    await seal(fresh_service.owner)
    for statement in ("DELETE FROM journal_seals", "UPDATE journal_seals SET events = 2", "TRUNCATE journal_seals"):
        with pytest.raises(Exception, match="append-only"):
            async with fresh_service.owner.transaction() as session:
                await session.execute(text(statement))
