"""Writes the rejected rows back as a CSV that can be mended in a spreadsheet and imported again.

It is the file's own header and cells with an `Error` column that tells all that is wrong. A cell that a
spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets do not show and our import
leaves out again. Numbers with a sign, and a sign alone, are no formulas and stay as they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from app.imports.columns import ERROR_COLUMN, column_key
from app.imports.readings import RowError

# Excel, Calc and Sheets run a cell that begins so; a tab or line break in front does not stop them.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_SIGNED_NUMBER = re.compile(r"\s*[+-]?\s*[£$€]?\s*[0-9][0-9 .,]*%?\s*|\s*[+-]\s*")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads the pound sign in another encoding


def rejected_csv(header: Sequence[str], rows: Iterable[tuple[Sequence[str], Sequence[RowError]]]) -> Iterator[str]:
    """Yield the lines of the CSV: the header, then each row's cells as text with its errors.

    A file that came back with an Error column keeps that one, filled anew; else it is added behind the header.
    Rows shorter than the header are filled up; cells beyond it come last.
    """
    place = next((index for index, name in enumerate(header) if column_key(name) == column_key(ERROR_COLUMN)), None)
    names = [*header] if place is not None else [*header, ERROR_COLUMN]
    place = len(header) if place is None else place
    yield BYTE_ORDER_MARK + _line(names)
    for cells, errors in rows:
        filled = [*cells[: len(header)], *[""] * (len(names) - min(len(cells), len(header)))]
        filled[place] = " | ".join(f"{error.column}: {error.message}" for error in errors)
        yield _line([*filled, *cells[len(header) :]])


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _SIGNED_NUMBER.fullmatch(text) else text


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
    return line.getvalue()
