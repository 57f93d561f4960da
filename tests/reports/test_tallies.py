"""What kept units add up to gives every figure that the journal gives, whatever has moved since; and only to the whole."""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.database import Session
from app.reports import summary
from app.reports.catalogue import CUMULATIVE_FLOW
from app.reports.filters import CumulativeFlowFigures
from app.reports.measuring.days import average, percentile
from app.reports.measuring.running import Question, figures, run
from app.reports.measuring.views import VIEWS
from app.reports.runner import figures as of_report
from app.reports.summary import STAYS, keep, kept_units, refresh, summary_of
from app.reports.tallies import cumulative_flow, tallied
from tests.reports.measure_walks import measure_walks
from tests.reports.test_measures_by_hand import AROUND, CATALOGUE
from tests.reports.walks import Walk
from tests.support.journals import Step, go_on, noon, write_case
from tests.support.service import Service

SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
pytestmark = [
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]

MEASURE = CATALOGUE.measures.versions["end-to-end", 1]
WHOLE = summary_of(MEASURE)
assert WHOLE is not None
KNOWN = AROUND.values()
_LAST = text("SELECT coalesce(max(id), 0) FROM case_events")
_STATE = text(
    "INSERT INTO report_state (measure, journal_id) VALUES (:measure, :id)"
    " ON CONFLICT (measure) DO UPDATE SET journal_id = excluded.journal_id"
)
_SEES = text("SELECT set_config('adapt.everything', :whole, true)")
_DROP = (text("DELETE FROM report_state"), text("DELETE FROM report_units"), text("DELETE FROM report_tallies"))
MONTHS = [(2024, month) for month in range(3, 13)] + [(2025, month) for month in range(1, 7)]


def ends(month: tuple[int, int]) -> tuple[date, date]:
    return date(*month, 1), date(*month, monthrange(*month)[1])


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.one_of(st.none(), st.sampled_from(MONTHS)))
    last = draw(st.one_of(st.none(), st.sampled_from([month for month in MONTHS if first is None or month >= first])))
    return {
        "completed_from": ends(first)[0] if first else None,
        "completed_to": ends(last)[1] if last else None,
    }


async def known_up_to_now(session: Session) -> None:
    last = await session.scalar(_LAST)
    for one in (WHOLE, STAYS):
        await session.execute(_STATE, {"measure": one.name, "id": last})


@pytest.mark.database
@given(
    walks=st.lists(st.tuples(measure_walks(), st.floats(0, 1)), min_size=1, max_size=6),
    new=st.lists(measure_walks(), max_size=2), again=st.booleans(), period=periods(),
    narrowed=st.fixed_dictionaries(
        {}, optional={"tenure": st.sampled_from(["rsl_tenant", "other"]),
                      "tier": st.sampled_from(["direct_access", "moderate", "complex"])}
    ),
    by=st.sampled_from(["none", "tenure", "tier", "month", "quarter", "year"]), days=st.integers(0, 400),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
async def test_tallies_give_what_the_journal_gives(  # noqa: PLR0917 # what Hypothesis draws
    alone: Service,
    walks: list[tuple[Walk, float]],
    new: list[Walk],
    again: bool,
    period: dict[str, Any],
    narrowed: dict[str, str],
    by: str,
    days: int,
) -> None:
    custody = alone.cast.organisations["clydeview"]
    # What is asked on another day than it was kept on: open waits have grown meanwhile.
    later = {**KNOWN, "today": AROUND.today + timedelta(days=days)}
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await session.execute(_SEES, {"whole": "on"})
        begun = []
        for walk, share in walks:
            steps = walk.steps[: max(1, round(share * len(walk.steps)))]
            begun.append(
                await write_case(
                    session, steps, custody_id=custody, first_contact_on=walk.first_contact_on, tenure=walk.tenure
                )
            )
        ids = [written.id for written in begun]
        for one in (WHOLE, STAYS):
            await keep(session, one, ids, KNOWN)
        await known_up_to_now(session)
        for (walk, _), written in zip(walks, begun, strict=True):
            await go_on(session, written, walk.steps, custody_id=custody, first_contact_on=walk.first_contact_on)
        for walk in new:
            await write_case(
                session, walk.steps, custody_id=custody, first_contact_on=walk.first_contact_on, tenure=walk.tenure
            )
        if again:
            # Some are counted anew and the others not yet, as while a refresh is under way.
            for one in (WHOLE, STAYS):
                await keep(session, one, ids[::2], KNOWN)
        await _same(session, Question(by, values={**period, **narrowed}), later)
        await session.rollback()


def alike(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted(row.items())) for row in rows)


