"""What one cell of a sheet can hold, and how it reads as text.

A CSV holds text only; an XLSX also numbers and dates. Everything else there (yes or no, a formula's answer, an
error such as #N/A) is the text that a person sees.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from typing_extensions import override

# Excel counts days from here. (It believes that 1900 was a leap year, so that day 1 is not 31 December 1899 + 1.)
EPOCH_1900 = date(1899, 12, 30)
# Workbooks from older Macs say in themselves that they count from here.
EPOCH_1904 = date(1904, 1, 1)

# 10000 is 18 May 1927 and 99999 is in 2173. Smaller numbers are more likely to be a year typed alone.
SMALLEST_SERIAL, LARGEST_SERIAL = 10_000, 100_000
_EXACT_INTEGERS = 2**53

_INVISIBLE = {ord(mark): None for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad"}
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_APOSTROPHE_BEFORE_FORMULA = re.compile(r"^'(?=[=+\-@])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in an XLSX. `epoch` is the day from which that workbook counts dates."""

    value: float
    epoch: date = EPOCH_1900

    def day(self) -> date | None:
        """Return the day that this number is when its cell was meant as a date, or None when it is none."""
        if not SMALLEST_SERIAL <= self.value < LARGEST_SERIAL:
            return None
        return self.epoch + timedelta(days=math.floor(self.value))

    @override
    def __str__(self) -> str:
        """Write it as a person would: no `.0` behind a whole number, no exponent for a long one."""
        if self.value.is_integer() and abs(self.value) < _EXACT_INTEGERS:
            return str(int(self.value))
        return repr(self.value)


Cell = str | Number | date


def text_of(cell: Cell) -> str:
    """Write a cell as text, nothing added or taken away; a date in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """Say whether a person sees nothing in the cell."""
    return isinstance(cell, str) and (not cell or not tidy(cell))


def tidy(text: str) -> str:
    """Put a text on one line: single spaces, none at the ends, no invisible or control characters.

    The apostrophe with which a spreadsheet (and our own list of rejected rows) keeps a text from being taken
    for a formula is not part of the text.
    """
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    text = " ".join(text.split())
    return _APOSTROPHE_BEFORE_FORMULA.sub("", text) if text.startswith("'") else text


def column_letter(index: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
