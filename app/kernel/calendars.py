"""Counting days, in calendar days and in working days.

A count is of the days after the start, up to and including the end: from Monday to the Tuesday after it is 1.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

DAYS_IN_WEEK = 7
WEEKDAYS_IN_WEEK = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days people work: every Monday to Friday that is not a closed day.

    `source` says where the closed days come from. Before the first and after the last of them the calendar
    knows of no holidays and counts every weekday.
    """

    key: str
    title: str
    closed_days: frozenset[date]
    source: str
    _closed_weekdays: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weekdays = (day for day in self.closed_days if day.weekday() < WEEKDAYS_IN_WEEK)
        # The class is frozen, and what only saves work may still be worked out once.
        object.__setattr__(self, "_closed_weekdays", tuple(sorted(day.toordinal() for day in weekdays)))

    def is_working_day(self, day: date) -> bool:
        number = day.toordinal()
        return self._working_days_through(number) > self._working_days_through(number - 1)

    def working_days(self, start: date, end: date) -> int:
        """Count the working days after `start`, up to and including `end`.

        Raises ValueError when the end is before the start.
        """
        _require_order(start, end)
        return self._working_days_through(end.toordinal()) - self._working_days_through(start.toordinal())

    def add_working_days(self, start: date, days: int) -> date:
        """Return the first day by which `days` working days have passed since `start`; for 0, `start` itself.

        Raises ValueError for a negative number of days.
        """
        if days < 0:
            message = f"Working days are added forwards only, not {days}."
            raise ValueError(message)
        if days == 0:
            return start
        first = start.toordinal()
        wanted = self._working_days_through(first) + days
        # Even if every closed day lay ahead, this many weeks hold enough weekdays.
        weeks = (days + len(self._closed_weekdays)) // WEEKDAYS_IN_WEEK + 1
        candidates = range(first, first + weeks * DAYS_IN_WEEK + 1)
        return date.fromordinal(candidates[bisect_left(candidates, wanted, key=self._working_days_through)])

    def closed_weekdays(self, start: date, end: date) -> Sequence[date]:
        """Name the days from Monday to Friday after `start`, up to and including `end`, that are no working days."""
        closed = self._closed_weekdays
        first, last = bisect_right(closed, start.toordinal()), bisect_right(closed, end.toordinal())
        return [date.fromordinal(number) for number in closed[first:last]]

    def with_local(self, added: Iterable[date], removed: Iterable[date]) -> Self:
        """Return this calendar with a partnership's own closed days, and without those on which it works.

        Adding a closed day or removing an open one changes nothing. Raises ValueError when a day is in both.
        """
        closing, opening = frozenset(added), frozenset(removed)
        if both := closing & opening:
            days = ", ".join(day.isoformat() for day in sorted(both))
            message = f"A day cannot be both added and removed: {days}."
            raise ValueError(message)
        return replace(self, closed_days=(self.closed_days | closing) - opening)

    def _working_days_through(self, number: int) -> int:
        """Count the working days from 1 January of year 1, a Monday, through the day with this ordinal."""
        weeks, rest = divmod(number, DAYS_IN_WEEK)
        weekdays = weeks * WEEKDAYS_IN_WEEK + min(rest, WEEKDAYS_IN_WEEK)
        return weekdays - bisect_right(self._closed_weekdays, number)


def calendar_days(start: date, end: date) -> int:
    """Count the days after `start`, up to and including `end`. Raises ValueError for an end before it."""
    _require_order(start, end)
    return (end - start).days


def _require_order(start: date, end: date) -> None:
    if end < start:
        message = f"The end {end.isoformat()} is before the start {start.isoformat()}."
        raise ValueError(message)
