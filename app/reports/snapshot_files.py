"""The snapshot's report as a workbook, and as what is printed; and how its page tells the same."""

import io
import re
from datetime import date
from typing import Any, Final

from app.edge.templating import day
from app.kernel.spreadsheets import harmless
from app.reports.formats import a_workbook
from app.reports.labels import Labels, column
from app.reports.pictures import number
from app.reports.snapshot_schemas import PartOut, SnapshotReport, TableOut

NO_FIGURE: Final = "no case"
_SHORT: Final = (
    "completed",
    "median_working_days",
    "p90_working_days",
    "net_median_working_days",
    "still_open",
    "left_before",
)
_WIDTH: Final = 24
_NO_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\]")
"""What the name of a sheet may not have in it."""


NOT_FOR_PUBLICATION: Final = (
    "For those who answer for the partnership, and not for publication: numbers are whole ones, of however few people,"
    " and what is written of people is told as it was written. A small number that is left out can be worked out from"
    " the others. Figures that may be published are in the answers to an information request."
)
AS_OF: Final = (
    "Made on {day}: times, outcomes and answers are what the cases said on that day. What organisations entered stays"
    " as it was when they submitted their part."
)


def group_of(table: TableOut, row: dict[str, Any], words: Labels) -> str:
    """What a row's group is called."""
    return str(row["group"]) if table.by == "profession" else words.group(table.by, row["group"])


def heading_of(table: TableOut, name: str) -> str:
    """What a column is called."""
    return table.headings.get(name) or column(name)


def columns_shown(table: TableOut) -> list[str]:
    """The columns that a page and print have room for; the workbook has all."""
    shown = [name for name in table.columns if name in _SHORT] if "p90_working_days" in table.columns else table.columns
    return [name for name in shown if name not in ("group", "role", "outcome")]


def cell(value: Any) -> str:
    """A figure as people read it; of nobody there is no median, and that is no zero."""
    return NO_FIGURE if value is None else number(value)


def about(report: SnapshotReport) -> list[str]:
    """What must be known of the report."""
    one = report.snapshot
    late = "" if one.in_time else " It was published after the year had begun."
    return [
        f"{report.sampled} of {report.logged} cases that came in {one.year}-{(one.year + 1) % 100:02}.",
        "Every figure is put together from the sampled cases, never from organisations' own averages.",
        AS_OF.format(day=day(report.made_on)),
        NOT_FOR_PUBLICATION,
        one.method,
        f"Seed: {one.seed} ({one.seed_source}), published on {day(one.published_at)} by {one.published_by}.{late}",
    ]


def handed_in(part: PartOut) -> str:
    """How far an organisation's part is."""
    if part.submitted_at is None:
        return f"{part.completed} of {part.cases} sampled cases completed, not submitted yet"
    return f"{part.completed} of {part.cases} sampled cases completed, submitted on {day(part.submitted_at)}"


def as_xlsx(report: SnapshotReport, words: Labels) -> bytes:
    """A workbook: what it is, each organisation's part, a sheet for each table, and what was written of people."""
    buffer = io.BytesIO()
    with a_workbook(buffer, f"Performance snapshot {report.snapshot.year}") as begun:
        book, bold, prose = begun.book, begun.bold, begun.prose
        first = book.add_worksheet("What this is")
        first.set_column(0, 0, 110)
        for place, line in enumerate(about(report)):
            first.write_string(place, 0, harmless(line), prose)
        sheet = book.add_worksheet("Parts")
        sheet.set_column(0, 4, _WIDTH)
        sheet.write_row(0, 0, ["Organisation", "Sampled cases", "Completed", "Submitted", "Note"], bold)
        for place, part in enumerate(report.parts, 1):
            handed = day(part.submitted_at) if part.submitted_at else "Not yet"
            cells = [part.organisation, part.cases, part.completed, handed, part.note or ""]
            sheet.write_row(place, 0, [harmless(cell) for cell in cells])
        for number_, table in enumerate(report.tables, 1):
            sheet = book.add_worksheet(_sheet_name(f"{number_} {table.title}"))
            sheet.set_column(0, len(table.columns), _WIDTH)
            sheet.write_row(0, 0, [harmless(heading_of(table, name)) for name in table.columns], bold)
            for place, row in enumerate(table.rows, 1):
                sheet.write_row(place, 0, [harmless(_in_workbook(table, row, name, words)) for name in table.columns])
            sheet.write_string(len(table.rows) + 2, 0, harmless(table.definition))
        sheet = book.add_worksheet("What was written of people")
        sheet.set_column(0, 0, _WIDTH)
        sheet.set_column(1, 1, 110)
        sheet.write_row(0, 0, ["Organisation", "What came of it for the person"], bold)
        lines = [(one.organisation, told) for one in report.told for told in one.words]
        for place, (organisation, told) in enumerate(lines, 1):
            sheet.write_string(place, 0, harmless(organisation))
            sheet.write_string(place, 1, harmless(told), prose)
    return buffer.getvalue()


def _sheet_name(title: str) -> str:
    return _NO_SHEET_NAME.sub("", title)[:31].strip(" '")  # as long as a sheet's name may be


def _in_workbook(table: TableOut, row: dict[str, Any], name: str, words: Labels) -> Any:
    if name in ("group", table.by):
        return group_of(table, row, words)
    value = row.get(name)
    return NO_FIGURE if value is None else value


def as_print(report: SnapshotReport, words: Labels, *, partnership: str, today: date) -> dict[str, Any]:
    """What the printed report says, as `papers_pdf` takes it."""
    year = f"{report.snapshot.year}-{(report.snapshot.year + 1) % 100:02}"
    handed = [
        {"label": part.organisation, "texts": [f"{handed_in(part)}. {part.note or ''}".strip()]}
        for part in report.parts
    ]
    # Tables that are told by the same definition follow one another: it stands once, below the first.
    told_before = ["", *(table.definition for table in report.tables)]
    tables = [
        {
            "title": table.title,
            "lines": [
                *(_line(table, row, words) for row in table.rows),
                *([{"label": "What is counted", "texts": [table.definition]}] if table.definition != before else []),
            ],
        }
        for before, table in zip(told_before, report.tables, strict=False)
    ]
    told = [{"label": one.organisation, "texts": one.words} for one in report.told]
    return {
        "title": f"Performance snapshot {year}",
        "confidential": f"{partnership}. Made on {day(today)}. Not for publication.",
        "about": about(report),
        "cases": [
            {
                "title": "The partnership", "about": [], "changes": [],
                "parts": [
                    {"title": "What organisations handed in", "lines": handed},
                    *tables,
                    {"title": "What was written of people", "lines": told},
                ],
            }
        ],
    }  # fmt: skip


def _line(table: TableOut, row: dict[str, Any], words: Labels) -> dict[str, Any]:
    told = [f"{heading_of(table, name)}: {cell(row.get(name))}" for name in columns_shown(table)]
    return {"label": group_of(table, row, words), "texts": told}
