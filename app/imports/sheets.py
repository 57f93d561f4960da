"""Opens a sheet, CSV or XLSX, as a stream of rows. What it is shows in its content, never in its name.

Everything for which a file can be refused shows when it is opened: the whole file is read through once, and
counted, before the first row is handed out. So nothing is half imported because of a letter in the last row.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path

from app.imports.cells import Cell, column_letter, is_blank, text_of
from app.imports.delimited import read_records, require_utf8
from app.imports.limits import DEFAULT_LIMITS, Limits, SheetRefused
from app.imports.workbooks import read_workbook

_EXCEL_OR_CSV = "Save it as an Excel workbook (.xlsx) or as CSV UTF-8 and try again."
_ZIP_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
_REFUSED_BEGINNINGS = {
    b"\xd0\xcf\x11\xe0": f"This is an old Excel file (.xls), or a workbook with a password. {_EXCEL_OR_CSV}",
    b"%PDF": f"This is a PDF, not a sheet. {_EXCEL_OR_CSV}",
    b"\xff\xfe": f"This is text in UTF-16. {_EXCEL_OR_CSV}",
    b"\xfe\xff": f"This is text in UTF-16. {_EXCEL_OR_CSV}",
}


class SheetKind(StrEnum):
    """The two kinds of file that can be imported."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line` is the row number that a spreadsheet shows; blank cells at its end may be missing."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that can be read. `header` is as the file has it, `row_count` leaves out the header and blank rows."""

    kind: SheetKind
    header: tuple[str, ...]
    header_line: int
    row_count: int
    _read: Callable[[], Iterator[Row]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Stream the rows below the header from the file, as often as it is asked for."""
        return islice(self._read(), 1, None)


def open_sheet(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Sheet:
    """Open a CSV or XLSX file for reading.

    Raises SheetRefused, which says what to do, for anything that is not a readable sheet within the limits.
    """
    try:
        return _opened(path, limits)
    except OSError:
        message = "The file cannot be read. Check that it is there, is a file and may be read."
        raise SheetRefused(message) from None


def _opened(path: Path, limits: Limits) -> Sheet:
    kind = _kind_of(path, limits)
    reading: Callable[[], Iterator[tuple[int, Sequence[Cell]]]]
    if kind is SheetKind.CSV:
        require_utf8(path)
        reading = partial(read_records, path, limits)
    else:
        reading = partial(read_workbook, path, limits)
    read = partial(_rows, reading, limits)
    rows = read()
    header = next(rows, None)
    if header is None:
        message = "The sheet is empty. The first sheet must have a row of column names and the rows below it."
        raise SheetRefused(message)
    names = tuple(text_of(cell) for cell in header.cells)
    _require_modest_header(names, limits)
    return Sheet(kind, names, header.line, _count(rows, limits), read)


def _kind_of(path: Path, limits: Limits) -> SheetKind:
    with path.open("rb") as file:
        beginning = file.read(8)
    if path.stat().st_size > limits.file_bytes:
        message = f"The file is bigger than {limits.file_bytes // 2**20} MB. Split it into several files."
        raise SheetRefused(message)
    for signature, message in _REFUSED_BEGINNINGS.items():
        if beginning.startswith(signature):
            raise SheetRefused(message)
    return SheetKind.XLSX if beginning.startswith(_ZIP_BEGINNINGS) else SheetKind.CSV


def _rows(reading: Callable[[], Iterator[tuple[int, Sequence[Cell]]]], limits: Limits) -> Iterator[Row]:
    """Leave out blank rows and blank ends of rows, and hold each row and all together against the limits."""
    chars = 0
    for line, record in reading():
        width = len(record)
        while width and is_blank(record[width - 1]):
            width -= 1
        if not width:
            continue
        if width > limits.columns:
            message = f"Row {line} has {width:,} columns, more than {limits.columns}. Check that it is a CSV file."
            raise SheetRefused(message)
        cells = tuple(record[:width])
        chars += _modest_chars(line, cells, limits)
        if chars > limits.unpacked_bytes:
            # A workbook can say in a few bytes that a long text stands in a million cells.
            message = f"The sheet holds more than {limits.unpacked_bytes:,} characters. Split it into several files."
            raise SheetRefused(message)
        yield Row(line, cells)


def _modest_chars(line: int, cells: tuple[Cell, ...], limits: Limits) -> int:
    chars = 0
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        chars += len(cell)
        if len(cell) > limits.cell_chars:
            message = (
                f"Cell {column_letter(index)}{line} is longer than {limits.cell_chars:,} characters. Shorten it, "
                "or look for a quotation mark that is not closed."
            )
            raise SheetRefused(message)
    if chars > limits.record_chars:
        message = f"Row {line} is longer than {limits.record_chars:,} characters. Shorten its texts."
        raise SheetRefused(message)
    return chars


def _require_modest_header(names: tuple[str, ...], limits: Limits) -> None:
    for index, name in enumerate(names):
        if len(name) > limits.header_chars:
            message = (
                f"The name of column {column_letter(index)} is longer than {limits.header_chars} characters. "
                "The first row must hold the names of the columns."
            )
            raise SheetRefused(message)


def _count(rows: Iterator[Row], limits: Limits) -> int:
    count = 0
    for count, _ in enumerate(rows, start=1):
        if count > limits.rows:
            message = f"The sheet has more than {limits.rows:,} rows. Split it into several files."
            raise SheetRefused(message)
    return count
