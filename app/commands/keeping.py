"""Commands that keep the data right and safe: migrate, check, verify, dump, restore."""

from pathlib import Path
from typing import Annotated

import typer

from app.cases.actions.project_anew import project_anew
from app.cases.actions.renew_deadlines import renew_deadlines
from app.cases.casework import Casework
from app.cases.queries import find
from app.checks import export, offline, shown, verify
from app.checks.registry import RULES, UnknownRule, rules_named
from app.checks.run import run_checks
from app.commands.console import err, faults_told, out, owner_url, with_owner
from app.commands.preparation import prepare
from app.kernel.backup import BackupError, dump, restore
from app.kernel.clock import SystemClock
from app.kernel.database import Database
from app.main import build_casework, read_pathways
from app.provision.homes import keep_home
from app.settings import Settings

journal = typer.Typer(no_args_is_help=True, help="The journal: verify it, take it out, verify what was taken out.")
database = typer.Typer(no_args_is_help=True, help="Back the database up and bring it back.")


async def casework_for(db: Database, settings: Settings) -> Casework:
    """The casework of the partnership in a database."""
    calendars, pathways = read_pathways(settings)
    async with db.transaction() as session:
        return await build_casework(session, settings, pathways, calendars)


def migrate() -> None:
    """Bring the database to this version's schema and write the calendars into it."""
    settings = Settings()
    with faults_told():
        read_pathways(settings)
    with owner_url(settings) as url:
        prepare(url, settings)
    out.print("The database is at this version's schema.")


def check(
    rule: Annotated[list[str] | None, typer.Argument(help="Only these rules.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
) -> None:
    """Look for what does not hold together in the live data. Exit code 1 when there is an error."""
    settings = Settings()

    async def run(db: Database) -> int:
        casework = await casework_for(db, settings)
        report = await run_checks(db, casework=casework, clock=SystemClock(), rules=rules)
        if as_json:
            print(shown.as_json(report))
        else:
            out.print(shown.as_table(report))
        return report.exit_code

    try:
        rules = rules_named(tuple(rule)) if rule else RULES
    except UnknownRule as unknown:
        err.print(str(unknown), markup=False)
        raise typer.Exit(2) from None
    with faults_told():
        raise typer.Exit(with_owner(settings, run))


def deadlines(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Work out anew when open cases are due, after targets, calendars or local days have changed."""
    settings = Settings()

    async def run(db: Database) -> None:
        casework = await casework_for(db, settings)
        renewed = await renew_deadlines(db, timekeeper=casework.timekeeper, dry_run=dry_run)
        out.print(f"{renewed.looked_at} open cases looked at, {renewed.changed} changed.")

    with faults_told():
        with_owner(settings, run)


@journal.command("verify")
def verify_journal(
    reference: Annotated[str | None, typer.Argument(help="One case only.")] = None,
    seal: Annotated[str | None, typer.Option(help="The hash of a seal that was written down elsewhere.")] = None,
) -> None:
    """Verify every link of the hash chain and every seal. Exit code 1 when one does not hold."""
    verdict = with_owner(Settings(), lambda db: verify.verify(db, reference, noted_seal=seal))
    for line in verdict.lines():
        out.print(line, markup=False)
    raise typer.Exit(verdict.exit_code)


@journal.command("export")
def export_journal(
    reference: Annotated[str | None, typer.Argument(help="One case only; all when not given.")] = None,
) -> None:
    """Print the journal as JSON lines, for an auditor to verify without this database."""

    async def run(db: Database) -> None:
        async for line in export.export(db, reference):
            print(line)

    with_owner(Settings(), run)


@journal.command("verify-file")
def verify_file(path: Path) -> None:
    """Verify what `adapt journal export` printed; needs no database."""
    raise typer.Exit(offline.main([str(path)]))


@journal.command("project")
def project(reference: str) -> None:
    """Set a case's row, and what it has put into its home, right from its journal."""
    settings = Settings()

    async def run(db: Database) -> None:
        casework = await casework_for(db, settings)
        async with db.transaction() as session:
            done = await project_anew(session, reference, timekeeper=casework.timekeeper)
            await keep_home(session, await find(session, reference), timekeeper=casework.timekeeper)
        out.print(f"{done.reference}: {', '.join(done.columns) or 'nothing'} set right.", markup=False)

    with_owner(settings, run)


@database.command("dump")
def dump_database(target: Path) -> None:
    """Write everything as of one moment into a new file."""
    try:
        with owner_url(Settings()) as url:
            done = dump(url, target)
    except BackupError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None
    out.print(f"{done.path}: {done.size:,} bytes, {done.tables} tables.", markup=False)


@database.command("restore")
def restore_database(source: Path) -> None:
    """Load a dump in place of the database; what was there is kept beside it."""
    try:
        with owner_url(Settings()) as url:
            done = restore(url, source, now=SystemClock().now())
    except BackupError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None
    kept = f" What was there before is kept as {done.kept}." if done.kept else ""
    out.print(f"{done.tables} tables restored.{kept}", markup=False)