async def _same(session: Session, question: Question, known: dict[str, Any]) -> None:
    quick = await run(session, MEASURE, question, "measure.days", known)
    slow = await run(session, MEASURE, question, "measure.days", known, afresh=True)
    # The journal tells them in an order of its own.
    assert alike(quick) == alike(slow)
    for view in ("figures", "distribution", "compare", "ageing", "flow"):
        if view == "flow" and question.by in {"month", "quarter", "year"}:
            continue
        quick = await VIEWS[view].run(session, MEASURE, question, known)
        await session.execute(_SEES, {"whole": ""})
        slow = await VIEWS[view].run(session, MEASURE, question, known)
        await session.execute(_SEES, {"whole": "on"})
        assert quick == slow, view
    last = question.values.get("completed_to")
    asked = CumulativeFlowFigures.model_validate(
        {
            "happened_from": question.values.get("completed_from"),
            "happened_to": last,
            **{name: question.values[name] for name in ("tenure", "tier") if name in question.values},
        }
    )
    around = type(AROUND)(AROUND.calendars, known["today"], AROUND.stages)
    quick = await of_report(session, CUMULATIVE_FLOW, asked, around)
    assert quick == await of_report(session, CUMULATIVE_FLOW, asked, around, afresh=True)


SOLVED = {"clock": "stops", "solution": "adapted"}
HELD = {"hold": "opens", "hold_details": {"waits_on": "person", "cause": "person_in_hospital"}}
LEFT = {"ends": True, "outcome": "withdrawn"}
TOLD = (
    Step(at=noon("2025-01-06"), action="log_referral"),
    Step(at=noon("2025-01-20"), action="hold", to="on_hold", effects=HELD),
    Step(at=noon("2025-02-10"), action="resume", to="works", effects={"hold": "closes"}),
    Step(
        at=noon("2025-03-03"), action="complete_works", to="installed", effects=SOLVED, recorded_at=noon("2025-04-01")
    ),
)
"""A case that waited for the person, and whose works were recorded four weeks late."""
GONE = (TOLD[0], Step(at=noon("2025-03-10"), action="close", to="not_proceeding", effects=LEFT))


@pytest.mark.database
async def test_every_column_of_tallies_is_used(alone: Service) -> None:
    custody = alone.cast.organisations["clydeview"]
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await session.execute(_SEES, {"whole": "on"})
        ids = []
        for number, steps in enumerate((TOLD, TOLD, TOLD[:2], GONE, TOLD)):
            written = await write_case(
                session, steps, custody_id=custody, first_contact_on=date(2025, 1, 1 + number), actor_kind="user"
            )
            ids.append(written.id)
        for one in (WHOLE, STAYS):
            await keep(session, one, ids, KNOWN)
        await known_up_to_now(session)
        question = Question(values={"completed_from": date(2025, 3, 1), "completed_to": date(2025, 3, 31)})
        [row] = await figures(session, MEASURE, question, KNOWN)
        assert (row["completed"], row["still_open"], row["left_before"], row["doubtful"]) == (3, 1, 1, 3)
        # First contact on 1, 2 and 5 January; three weeks of it waited for the person.
        assert (row["median_working_days"], row["median_calendar_days"]) == (42, 60)
        assert row["net_median_working_days"] == 42 - 15
        days = await run(session, MEASURE, question, "measure.days", KNOWN)
        assert {row["status"]: row["working_days"] for row in days if row["status"] == "left"} == {"left": 46}
        # Cumulative flow may begin within a month, and what came in before is there when it does.
        within = Question(values={"completed_from": date(2025, 2, 17), "completed_to": date(2025, 3, 31)})
        for wanted in (question, within, Question(values={"completed_to": date(2025, 2, 28)}), Question("tier")):
            await _same(session, wanted, KNOWN)
        await session.rollback()


