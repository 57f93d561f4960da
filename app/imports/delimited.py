"""Reads a CSV file, record by record: comma-separated, UTF-8 with or without a byte order mark, any line ending."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Self, TextIO

from app.imports.limits import Limits, SheetRefused

_CHUNK = 1 << 20
_END = "\x1aend of sheet\x1a"
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_SAVE_AS = 'In the spreadsheet choose "Save as" and then "CSV UTF-8 (comma delimited)" or an Excel workbook (.xlsx).'


def require_utf8(path: Path) -> None:
    """Read the whole file once, so that one bad letter near its end refuses it before anything is imported.

    Raises SheetRefused, with the line, for what is not UTF-8 and for the null characters of other formats.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            _require_text(decoder, chunk, lines, final=False)
            lines += chunk.count(b"\n")
        _require_text(decoder, b"", lines, final=True)


def read_records(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its number, which is the row that a spreadsheet shows it in (from 1).

    A blank line is an empty record; a cell with line breaks in quotation marks is still one record. Raises
    SheetRefused for a quotation mark that is never closed and for a record or cell beyond every limit.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _Lines(file, limits.record_chars)
        number = 0
        try:
            for number, record in enumerate(csv.reader(lines), start=1):
                if lines.ended:
                    _require_closed(record, number)
                    return
                if number == 1:
                    _require_commas(record)
                yield number, record
                lines.since_record = 0
        except csv.Error as error:
            message = f"Row {number + 1} cannot be read: {error}. Look for a quotation mark that is not closed."
            raise SheetRefused(message) from None


class _Lines:
    """The lines of a file and a last one of our own: inside a cell it shows that a quotation mark stayed open."""

    def __init__(self, file: TextIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.since_record = 0
        self.ended = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self.ended:
            raise StopIteration
        # Never the whole line at once: a file may be one line of many megabytes.
        line = self._file.readline(self._limit + 1)
        self.since_record += len(line)
        if self.since_record > self._limit:
            message = (
                f"A row is longer than {self._limit:,} characters. Look for a quotation mark that is not closed, "
                "or check that this is a CSV file."
            )
            raise SheetRefused(message)
        if not line:
            self.ended = True
            return _END
        return line


def _require_text(decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int, *, final: bool) -> None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        line = lines + chunk[: error.start].count(b"\n")
        message = f"The file is not in UTF-8: line {line} has a letter that cannot be read. {_SAVE_AS}"
        raise SheetRefused(message) from None
    if b"\x00" in chunk:
        message = f"The file is not a CSV file in UTF-8: it has null characters. {_SAVE_AS}"
        raise SheetRefused(message)


def _require_closed(last: list[str], number: int) -> None:
    if last != [_END]:
        message = (
            f"A quotation mark in row {number} is never closed, so the rows after it cannot be told apart. "
            "Close it, or take it out."
        )
        raise SheetRefused(message)


def _require_commas(header: list[str]) -> None:
    if len(header) != 1:
        return
    for separator, name in _OTHER_SEPARATORS.items():
        if separator in header[0]:
            # Several adaptations in one cell are separated by semicolons, so guessing could split a cell.
            message = f"The columns are separated by {name}, not by commas. {_SAVE_AS}"
            raise SheetRefused(message)
