"""Moments and days. Only `SystemClock` looks at a clock; everything else is given the time."""

from datetime import UTC, date, datetime, time
from typing import Final, Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EARLIEST: Final = date(1900, 1, 1)
"""Nothing about a case that somebody works on today happened before; an earlier day is a slip of the pen."""


class Clock(Protocol):
    """Something that knows what time it is: the system, or a test or demonstration that decides it."""

    def now(self) -> datetime:
        """Return the present moment, with its time zone."""
        ...


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that may


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that a moment falls on for the people in a time zone.

    Raises ValueError for a moment without a time zone, because it could be either of two days.
    """
    if moment.utcoffset() is None:
        message = "A moment needs its time zone before it can be put on a day."
        raise ValueError(message)
    return moment.astimezone(zone).date()


def noon(day: date, zone: ZoneInfo) -> datetime:
    """Return midday in a time zone: the moment given to an event of which only the day is known.

    Midday is never skipped or repeated when clocks change, and is the same day in UTC in all of Europe.
    """
    return datetime.combine(day, time(12), tzinfo=zone)