@pytest.mark.database
async def test_a_case_is_taken_out_as_it_was_put_in(alone: Service) -> None:
    """As when a pathway's next version counts in another calendar, or somebody mends a tenure."""
    custody = alone.cast.organisations["clydeview"]
    change = text("UPDATE cases SET tenure = 'other', pathway_key = 'disabled-facilities-grant' WHERE id = ANY (:ids)")
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await session.execute(_SEES, {"whole": "on"})
        written = [
            await write_case(session, steps, custody_id=custody, first_contact_on=date(2025, 1, 1), tenure="rsl_tenant")
            for steps in (TOLD[:2], TOLD, TOLD)
        ]
        ids = [one.id for one in written]
        for one in (WHOLE, STAYS):
            await keep(session, one, ids, KNOWN)
        await known_up_to_now(session)
        await go_on(session, written[0], TOLD, custody_id=custody, first_contact_on=date(2025, 1, 1))
        noted = (*TOLD, Step(at=noon("2025-05-01"), kind="note_added"))
        await go_on(session, written[1], noted, custody_id=custody, first_contact_on=date(2025, 1, 1))
        await session.execute(change, {"ids": ids[:2]})
        for by in ("none", "tenure"):
            await _same(session, Question(by), KNOWN)
        for one in (WHOLE, STAYS):
            await keep(session, one, ids[:2], KNOWN)
        await known_up_to_now(session)
        for by in ("none", "tenure"):
            await _same(session, Question(by), KNOWN)
        assert [row["completed"] for row in await figures(session, MEASURE, Question("tenure"), KNOWN)] == [2, 1]
        await session.rollback()


@pytest.mark.database
async def test_tallies_are_asked_only_what_they_can_tell(alone: Service) -> None:
    months: dict[str, Any] = {"completed_from": date(2025, 4, 1), "completed_to": date(2026, 3, 31)}
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("priority", "measure.figures", {}),
        ("none", "measure.figures", {"priority": "critical"}),
        ("none", "measure.figures", {"organisation": "Clydeview"}),
        ("none", "measure.figures", {"as_known_on": date(2026, 1, 1)}),
        ("none", "measure.figures", {"split_on": date(2026, 1, 1)}),
        ("none", "measure.figures", {"source": "somewhere"}),
        ("none", "measure.figures", {"completed_from": date(2025, 4, 2)}),
        ("none", "measure.figures", {"completed_to": date(2026, 3, 30)}),
        ("none", "measure.figures", {"tenure": "other", "tier": "complex"}),
        ("tenure", "measure.figures", {"tier": "complex"}),
        ("tenure", "measure.ageing", {}),
        ("month", "measure.flow", {}),
        ("none", "measure.cases", {}),
    ]
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await session.execute(_SEES, {"whole": "on"})
        await known_up_to_now(session)
        assert await tallied(session, MEASURE, "none", "measure.figures", months, KNOWN) is not None
        for by, ending, wrong in refused:
            assert await tallied(session, MEASURE, by, ending, {**months, **wrong}, KNOWN) is None, (by, ending, wrong)
        for other in CATALOGUE.measures.all():
            if other.key != MEASURE.key:
                assert await tallied(session, other, "none", "measure.figures", months, KNOWN) is None
        assert await cumulative_flow(session, {"happened_to": date(2026, 3, 31)}, KNOWN, AROUND.stages) is not None
        for wrong in ({"happened_to": date(2026, 3, 30)}, {"as_known_on": date(2026, 1, 1)}, {"source": "there"}):
            assert await cumulative_flow(session, wrong, KNOWN, AROUND.stages) is None
        await session.execute(_SEES, {"whole": ""})
        assert await tallied(session, MEASURE, "none", "measure.figures", months, KNOWN) is None
        assert await cumulative_flow(session, {}, KNOWN, AROUND.stages) is None
        assert await kept_units(session, WHOLE, {}) is not None
        await session.rollback()


@pytest.mark.database
async def test_tallies_of_the_whole_are_shown_to_nobody_else(alone: Service) -> None:
    read = text("SELECT count(*) FROM report_tallies")
    write = (
        "INSERT INTO report_tallies SELECT 'end-to-end/1', 'done', 'tier', date '2025-01-01', '', 'moderate', '', 'p', 'c', 0,"
        " 1, 0, 0, 0"
    )
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await session.execute(text(write))
        await session.execute(text("SET LOCAL ROLE adapt_app"))
        assert await session.scalar(read) == 0
        await session.execute(_SEES, {"whole": "on"})
        assert await session.scalar(read) == 1
        await session.rollback()


