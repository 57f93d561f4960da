"""A report's answer as a file: with its definition, filters and date in it, so that no figure travels alone."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from app.kernel.spreadsheets import harmless
from app.reports import marks
from app.reports.answers import Answer

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH, _WIDE = 24, 110


def about(answer: Answer) -> Iterator[tuple[str, str]]:
    """What a reader of the file must know, label and text."""
    yield "Report", answer.title
    yield "What is counted", answer.definition
    yield "Of", answer.scope
    for name, value in answer.filters.items():
        yield f"Filter: {words(name)}", str(value)
    if answer.filters.get("publish"):
        yield "Where no figure stands", marks.EMPTY
    yield "Made at", answer.as_of.isoformat(timespec="seconds")
    yield "Cases behind the figures", answer.cases


def file_name(answer: Answer, ending: str) -> str:
    """Such as `end-to-end-2026-03-31.csv`, or `end-to-end-flow-by-tier-2026-03-31.csv`: no two ways share a name."""
    view, by = answer.filters.get("view"), answer.filters.get("by")
    parts = (answer.key, view, by and f"by-{by.replace('_', '-')}", answer.as_of.date().isoformat())
    return f"{'-'.join(filter(None, parts))}.{ending}"


def as_file(answer: Answer, form: str) -> tuple[bytes, str, dict[str, str]]:
    """The answer as a file: its content, its kind, and the headers that name it and keep it out of caches."""
    write, kind = (to_csv, CSV) if form == "csv" else (to_xlsx, XLSX)
    return write(answer), kind, as_attachment(file_name(answer, form))


def as_attachment(name: str) -> dict[str, str]:
    """The headers of a file to be saved: its name, and that no cache keeps it."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def to_csv(answer: Answer) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it right: first what is counted, an empty line, then the table."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for label, value in about(answer):
        writer.writerow([label, harmless(value)])
    writer.writerow([])
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow([harmless(row[name]) for name in answer.columns])
    return buffer.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook being written, with the two ways in which its text is set."""

    book: Any
    bold: Any
    prose: Any


@contextmanager
def a_workbook(buffer: io.BytesIO, title: str) -> Iterator[Workbook]:
    """Begin a workbook in which text stays text, whatever it looks like."""
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        book.set_properties({"title": title})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        prose = book.add_format({"text_wrap": True, "valign": "top"})
        yield Workbook(book, bold, prose)


def to_xlsx(answer: Answer) -> bytes:
    """A workbook of two sheets, the figures and what they are."""
    buffer = io.BytesIO()
    with a_workbook(buffer, answer.title) as begun:
        book, bold, prose = begun.book, begun.bold, begun.prose
        book.set_properties({"title": answer.title, "created": answer.as_of.replace(tzinfo=None)})
        figures, prose_sheet = book.add_worksheet("Figures"), book.add_worksheet("What is counted")
        figures.set_column(0, len(answer.columns) - 1, _WIDTH)
        figures.write_row(0, 0, [words(name) for name in answer.columns], bold)
        figures.freeze_panes(1, 0)
        for place, row in enumerate(answer.rows, 1):
            figures.write_row(place, 0, [harmless(row[name]) for name in answer.columns])
        prose_sheet.set_column(0, 0, _WIDTH)
        prose_sheet.set_column(1, 1, _WIDE)
        for place, (label, value) in enumerate(about(answer)):
            prose_sheet.write_string(place, 0, label, bold)
            prose_sheet.write_string(place, 1, harmless(value), prose)
    return buffer.getvalue()


def words(name: str) -> str:
    """A column's name as a heading: `median_working_days` -> "Median working days"."""
    return name.replace("_", " ").capitalize()
