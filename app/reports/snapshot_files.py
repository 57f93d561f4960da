"""The snapshot's report as a workbook, and as what is printed."""

import io
from datetime import date
from typing import Any

from app.kernel.spreadsheets import harmless
from app.reports.formats import a_workbook
from app.reports.labels import Labels, column
from app.reports.pictures import number
from app.reports.snapshot_schemas import SnapshotReport, TableOut

_BY = {"Time by tier": "tier", "Time by tenure": "tenure", "Professions that took part": "role"}
_SHORT = (
    "completed",
    "median_working_days",
    "p90_working_days",
    "net_median_working_days",
    "still_open",
    "left_before",
)
_WIDTH = 24


def group_of(table: TableOut, row: dict[str, Any], words: Labels) -> str:
    """What a row's group is called."""
    by = _BY.get(table.title, "outcome" if table.title.startswith("How cases ended") else "none")
    return words.group(by, row["group"]) if table.title != "Other professions" else str(row["group"])


def columns_shown(table: TableOut) -> list[str]:
    """The columns that a page and print have room for; the workbook has all."""
    shown = [name for name in table.columns if name in _SHORT] if "p90_working_days" in table.columns else table.columns
    return [name for name in shown if name not in ("group", "role", "outcome")]


def about(report: SnapshotReport) -> list[str]:
    """What must be known of the report."""
    one = report.snapshot
    late = "" if one.in_time else " It was published after the year had begun."
    return [
        f"{report.sampled} of {report.logged} cases that came in {one.year}-{(one.year + 1) % 100:02}.",
        one.method,
        f"Seed: {one.seed} ({one.seed_source}), published on {one.published_at:%d %B %Y} by {one.published_by}.{late}",
        "Every figure is put together from the sampled cases, never from organisations' own averages.",
    ]


def as_xlsx(report: SnapshotReport, words: Labels) -> bytes:
    """A workbook: what it is, each organisation's part, and a sheet for each table."""
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
            handed = part.submitted_at.date().isoformat() if part.submitted_at else "Not yet"
            cells = [part.organisation, part.cases, part.completed, handed, part.note or ""]
            sheet.write_row(place, 0, [harmless(cell) for cell in cells])
        for number_, table in enumerate(report.tables, 1):
            sheet = book.add_worksheet(f"{number_} {table.title}"[:31].replace(":", ","))
            sheet.set_column(0, len(table.columns), _WIDTH)
            sheet.write_row(0, 0, [column(name) for name in table.columns], bold)
            for place, row in enumerate(table.rows, 1):
                named = {**row, "group": group_of(table, row, words)}
                sheet.write_row(place, 0, [harmless(named.get(name)) for name in table.columns])
            sheet.write_string(len(table.rows) + 2, 0, harmless(table.definition))
    return buffer.getvalue()


def as_print(report: SnapshotReport, words: Labels, *, partnership: str, today: date) -> dict[str, Any]:
    """What the printed report says, as `papers_pdf` takes it."""
    year = f"{report.snapshot.year}-{(report.snapshot.year + 1) % 100:02}"
    handed = [
        {"label": part.organisation,
         "texts": [f"{part.completed} of {part.cases} sampled cases completed; "
                   f"{'submitted' if part.submitted_at else 'not submitted yet'}. {part.note or ''}".strip()]}
        for part in report.parts
    ]  # fmt: skip
    tables = [
        {"title": table.title, "lines": [_line(table, row, words) for row in table.rows]} for table in report.tables
    ]
    return {
        "title": f"Performance snapshot {year}",
        "confidential": f"{partnership}. Made on {today.isoformat()}.",
        "about": about(report),
        "cases": [
            {
                "title": "The partnership", "about": [], "changes": [],
                "parts": [{"title": "What organisations handed in", "lines": handed}, *tables],
            }
        ],
    }  # fmt: skip


def _line(table: TableOut, row: dict[str, Any], words: Labels) -> dict[str, Any]:
    told = [f"{column(name)}: {number(row.get(name))}" for name in columns_shown(table)]
    return {"label": group_of(table, row, words), "texts": told or ["–"]}
