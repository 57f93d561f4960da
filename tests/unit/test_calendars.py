"""Day counts against a loop that a person could follow on paper."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.kernel.calendars import Calendar, calendar_days

days = st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 12, 31))
holidays = st.frozensets(days, max_size=60)

CHRISTMAS = frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2025, 12, 28)})


def calendar(closed: frozenset[date] = CHRISTMAS) -> Calendar:
    return Calendar(key="test", title="A test", closed_days=closed, source="made up")


def is_open(day: date, closed: frozenset[date]) -> bool:
    return day.isoweekday() <= 5 and day not in closed


def counted_one_by_one(start: date, end: date, closed: frozenset[date]) -> int:
    return sum(is_open(start + timedelta(n), closed) for n in range(1, (end - start).days + 1))


@given(start=days, end=days, closed=holidays)
def test_working_days_are_what_counting_one_by_one_gives(start: date, end: date, closed: frozenset[date]) -> None:
    start, end = sorted((start, end))
    assert calendar(closed).working_days(start, end) == counted_one_by_one(start, end, closed)


@given(start=days, closed=holidays, wanted=st.integers(min_value=0, max_value=200))
def test_adding_working_days_stops_on_the_first_day_that_makes_them(
    start: date, closed: frozenset[date], wanted: int
) -> None:
    day = start
    left = wanted
    while left:
        day += timedelta(1)
        left -= is_open(day, closed)
    assert calendar(closed).add_working_days(start, wanted) == day


@given(start=days, end=days, closed=holidays)
def test_closed_weekdays_are_those_left_out_of_a_count(start: date, end: date, closed: frozenset[date]) -> None:
    start, end = sorted((start, end))
    between = [start + timedelta(n) for n in range(1, (end - start).days + 1)]
    left_out = [day for day in between if day.isoweekday() <= 5 and not is_open(day, closed)]
    assert list(calendar(closed).closed_weekdays(start, end)) == left_out


def test_a_day_far_away_costs_nothing_to_look_at() -> None:
    # Somebody who types 9999 for a year must not make everybody wait.
    assert len(calendar().closed_weekdays(date(2025, 1, 1), date.max)) == 2


@given(day=days, closed=holidays)
def test_a_working_day_is_a_weekday_that_is_not_closed(day: date, closed: frozenset[date]) -> None:
    assert calendar(closed).is_working_day(day) == is_open(day, closed)


@given(start=days, middle=days, end=days, closed=holidays)
def test_two_counts_that_meet_add_up_to_the_whole(
    start: date, middle: date, end: date, closed: frozenset[date]
) -> None:
    start, middle, end = sorted((start, middle, end))
    whole = calendar(closed)
    assert whole.working_days(start, middle) + whole.working_days(middle, end) == whole.working_days(start, end)


def test_a_count_from_a_day_to_itself_is_nought() -> None:
    assert calendar().working_days(date(2025, 12, 22), date(2025, 12, 22)) == 0
    assert calendar_days(date(2025, 12, 22), date(2025, 12, 22)) == 0


def test_an_end_before_its_start_is_refused() -> None:
    with pytest.raises(ValueError, match="is before the start"):
        calendar().working_days(date(2025, 12, 23), date(2025, 12, 22))
    with pytest.raises(ValueError, match="is before the start"):
        calendar_days(date(2025, 12, 23), date(2025, 12, 22))


def test_working_days_are_not_added_backwards() -> None:
    with pytest.raises(ValueError, match="forwards only"):
        calendar().add_working_days(date(2025, 12, 23), -1)


def test_adding_no_working_days_stays_on_the_day_even_when_it_is_closed() -> None:
    assert calendar().add_working_days(date(2025, 12, 25), 0) == date(2025, 12, 25)


def test_a_closed_day_at_the_weekend_is_not_taken_off_twice() -> None:
    # The 28th is a Sunday and closed besides.
    assert calendar().working_days(date(2025, 12, 24), date(2025, 12, 29)) == 1


@given(closed=holidays, added=holidays, removed=holidays, day=days)
def test_local_days_are_closed_or_opened_over_the_calendar(
    closed: frozenset[date], added: frozenset[date], removed: frozenset[date], day: date
) -> None:
    assume(not added & removed)
    local = calendar(closed).with_local(added, removed)
    assert local.is_working_day(day) == is_open(day, (closed | added) - removed)
    assert (local.key, local.title, local.source) == ("test", "A test", "made up")


def test_local_days_leave_the_calendar_itself_as_it_was() -> None:
    base = calendar()
    local = base.with_local([date(2025, 12, 29)], [date(2025, 12, 26)])
    assert base == calendar()
    assert local.working_days(date(2025, 12, 24), date(2025, 12, 30)) == 2
    assert local.is_working_day(date(2025, 12, 26))
    assert not local.is_working_day(date(2025, 12, 29))


def test_a_day_both_added_and_removed_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="2025-12-29"):
        calendar().with_local([date(2025, 12, 29)], [date(2025, 12, 29)])
