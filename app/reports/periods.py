"""The periods that pages offer: the last twelve months, financial years and their quarters, and all there is. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

YEARS: Final = 5
LAST_TWELVE: Final = "last-12-months"
ALL: Final = "all"
_YEAR: Final = re.compile(r"(20\d\d)-(\d\d)(?:-q([1-4]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A period with its key in addresses and its name; None is no bound."""

    key: str
    name: str
    first: date | None
    last: date | None


def year_of(day: date) -> int:
    """The year in which the financial year of a day begins: on 1 April."""
    return day.year - (day.month < 4)  # April


def financial_year(begins: int, quarter: int | None = None) -> Period:
    """A financial year, or one quarter of it."""
    name = f"{begins}-{(begins + 1) % 100:02}"
    if quarter is None:
        return Period(name, f"Financial year {name}", date(begins, 4, 1), date(begins + 1, 3, 31))
    month = 1 + 3 * (quarter % 4)
    first = date(begins + (quarter == 4), month, 1)  # the last quarter is in the next year
    after = date(first.year + (month == 10), 1 if month == 10 else month + 3, 1)  # October
    return Period(f"{name}-q{quarter}", f"{name}, quarter {quarter}", first, after - timedelta(days=1))


def find(key: str, today: date) -> Period | None:
    """The period of a key, or None for one that is none or has not begun."""
    if key in ("", LAST_TWELVE):
        return Period(LAST_TWELVE, "The last twelve months", twelve_months_to(today), today)
    if key == ALL:
        return Period(ALL, "All there is", None, None)
    found = _YEAR.fullmatch(key)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        return None
    period = financial_year(int(found[1]), int(found[3]) if found[3] else None)
    return period if period.first is not None and period.first <= today else None


def twelve_months_to(last: date) -> date:
    """The first day of the month eleven months before that of a day: twelve months, the last as far as it goes."""
    return date(last.year - (last.month < 12), last.month % 12 + 1, 1)  # December


def named(by: str, day: date) -> str:
    """What the group of a day is called where figures are told by `month`, `quarter` or (financial) `year`."""
    if by == "month":
        return f"{day:%Y-%m}"
    year = financial_year(year_of(day)).key
    return year if by == "year" else f"{year} Q{(day.month - 4) % 12 // 3 + 1}"


def offered(today: date) -> Iterator[Period]:
    """The periods that a page offers, the likeliest first."""
    for key in (LAST_TWELVE, ALL):
        found = find(key, today)
        assert found is not None
        yield found
    this = year_of(today)
    for begins in range(this, this - YEARS, -1):
        yield financial_year(begins)
    for begins in (this, this - 1):
        for quarter in (4, 3, 2, 1):
            period = financial_year(begins, quarter)
            if period.first is not None and period.first <= today:
                yield period


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from that of one day to that of another."""
    month = month_of(first)
    while month <= last:
        yield month
        month = month_of(month + timedelta(days=31))
