"""Reads the days that people write in spreadsheets: day first, always.

`31/01/2025`, `31/01/25` (20yy), `31-01-2025`, `2025-01-31`, `31 Jan 2025`, each perhaps with a time of day behind
it, and Excel's own dates. The messages never repeat the day: it may be a date of birth.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from app.imports.cells import Cell, Number, tidy

_TIME_OF_DAY = re.compile(
    r"(?:T| )\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AP]M)?(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2}) ?([-/.]) ?(?P<month>[0-9]{1,2}) ?\2 ?(?P<year>[0-9]{4}|[0-9]{2})")
_NAMED_MONTH = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]? )?"
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ \-/.]*(?P<month>[a-z]{3,9})\.?,?[ \-/.]*(?P<year>[0-9]{4}|[0-9]{2})",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, start=1)}
_MONTH_NUMBERS |= {name[:3]: number for name, number in _MONTH_NUMBERS.items()} | {"sept": 9}
_CENTURY = 2000
_MONTHS_IN_YEAR = 12

NOT_A_DATE = "Not a date. Write it day first, as in 31/01/2025 or 31 Jan 2025."
NOT_A_REAL_DAY = "Not a real day: that month does not have so many days. Check the day and the month."
NOT_A_MONTH = "Not a real day: there is no such month. Dates are read day first, as in 31/01/2025."
IN_THE_FUTURE = "This day has not come yet. Check the year."


class NotADay(ValueError):
    """The cell holds no day that can have happened; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def parse_day(cell: Cell, *, today: date) -> date:
    """Read the day that a cell holds.

    Raises NotADay for what is not a date, is not a real day, or is after `today`.
    """
    day = _written_day(cell)
    if day > today:
        raise NotADay(IN_THE_FUTURE)
    return day


def _written_day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, Number):
        day = cell.day()
        if day is None:
            raise NotADay(NOT_A_DATE)
        return day
    return _read(tidy(cell))


@lru_cache(maxsize=16_384)
def _read(text: str) -> date:
    """Read a text as a day. The same few thousand days come back in every row, so they are remembered."""
    if _SERIAL.fullmatch(text):
        # A date column saved as plain numbers; in a CSV they count from 1900, as in nearly every workbook.
        return _written_day(Number(float(text)))
    written = _TIME_OF_DAY.sub("", text) if ":" in text else text
    for pattern in (_DAY_FIRST, _YEAR_FIRST, _NAMED_MONTH):
        if found := pattern.fullmatch(written):
            return _day_of(found)
    raise NotADay(NOT_A_DATE)


def _day_of(found: re.Match[str]) -> date:
    month = _month_of(found["month"])
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += _CENTURY
    try:
        return date(year, month, int(found["day"]))
    except ValueError:
        raise NotADay(NOT_A_REAL_DAY) from None


def _month_of(text: str) -> int:
    if text.isdecimal():
        if not 1 <= int(text) <= _MONTHS_IN_YEAR:
            raise NotADay(NOT_A_MONTH)
        return int(text)
    number = _MONTH_NUMBERS.get(text.lower())
    if number is None:
        raise NotADay(NOT_A_DATE)
    return number
