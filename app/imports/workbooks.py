"""Reads the rows of an Excel workbook (.xlsx) one after another, however many there are, in little memory."""

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

from app.imports.cells import EPOCH_1900, EPOCH_1904, Cell, Number, column_letter
from app.imports.limits import Limits, SheetRefused, damaged
from app.imports.package import Handlers, date_styles, first_sheet, open_package, parse, shared_texts
from app.imports.texts import Attributes, SharedTexts, TextCollector

_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")
# Before 1 March 1900 Excel's count is a day out, after 9999 there are no dates.
_FIRST_SURE_SERIAL, _AFTER_LAST_SERIAL = 61, 2_958_466
_SECONDS_IN_DAY = 86_400
_YES_OR_NO = {"0": "FALSE", "1": "TRUE"}


def read_workbook(path: Path, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows of the first sheet that is shown, with the number that the spreadsheet shows for each.

    Rows without any cell are not in the file and are not yielded. Formulas give their last answer. Raises
    SheetRefused for a damaged, locked or oversized workbook.
    """
    with open_package(path, limits) as package:
        sheet = first_sheet(package)
        yield from _rows(package, sheet.part, _reader(package, limits, dates_from_1904=sheet.dates_from_1904))


def _reader(package: ZipFile, limits: Limits, *, dates_from_1904: bool) -> "_RowReader":
    epoch = EPOCH_1904 if dates_from_1904 else EPOCH_1900
    return _RowReader(limits, shared_texts(package, limits), date_styles(package), epoch)


def _rows(package: ZipFile, part: str, reader: "_RowReader") -> Iterator[tuple[int, list[Cell]]]:
    for _ in parse(package, part, Handlers(reader.start, reader.end, reader.text)):
        yield from reader.finished
        reader.finished.clear()


class _RowReader:
    """Builds rows while the parser goes through the sheet; `finished` holds those that nobody has taken yet."""

    def __init__(self, limits: Limits, shared: SharedTexts, dates: frozenset[int], epoch: date) -> None:
        self.finished: list[tuple[int, list[Cell]]] = []
        self._limits = limits
        self._shared = shared
        self._dates = dates
        self._epoch = epoch
        self._row = 0
        self._column = -1
        self._cells: dict[int, Cell] = {}
        self._attributes: Attributes = {}
        self._content = TextCollector()
        self._in_cell = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._column = _column_of(attributes.get("r"), self._column)
            self._attributes = attributes
            self._in_cell = True
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif self._in_cell:
            self._content.start(name, attributes)

    def text(self, piece: str) -> None:
        self._content.text(piece)

    def end(self, name: str) -> None:
        if name == "c":
            self._in_cell = False
            self._end_cell(self._content.take())
        elif name == "row":
            if self._cells:
                last = max(self._cells)
                self.finished.append((self._row, [self._cells.get(index, "") for index in range(last + 1)]))
        elif self._in_cell:
            self._content.end(name)

    def _begin_row(self, number: str | None) -> None:
        if number is not None and not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise damaged()
        following = self._row + 1 if number is None else int(number)
        if following <= self._row:
            raise damaged()
        self._row, self._column = following, -1
        self._cells = {}

    def _end_cell(self, content: str) -> None:
        if not content:
            return
        if self._column >= self._limits.columns:
            where = f"{column_letter(self._column)}{self._row}"
            message = f"Cell {where} is beyond the {self._limits.columns} columns that a sheet may have. Empty it."
            raise SheetRefused(message)
        self._cells[self._column] = self._value(content)

    def _value(self, content: str) -> Cell:
        match self._attributes.get("t", "n"):
            case "s":
                return self._shared[int(content) if content.isascii() and content.isdecimal() else -1]
            case "n":
                return self._number(content)
            case "b":
                return _YES_OR_NO.get(content, content)
            case _:  # text kept in the cell, a formula's text, an error, a date in ISO form
                return content

    def _number(self, content: str) -> Cell:
        try:
            value = float(content)
        except ValueError:
            return content
        if not math.isfinite(value):
            return content
        style = self._attributes.get("s", "0")
        if style.isdecimal() and int(style) in self._dates:
            return _moment(value, self._epoch)
        return Number(value, self._epoch)


def _moment(value: float, epoch: date) -> Cell:
    """Turn a number that is shown as a date into one; a bare time of day stays a number."""
    earliest = _FIRST_SURE_SERIAL if epoch == EPOCH_1900 else 0
    if not earliest <= value < _AFTER_LAST_SERIAL - (EPOCH_1904 - EPOCH_1900).days:
        return Number(value, epoch)
    day, share = divmod(value, 1)
    seconds = round(share * _SECONDS_IN_DAY)
    moment = datetime(epoch.year, epoch.month, epoch.day) + timedelta(days=int(day), seconds=seconds)  # noqa: DTZ001 - a sheet knows no time zone
    return moment if moment.time() != datetime.min.time() else moment.date()


def _column_of(reference: str | None, previous: int) -> int:
    """Give the column of a cell such as `AB12`, counted from 0; a cell that does not say follows the one before."""
    if reference is None:
        return previous + 1
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise damaged()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