@pytest.mark.database
async def test_what_is_added_up_bit_by_bit_is_what_is_added_up_at_once(
    fresh_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    every = text("SELECT * FROM report_tallies ORDER BY measure, told_by, what, on_day, tenure, tier, detail, days")

    async def kept() -> list[Any]:
        for one in (WHOLE, STAYS):
            await refresh(fresh_service.owner, one, KNOWN)
        async with fresh_service.owner.transaction() as session:
            return list(await session.execute(every))

    async with fresh_service.owner.transaction() as session:
        written = [
            await write_case(session, steps, custody_id=custody, first_contact_on=date(2025, 1, 2))
            for steps in (TOLD[:2], TOLD[:1], TOLD)
        ]
    before = await kept()
    async with fresh_service.owner.transaction() as session:
        for one, steps in ((written[0], TOLD), (written[1], GONE)):
            await go_on(session, one, steps, custody_id=custody, first_contact_on=date(2025, 1, 2))
        await write_case(session, TOLD, custody_id=custody, first_contact_on=date(2025, 2, 2), tenure="other")
    after = await kept()
    assert after != before
    # So many have moved that everything is added up at once; and nothing is known, so that everything is counted anew.
    monkeypatch.setattr(summary, "MOST_MOVED", 1)
    async with fresh_service.owner.transaction() as session:
        for _ in range(2):
            await write_case(session, TOLD[:3], custody_id=custody, first_contact_on=date(2025, 2, 2))
    many = await kept()
    assert many != after
    async with fresh_service.owner.transaction() as session:
        await session.execute(_DROP[0])
    assert await kept() == many


@pytest.mark.database
@pytest.mark.parametrize(("most", "each", "taken"), [(20_000, 10, True), (1, 10, False), (2, 1, False), (2, 10, True)])
async def test_with_too_much_that_is_newer_nothing_kept_is_taken(
    alone: Service, monkeypatch: pytest.MonkeyPatch, most: int, each: int, taken: bool
) -> None:
    monkeypatch.setattr(summary, "MOST_MOVED", most)
    monkeypatch.setattr(summary, "EVENTS_EACH", each)
    custody = alone.cast.organisations["clydeview"]
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await known_up_to_now(session)
        newer = [await write_case(session, TOLD[:3], custody_id=custody, first_contact_on=date(2025, 1, 2))]
        newer.append(await write_case(session, TOLD[:1], custody_id=custody, first_contact_on=date(2025, 1, 2)))
        kept = await kept_units(session, WHOLE, {})
        assert (None if kept is None else sorted(kept.moved)) == ([one.id for one in newer] if taken else None)
        await session.rollback()


@pytest.mark.database
async def test_nothing_kept_and_nothing_written_is_nothing(alone: Service) -> None:
    async with alone.owner.engine.connect() as session:
        await session.execute(SNAPSHOT)
        await session.execute(_SEES, {"whole": "on"})
        for statement in _DROP:
            await session.execute(statement)
        await known_up_to_now(session)
        [row] = await figures(session, MEASURE, Question(), KNOWN)
        assert row["completed"] == row["still_open"] == 0
        assert row["median_working_days"] is None
        await session.rollback()


@given(days=st.dictionaries(st.integers(-3, 60), st.integers(1, 4), min_size=1, max_size=12),
       share=st.sampled_from([0.0, 0.5, 0.9, 1.0]))  # fmt: skip
def test_a_percentile_of_counted_days_is_that_of_the_days(days: dict[int, int], share: float) -> None:
    each = sorted(day for day, number in days.items() for _ in range(number))
    at = share * (len(each) - 1)
    low, high = each[int(at)], each[min(int(at) + 1, len(each) - 1)]
    assert percentile(days, share) == low + (at - int(at)) * (high - low)
    mean = Fraction(sum(each), len(each))
    found = average(days)
    assert found is not None
    assert abs(Fraction(found) - mean) <= Fraction(1, 20_000) + Fraction(1, 10**12)
