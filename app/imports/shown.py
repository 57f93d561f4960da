"""Imports as they are shown. Row-level security is behind every statement here."""

from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Row, text

from app.imports.readings import RowError
from app.imports.rejected import rejected_csv
from app.imports.schemas import (
    ConflictOut,
    ConflictPage,
    ErrorOut,
    ImportedRowOut,
    ImportOut,
    ImportPage,
    ImportSummary,
)
from app.kernel.database import Session
from app.kernel.paging import encode
from app.kernel.problems import NotFound

ERRORS_TOLD = 10_000
_ROWS_AT_ONCE = 500

_SUMMARY = """
    SELECT i.id, i.source, i.dry_run, u.name AS run_by, i.started_at, i.finished_at, i.rows, i.accepted, i.unchanged,
           i.conflict, i.rejected, i.notes, i.header
      FROM imports i LEFT JOIN users u ON u.id = i.run_by
"""
_ONE = text(f"{_SUMMARY} WHERE i.id = :id")
_SOME = text(f"{_SUMMARY} WHERE i.id < :before ORDER BY i.id DESC LIMIT :limit")
_ERRORS = text(
    """
    SELECT line AS row, column_name AS column, message FROM import_errors
     WHERE import_id = :id ORDER BY line, place LIMIT :limit
    """
)
_ERROR_COUNT = text("SELECT count(*) FROM import_errors WHERE import_id = :id")
_CONFLICTS = text(
    """
    SELECT k.line AS row, k.source_reference, c.reference, c.id AS case_id, k.raw AS cells, r.raw AS cells_before
      FROM import_conflicts k JOIN cases c ON c.id = k.case_id JOIN import_rows r ON r.case_id = k.case_id
     WHERE k.import_id = :id AND k.line > :after ORDER BY k.line LIMIT :limit
    """
)
_REJECTED = text(
    """
    SELECT r.line, r.cells, array_agg(e.column_name ORDER BY e.place) AS columns,
           array_agg(e.message ORDER BY e.place) AS messages
      FROM import_rejected r JOIN import_errors e ON e.import_id = r.import_id AND e.line = r.line
     WHERE r.import_id = :id AND r.line > :after GROUP BY r.line, r.cells ORDER BY r.line LIMIT :limit
    """
)
_ROW = text(
    """
    SELECT import_id, source, source_reference, line AS row, raw AS cells, extra AS unknown_columns, doubts
      FROM import_rows WHERE case_id = :case_id
    """
)


async def find_import(session: Session, import_id: int) -> Row[Any]:
    """The import of this number, or NotFound: the same whether it does not exist or is not for these eyes."""
    row = (await session.execute(_ONE, {"id": import_id})).one_or_none()
    if row is None:
        raise NotFound("There is no import of this number that you may see. GET /api/v1/imports lists them.")
    return row


async def show_import(session: Session, import_id: int) -> ImportOut:
    """One import's report, or NotFound."""
    row = await find_import(session, import_id)
    errors = (await session.execute(_ERRORS, {"id": import_id, "limit": ERRORS_TOLD})).all()
    found: int = await session.scalar(_ERROR_COUNT, {"id": import_id})
    told = [ErrorOut(**error._asdict()) for error in errors]
    return ImportOut(**row._asdict(), errors=told, errors_left_out=found - len(told))


async def show_imports(session: Session, *, before: int, limit: int) -> ImportPage:
    """Some imports, newest first."""
    rows = (await session.execute(_SOME, {"before": before, "limit": limit + 1})).all()
    items = [ImportSummary(**row._asdict()) for row in rows[:limit]]
    return ImportPage(items=items, next_cursor=encode(str(items[-1].id)) if len(rows) > limit else None)


async def show_conflicts(
    session: Session, import_id: int, *, after: int, limit: int
) -> tuple[ConflictPage, Sequence[int]]:
    """Some conflicts of an import, and the numbers of the cases that they show."""
    rows = (await session.execute(_CONFLICTS, {"id": import_id, "after": after, "limit": limit + 1})).all()
    items = [ConflictOut(**row._asdict()) for row in rows[:limit]]
    cursor = encode(str(items[-1].row)) if len(rows) > limit else None
    return ConflictPage(items=items, next_cursor=cursor), sorted({row.case_id for row in rows[:limit]})


async def show_imported_row(session: Session, case_id: int) -> ImportedRowOut:
    """The row that a case came from, or NotFound for one that no import brought in."""
    row = (await session.execute(_ROW, {"case_id": case_id})).one_or_none()
    if row is None:
        raise NotFound("This case was not brought in by an import.")
    return ImportedRowOut(**row._asdict())


async def rejected_lines(session: Session, import_id: int) -> AsyncIterator[str]:
    """The rejected rows of an import as a CSV to mend, some at a time. Raises NotFound."""
    report = await find_import(session, import_id)
    after = header = 0
    while True:
        rows = (await session.execute(_REJECTED, {"id": import_id, "after": after, "limit": _ROWS_AT_ONCE})).all()
        told = ((row.cells, list(map(RowError, row.columns, row.messages))) for row in rows)
        for line in islice(rejected_csv(report.header, told), header, None):
            yield line
        if len(rows) < _ROWS_AT_ONCE:
            return
        after, header = rows[-1].line, 1  # the header is the first piece's alone
