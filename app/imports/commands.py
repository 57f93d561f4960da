"""What `adapt import` does, as the database's owner: bring in a file, show how far it is, print the report."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.access.actor import Actor
from app.cases.casework import Casework
from app.edge.doors import enter_as
from app.edge.problem_answers import from_validation
from app.imports import shown
from app.imports.actions.run_import import RunImport, run_import
from app.imports.extracts import Extract, open_extract
from app.imports.limits import SheetRefused
from app.imports.schemas import ImportForm, ImportOut
from app.kernel.database import Database, Session
from app.people.queries import user_by_email

ERRORS_PRINTED = 20
REFUSED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """Import a file.

    `email` names the user who answers for it and must be allowed to import; nobody does when it is None. The rejected
    rows are written to `rejected_to` as a CSV to mend.
    """

    path: Path
    source: str
    dry_run: bool = False
    email: str | None = None
    rejected_to: Path | None = None


async def import_file(
    db: Database, command: ImportFile, *, casework: Casework, now: datetime, out: Console, err: Console
) -> int:
    """Import, and give the exit code: 0, or 1 when the file is refused whole.

    The report goes to `out`, how far it is to `err`. Raises Problem for a source or a user that will not do.
    """
    try:
        extract = await asyncio.to_thread(open_extract, command.path)
        report = await _run(db, command, extract, casework=casework, now=now, err=err)
    except SheetRefused as refused:
        err.print(refused.message, markup=False)
        return REFUSED
    for line in report_lines(report):
        out.print(line, markup=False)
    if command.rejected_to is not None and report.rejected:
        await _write_rejected(db, report.id, command.rejected_to)
        out.print(f"The rejected rows are in {command.rejected_to}: mend them and import that file.", markup=False)
    return 0


def report_lines(report: ImportOut) -> Iterator[str]:
    """Say in words what came of an import."""
    yield f"Import {report.id} of {report.source}{' (dry run: nothing was written)' if report.dry_run else ''}"
    for name in ("rows", "accepted", "unchanged", "conflict", "rejected"):
        yield f"  {name:<10} {getattr(report, name):>9,}"
    for error in report.errors[:ERRORS_PRINTED]:
        yield f"  row {error.row}, {error.column}: {error.message}"
    if (more := len(report.errors) + report.errors_left_out - ERRORS_PRINTED) > 0:
        yield f"  … and {more:,} more errors."
    if report.notes.unknown_columns:
        yield f"Kept on each case, but not understood: {', '.join(report.notes.unknown_columns)}"
    if report.notes.new_organisations:
        yield f"Added to the partnership: {', '.join(report.notes.new_organisations)}"
    for doubt in report.notes.doubts:
        yield f"Doubtful in {doubt.rows:,} rows: {doubt.doubt}"
    yield from report.notes.remarks


async def _run(
    db: Database, command: ImportFile, extract: Extract, *, casework: Casework, now: datetime, err: Console
) -> ImportOut:
    asked = RunImport(extract=extract, source=_source(command.source), dry_run=command.dry_run)
    with _bar(extract, err) as progress:
        async with db.transaction() as session:
            actor = await _actor(session, command.email)
            number = await run_import(session, actor, asked, casework=casework, now=now, progress=progress)
            return await shown.show_import(session, number)


def _source(name: str) -> str:
    try:
        return ImportForm(source=name).source
    except ValidationError as wrong:
        raise from_validation(list(wrong.errors())) from None


async def _actor(session: Session, email: str | None) -> Actor | None:
    if email is None:
        return None
    user = await user_by_email(session, email, pointer="/email")
    return await enter_as(session, user.id)


@contextmanager
def _bar(extract: Extract, err: Console) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("Rows", total=extract.sheet.row_count)
        yield lambda done: progress.update(task, completed=done)


async def _write_rejected(db: Database, import_id: int, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        async with db.snapshot() as session:
            async for line in shown.rejected_lines(session, import_id):
                file.write(line)
