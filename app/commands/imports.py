"""Bring in what a partnership has today."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import err, faults_told, out, with_owner
from app.commands.keeping import casework_for
from app.imports.commands import ImportFile, import_file
from app.kernel.clock import SystemClock
from app.kernel.database import Database
from app.kernel.problems import Problem
from app.settings import Settings


def import_extract(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX milestone extract.")],
    source: Annotated[str, typer.Option(help="Whose references these are; a reference is unique within it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Answer the same and write nothing.")] = False,
    user: Annotated[str | None, typer.Option(help="E-mail address of the user who answers for it.")] = None,
    rejected_to: Annotated[Path | None, typer.Option(help="Write the rejected rows here, as a CSV to mend.")] = None,
) -> None:
    """Bring in an extract, with its progress; exit code 1 when the file is refused whole."""
    settings = Settings()
    command = ImportFile(path=file, source=source, dry_run=dry_run, email=user, rejected_to=rejected_to)

    async def run(db: Database) -> int:
        casework = await casework_for(db, settings)
        return await import_file(db, command, casework=casework, now=SystemClock().now(), out=out, err=err)

    try:
        with faults_told():
            raise typer.Exit(with_owner(settings, run))
    except Problem as problem:
        err.print(problem.detail, markup=False)
        raise typer.Exit(1) from None
