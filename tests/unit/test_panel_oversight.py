"""How a panel's work is counted."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.panels.oversight import attendance, decisions_by_tenure, half_of, kinds_of, waits
from app.panels.oversight_pages import periods


@dataclass(frozen=True)
class Seat:
    held_on: date
    member: str = "Ada Sample"
    organisation: str = "Clydeview"
    present: bool | None = True
    apologies: bool = False
    substituted: bool = False


@dataclass(frozen=True)
class Row:
    decision: str = "agreed"
    tenure: str = "rsl_tenant"
    kind: str = "papers_late"


@given(st.lists(st.integers(0, 400), min_size=1))
def test_half_of_all_wait_no_longer_than_the_median_and_nine_in_ten_no_longer_than_the_ninetieth(
    days: list[int],
) -> None:
    told = waits(days)
    assert told.count == len(days)
    assert told.longest == max(days)
    assert told.median is not None
    assert told.ninetieth is not None
    assert sum(day <= told.median for day in days) * 2 >= len(days)
    assert sum(day <= told.ninetieth for day in days) * 10 >= len(days) * 9
    assert sum(day < told.ninetieth for day in days) * 10 < len(days) * 9
    assert waits(sorted(days, reverse=True)) == told


def test_where_nobody_waits_there_is_no_figure() -> None:
    told = waits([])
    assert (told.count, told.median, told.ninetieth, told.longest) == (0, None, None, None)


@given(
    st.lists(
        st.builds(
            Seat,
            held_on=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
            member=st.sampled_from(["Ada Sample", "Bo Sample"]),
            present=st.sampled_from([True, False, None]),
            apologies=st.booleans(),
            substituted=st.booleans(),
        )
    )
)
def test_every_seat_is_counted_once_in_the_half_year_of_its_meeting(seats: list[Seat]) -> None:
    rows = attendance(seats)
    assert sum(row.meetings for row in rows) == len(seats)
    assert sum(row.came + row.substituted for row in rows) == sum(seat.present is True for seat in seats)
    assert sum(row.unknown for row in rows) == sum(seat.present is None for seat in seats)
    assert len({(row.half, row.organisation, row.member) for row in rows}) == len(rows)
    for row in rows:
        own = [seat for seat in seats if seat.member == row.member and half_of(seat.held_on) == row.half]
        assert row.meetings == len(own)


def test_decisions_and_exceptions_are_counted_by_kind() -> None:
    rows = [Row(), Row(), Row(tenure="owner_occupier"), Row(decision="refused")]
    assert decisions_by_tenure(rows) == {
        "agreed": Counter({"rsl_tenant": 2, "owner_occupier": 1}),
        "refused": Counter({"rsl_tenant": 1}),
    }
    assert kinds_of([Row(), Row()], {"papers_late": "", "quorum_failed": ""}) == {"papers_late": 2, "quorum_failed": 0}


@pytest.mark.parametrize(
    ("today", "this", "last"),
    [
        (date(2026, 11, 26), (date(2026, 7, 1), date(2026, 11, 26)), (date(2026, 1, 1), date(2026, 6, 30))),
        (date(2026, 6, 30), (date(2026, 1, 1), date(2026, 6, 30)), (date(2025, 7, 1), date(2025, 12, 31))),
        (date(2028, 2, 29), (date(2028, 1, 1), date(2028, 2, 29)), (date(2027, 7, 1), date(2027, 12, 31))),
    ],
)
def test_half_years_are_those_that_attendance_is_audited_by(
    today: date, this: tuple[date, date], last: tuple[date, date]
) -> None:
    year, now, before = periods(today)
    assert year[2] == today
    assert (now[1:], before[1:]) == (this, last)
