"""Counted days: how many took so long, and what can be said of that without looking at each. Pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import floor

Days = Mapping[int, int]
"""Days, and how many took so long."""


def percentile(days: Days, share: float) -> float | None:
    """The day that a share has reached, interpolated linearly between the two it lies between; None of nothing."""
    count = sum(days.values())
    if not count:
        return None
    at = share * (count - 1)
    low, high = _nth(days, floor(at)), _nth(days, min(floor(at) + 1, count - 1))
    return low + (at - floor(at)) * (high - low)


def average(days: Days) -> float | None:
    """The mean to four decimals, as the database rounds it; None of nothing."""
    count = sum(days.values())
    if not count:
        return None
    exact = Decimal(sum(day * number for day, number in days.items())) / Decimal(count)
    return float(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def between(days: Days, low: int | None, high: int | None) -> int:
    """How many took from `low` to `high` days, both included; None is no bound."""
    return sum(number for day, number in days.items() if (low is None or day >= low) and (high is None or day <= high))


def _nth(days: Days, place: int) -> int:
    seen = 0
    for day in sorted(days):
        seen += days[day]
        if seen > place:
            return day
    raise ValueError(place)
