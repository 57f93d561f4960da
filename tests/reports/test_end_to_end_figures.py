"""The figures in SQL are those that a person gets by hand from the same journals."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cases.clocks import Days, case_times
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON, local_date
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.reports.measuring.running import Question, figures, run
from app.reports.runner import Surroundings
from app.settings import ROOT
from tests.reports.walks import Walk, walks
from tests.support.journals import Step, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

TODAY = date(2026, 10, 1)
CATALOGUE = load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars"))
MEASURE = CATALOGUE.measures.versions["end-to-end", 1]
AROUND = Surroundings.told(CATALOGUE.all(), TODAY).values()


@dataclass(frozen=True, slots=True, order=True)
class Solved:
    """A solution in place, counted by hand."""

    started_on: date
    ended_on: date
    gross: Days
    net: Days


def by_hand(walk: Walk, calendar: Calendar, known_on: date | None, *, custody_id: int) -> Iterator[Solved]:
    events = walk.known_on(known_on, custody_id)
    if not events:
        return
    for clock in case_times(events, calendar=calendar, now=noon(TODAY)).end_to_end:
        if clock.stopped_on:
            yield Solved(clock.started_on, clock.stopped_on, clock.gross, clock.net)


def by_sql(row: dict[str, Any]) -> Solved:
    return Solved(
        row["started_on"],
        row["ended_on"],
        Days(row["calendar_days"], row["working_days"]),
        Days(row["net_calendar_days"], row["net_working_days"]),
    )


def percentile(values: Sequence[int], share: float) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def key(solved: Solved) -> tuple[Any, ...]:
    return (solved.started_on, solved.ended_on, solved.gross.working, solved.net.working)


async def counted(
    service: Service, written: Sequence[Walk], known_on: date | None = None
) -> tuple[list[Solved], list[dict[str, Any]]]:
    """What SQL counts of these cases alone, each and by tenure; nothing stays in the database."""
    source = secrets.token_hex(8)
    custody = service.cast.organisations["clydeview"]
    async with service.owner.engine.connect() as session:
        for walk in written:
            await write_case(
                session,
                walk.steps,
                custody_id=custody,
                first_contact_on=walk.first_contact_on,
                tenure=walk.tenure,
                source=source,
            )
        question = Question("tenure", values={"source": source, "as_known_on": known_on})
        units = await run(session, MEASURE, question, "measure.units", AROUND)
        rows = await figures(session, MEASURE, question, AROUND)
        await session.rollback()
    done = sorted((row for row in units if row["status"] == "done"), key=lambda row: -row["working_days"])
    return [by_sql(row) for row in done], [row for row in rows if row["completed"]]


@given(written=st.lists(walks(), min_size=1, max_size=5), after=st.one_of(st.none(), st.integers(0, 120)))
@settings(max_examples=25, deadline=None)
async def test_what_sql_counts_is_what_the_journal_says(
    counting: Service, calendars: dict[str, Calendar], written: list[Walk], after: int | None
) -> None:
    known_on = None if after is None else local_date(written[0].steps[0].at, LONDON) + timedelta(days=after)
    each, rows = await counted(counting, written, known_on)
    custody = counting.cast.organisations["clydeview"]
    hand = {
        tenure: [
            solved
            for walk in written
            if walk.tenure == tenure
            for solved in by_hand(walk, calendars["scotland"], known_on, custody_id=custody)
        ]
        for tenure in ("other", "rsl_tenant")
    }
    assert sorted(each, key=key) == sorted([s for some in hand.values() for s in some], key=key)
    assert {row["group"]: _plain(row) for row in rows} == {
        tenure: _summed(some) for tenure, some in hand.items() if some
    }


LENGTHS = (
    "median_working_days",
    "p90_working_days",
    "mean_working_days",
    "median_calendar_days",
    "longest_working_days",
)
TOLD = {"completed", *LENGTHS, *(f"net_{name}" for name in LENGTHS)}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: pytest.approx(value, abs=1e-6) for name, value in row.items() if name in TOLD}


def _summed(solved: Sequence[Solved]) -> dict[str, Any]:
    told: dict[str, Any] = {"completed": len(solved)}
    for prefix, lengths in (("", [s.gross for s in solved]), ("net_", [s.net for s in solved])):
        working = [days.working for days in lengths]
        told |= {
            f"{prefix}median_working_days": median(working),
            f"{prefix}p90_working_days": percentile(working, 0.9),
            f"{prefix}mean_working_days": round(mean(working), 4),
            f"{prefix}median_calendar_days": median(days.calendar for days in lengths),
            f"{prefix}longest_working_days": max(working),
        }
    return told


SOLVED = {"clock": "stops", "solution": "adapted"}


async def test_a_reopened_case_counts_once_for_each_solution_each_from_its_own_beginning(counting: Service) -> None:
    walk = Walk(
        steps=(
            Step(at=noon("2025-01-06")),
            Step(at=noon("2025-01-10"), to="installed", effects=SOLVED),
            Step(at=noon("2025-01-13"), to="completed", effects={"ends": True, "outcome": "adapted"}),
            Step(at=noon("2025-02-03"), to="received", effects={"clock": "new_episode"}),
            Step(at=noon("2025-02-10"), to="installed", effects=SOLVED),
        ),
        first_contact_on=date(2025, 1, 6),
        tenure="other",
    )
    each, [row] = await counted(counting, [walk])
    assert [(s.started_on, s.ended_on, s.gross) for s in each] == [
        (date(2025, 2, 3), date(2025, 2, 10), Days(7, 5)),
        (date(2025, 1, 6), date(2025, 1, 10), Days(4, 4)),
    ]
    assert (row["completed"], row["mean_working_days"]) == (2, 4.5)


@pytest.mark.parametrize(
    ("known_on", "solved_on"),
    [("2025-01-20", date(2025, 1, 10)), ("2025-01-21", date(2025, 1, 9)), (None, date(2025, 1, 8))],
)
async def test_the_newest_correction_that_was_known_counts(
    counting: Service, known_on: str | None, solved_on: date
) -> None:
    corrections = [
        Step(
            at=noon(recorded),
            kind="corrected",
            details={"sequence": 2, "field": "occurred_at", "now": noon(now).isoformat(), "why": "made up"},
        )
        for recorded, now in (("2025-01-21", "2025-01-09"), ("2025-01-22", "2025-01-08"))
    ]
    walk = Walk(
        steps=(
            Step(at=noon("2025-01-06")),
            Step(at=noon("2025-01-10"), to="installed", effects=SOLVED),
            *corrections,
        ),
        first_contact_on=date(2025, 1, 6),
        tenure="other",
    )
    [solved], _ = await counted(counting, [walk], date.fromisoformat(known_on) if known_on else None)
    assert solved.ended_on == solved_on


async def test_a_first_contact_long_before_any_calendar_is_counted_in_weekdays(
    counting: Service, calendars: dict[str, Calendar]
) -> None:
    walk = Walk(
        steps=(Step(at=noon("2025-01-06")), Step(at=noon("2025-01-10"), to="installed", effects=SOLVED)),
        first_contact_on=date(1998, 12, 28),
        tenure="other",
    )
    [solved], _ = await counted(counting, [walk])
    assert solved.gross.working == calendars["scotland"].working_days(date(1998, 12, 28), date(2025, 1, 10))
