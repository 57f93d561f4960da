"""Kept units change no figure: whatever is kept, has moved since or was never kept, the answer is that of the journal."""

import secrets
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.calendars import Calendar
from app.pathways.measures import Measure
from app.reports import summary
from app.reports.calendar_sync import sync_calendars
from app.reports.measuring.running import Question, run
from app.reports.summary import STAYS, keep, kept_units, refresh, summary_of
from tests.reports.measure_walks import measure_walks
from tests.reports.test_measures_by_hand import AROUND, CATALOGUE
from tests.reports.walks import Walk
from tests.support.journals import write_case
from tests.support.service import Service

SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]

MEASURE = CATALOGUE.measures.versions["end-to-end", 1]
WORKS = CATALOGUE.measures.versions["stage-works", 1]
WHOLE = summary_of(MEASURE)
assert WHOLE is not None
ENDINGS = ("measure.units", "measure.figures", "measure.days", "measure.ageing")
_LAST = text("SELECT max(id) FROM case_events WHERE case_id = ANY (:ids)")
_STATE = text(
    "INSERT INTO report_state (measure, journal_id) VALUES (:measure, :id)"
    " ON CONFLICT (measure) DO UPDATE SET journal_id = excluded.journal_id"
)
_SPOIL = text("UPDATE report_units SET tier = 'spoilt', started_on = started_on - 400 WHERE case_id = ANY (:ids)")


def alike(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted(row.items(), key=lambda item: item[0])) for row in rows)


@given(
    kept=st.lists(measure_walks(), min_size=1, max_size=6), moved=st.lists(measure_walks(), min_size=1, max_size=4),
    days=st.integers(0, 400), by=st.sampled_from(["none", "tenure", "tier", "month", "priority"]), cohort=st.booleans(),
    since=st.one_of(st.none(), st.dates(date(2024, 4, 1), date(2025, 6, 1))),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
async def test_kept_units_give_what_the_journal_gives(  # noqa: PLR0917 # what Hypothesis draws
    counting: Service,
    calendars: dict[str, Calendar],
    kept: list[Walk],
    moved: list[Walk],
    days: int,
    by: str,
    cohort: bool,
    since: date | None,
) -> None:
    source = secrets.token_hex(8)
    custody = counting.cast.organisations["clydeview"]
    # What is asked on another day than it was kept on: open waits and open holds have grown meanwhile.
    later = {**AROUND.values(), "today": AROUND.today + timedelta(days=days)}
    async with counting.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        ids = []
        for walk in (*kept, *moved):
            written = await write_case(
                session, walk.steps, custody_id=custody, first_contact_on=walk.first_contact_on, tenure=walk.tenure,
                source=source,
            )  # fmt: skip
            ids.append(written.id)
        last = await session.scalar(_LAST, {"ids": ids[: len(kept)]})
        for one in (WHOLE, STAYS):
            await keep(session, one, ids, AROUND.values())
            await session.execute(_STATE, {"measure": one.name, "id": last})
        # What is kept of cases that have moved since is out of date, and must not be looked at.
        await session.execute(_SPOIL, {"ids": ids[len(kept) :]})
        question = Question(by, cohort, {"source": source, "completed_from": since})
        found = await kept_units(session, WHOLE, dict(question.values))
        assert found is not None
        assert set(ids[len(kept) :]) <= set(found.moved)
        for measure in (MEASURE, WORKS):
            for ending in ENDINGS:
                quick = await run(session, measure, question, ending, later)
                slow = await run(session, measure, question, ending, later, afresh=True)
                assert alike(quick) == alike(slow), (measure.name, ending)
        await session.rollback()


async def test_a_refresh_takes_up_what_is_new_and_only_that(fresh_service: Service) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    walk = Walk(steps=measure_walks_example(), first_contact_on=date(2024, 4, 1), tenure="other")

    async def write() -> None:
        async with fresh_service.owner.transaction() as session:
            await write_case(session, walk.steps, custody_id=custody, first_contact_on=walk.first_contact_on)

    for _ in range(3):
        await write()
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 3
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 0
    await write()
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 1
    async with fresh_service.owner.snapshot() as session:
        found = await kept_units(session, WHOLE, {})
        assert found is not None
        assert found.moved == []
        assert await kept_units(session, WHOLE, {"as_known_on": date(2025, 1, 1)}) is None


def measure_walks_example() -> Any:
    from tests.support.journals import Step, noon  # noqa: PLC0415 # beside its one use

    return (Step(at=noon("2024-04-02"), action="log_referral"),)


async def test_a_refresh_waits_for_nobody_who_writes(fresh_service: Service) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    async with fresh_service.owner.engine.connect() as writing:
        await write_case(writing, measure_walks_example(), custody_id=custody, first_contact_on=date(2024, 4, 1))
        # Somebody is in the middle of writing: what they will have written cannot be known, so nothing is said of it.
        assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 0
        async with fresh_service.owner.snapshot() as session:
            assert await kept_units(session, WHOLE, {}) is None
        await writing.commit()
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 1


async def test_a_calendar_that_changes_while_units_are_counted_makes_them_be_counted_again(
    fresh_service: Service, calendars: dict[str, Calendar], monkeypatch: pytest.MonkeyPatch
) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    async with fresh_service.owner.transaction() as session:
        await sync_calendars(session, calendars)
        await write_case(session, measure_walks_example(), custody_id=custody, first_contact_on=date(2024, 4, 1))
    counted = summary._keep_units

    async def change_meanwhile(*args: Any) -> None:
        await counted(*args)
        async with fresh_service.owner.transaction() as session:
            closed = calendars["scotland"].with_local([date(2024, 9, 2)], [])
            await sync_calendars(session, {"scotland": closed})

    monkeypatch.setattr(summary, "_keep_units", change_meanwhile)
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 0
    async with fresh_service.owner.snapshot() as session:
        assert await kept_units(session, WHOLE, {}) is None
    monkeypatch.undo()
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 1
    async with fresh_service.owner.snapshot() as session:
        assert await kept_units(session, WHOLE, {}) is not None


async def test_one_refresh_at_a_time(fresh_service: Service) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    async with fresh_service.owner.transaction() as session:
        await write_case(session, measure_walks_example(), custody_id=custody, first_contact_on=date(2024, 4, 1))
    async with summary._alone(fresh_service.owner) as alone:
        assert alone
        assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 0
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 1


async def test_a_calendar_that_changes_makes_everything_be_counted_anew(
    fresh_service: Service, calendars: dict[str, Calendar]
) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    async with fresh_service.owner.transaction() as session:
        await sync_calendars(session, calendars)
        await write_case(session, measure_walks_example(), custody_id=custody, first_contact_on=date(2024, 4, 1))
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 1
    async with fresh_service.owner.snapshot() as session:
        assert await kept_units(session, WHOLE, {}) is not None
    async with fresh_service.owner.transaction() as session:
        # Outside a snapshot state, units and tallies could be of two moments.
        assert await kept_units(session, WHOLE, {}) is None
        await sync_calendars(session, {"scotland": calendars["scotland"].with_local([date(2024, 9, 2)], [])})
    async with fresh_service.owner.snapshot() as session:
        assert await kept_units(session, WHOLE, {}) is None
    assert await refresh(fresh_service.owner, WHOLE, AROUND.values()) == 1


def test_only_what_cannot_change_any_more_is_kept() -> None:
    draft = Measure(MEASURE.definition, MEASURE.start, None, published=False)
    assert summary_of(draft) is None
    assert summary_of(MEASURE) is not None
    assert {one.name for one in summary.summaries([MEASURE, draft, WORKS])} == {"end-to-end/1", "stays"}
