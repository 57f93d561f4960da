"""A report's answer as a file: with its definition, filters and date in it, so that no figure travels alone."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from app.kernel.spreadsheets import harmless
from app.reports.catalogue import Report

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH, _WIDE = 24, 110

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A report's rows and what must stand beside them. `cases` is the link to the cases behind the figures."""

    report: Report
    scope: str
    filters: Mapping[str, Any]
    as_of: datetime
    cases: str
    rows: Sequence[Row]

    def about(self) -> Iterator[tuple[str, str]]:
        """What a reader of the file must know, label and text."""
        yield "Report", self.report.title
        yield "What is counted", self.report.definition
        yield "Of", self.scope
        for name, value in self.filters.items():
            yield f"Filter: {words(name)}", str(value)
        yield "Made at", self.as_of.isoformat(timespec="seconds")
        yield "Cases behind the figures", self.cases

    def file_name(self, ending: str) -> str:
        """Such as `end-to-end-2026-03-31.csv`."""
        return f"{self.report.key}-{self.as_of.date().isoformat()}.{ending}"


def to_csv(answer: Answer) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it right: first what is counted, an empty line, then the table."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for label, value in answer.about():
        writer.writerow([label, harmless(value)])
    writer.writerow([])
    writer.writerow(answer.report.columns)
    for row in answer.rows:
        writer.writerow([harmless(row[name]) for name in answer.report.columns])
    return buffer.getvalue().encode("utf-8-sig")


def to_xlsx(answer: Answer) -> bytes:
    """A workbook of two sheets, the figures and what they are."""
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        book.set_properties({"title": answer.report.title, "created": answer.as_of.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        prose = book.add_format({"text_wrap": True, "valign": "top"})
        figures, about = book.add_worksheet("Figures"), book.add_worksheet("What is counted")
        figures.set_column(0, len(answer.report.columns) - 1, _WIDTH)
        figures.write_row(0, 0, [words(name) for name in answer.report.columns], bold)
        figures.freeze_panes(1, 0)
        for place, row in enumerate(answer.rows, 1):
            figures.write_row(place, 0, [harmless(row[name]) for name in answer.report.columns])
        about.set_column(0, 0, _WIDTH)
        about.set_column(1, 1, _WIDE)
        for place, (label, value) in enumerate(answer.about()):
            about.write_string(place, 0, label, bold)
            about.write_string(place, 1, harmless(value), prose)
    return buffer.getvalue()


def words(name: str) -> str:
    """A column's name as a heading: `median_working_days` -> "Median working days"."""
    return name.replace("_", " ").capitalize()
