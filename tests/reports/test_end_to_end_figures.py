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
from app.reports.catalogue import END_TO_END_REPORT
from app.reports.filters import EndToEndBehind, EndToEndFigures
from app.reports.runner import Surroundings, cases, figures
from tests.reports.walks import Walk, walks
from tests.support.journals import noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

TODAY = date(2026, 10, 1)
AROUND = Surroundings({("housing-solutions", 1): "scotland"}, TODAY)


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
    for run in case_times(events, calendar=calendar, now=noon(TODAY)).end_to_end:
        if run.stopped_on:
            yield Solved(run.started_on, run.stopped_on, run.gross, run.net)


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


@given(written=st.lists(walks(), min_size=1, max_size=5), after=st.one_of(st.none(), st.integers(0, 120)))
@settings(max_examples=30, deadline=None)
async def test_what_sql_counts_is_what_the_journal_says(
    counting: Service, calendars: dict[str, Calendar], written: list[Walk], after: int | None
) -> None:
    source = secrets.token_hex(8)
    custody = counting.cast.organisations["clydeview"]
    known_on = None if after is None else local_date(written[0].steps[0].at, LONDON) + timedelta(days=after)
    async with counting.owner.engine.connect() as session:
        for walk in written:
            await write_case(
                session,
                walk.steps,
                custody_id=custody,
                first_contact_on=walk.first_contact_on,
                tenure=walk.tenure,
                source=source,
            )
        behind = EndToEndBehind(source=source, as_known_on=known_on, limit=200)
        page, _ = await cases(session, END_TO_END_REPORT, behind, AROUND)
        wanted = EndToEndFigures(source=source, as_known_on=known_on, by="tenure")
        rows = await figures(session, END_TO_END_REPORT, wanted, AROUND)
        await session.rollback()
    hand = {
        tenure: [
            solved
            for walk in written
            if walk.tenure == tenure
            for solved in by_hand(walk, calendars["scotland"], known_on, custody_id=custody)
        ]
        for tenure in ("other", "rsl_tenant")
    }
    assert sorted(map(by_sql, page.items), key=key) == sorted([s for some in hand.values() for s in some], key=key)
    assert {row["group"]: _plain(row) for row in rows} == {
        tenure: _summed(some) for tenure, some in hand.items() if some
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: pytest.approx(value, abs=1e-6) for name, value in row.items() if name != "group"}


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
