"""Commands about pathway data, and about the documents made from it."""

from pathlib import Path
from typing import Annotated

import typer

from app.access.documents import documents as permission_documents
from app.cases.actions.migrate_pathway import MigratePathway, migrate_pathway
from app.checks.documents import PAGE, checks_page
from app.commands.console import err, faults_told, out, with_owner
from app.commands.keeping import casework_for
from app.kernel.database import Database
from app.kernel.problems import Problem
from app.main import read_pathways
from app.pathways import commands
from app.settings import ROOT, Settings

pathway = typer.Typer(no_args_is_help=True, help="Pathways: check, draw, publish, and move cases to a new version.")

measure = typer.Typer(no_args_is_help=True, help="Measures: list them, and publish a version.")


def _tell(answer: commands.Answer) -> None:
    print(answer.text)
    raise typer.Exit(answer.code)


@pathway.command("check")
def check() -> None:
    """Check every pathway file. Exit code 2 with every fault: file, line and mend."""
    _tell(commands.check(Settings().pathways_dir))


@pathway.command("diagram")
def diagram(key: str, version: Annotated[int | None, typer.Argument()] = None, tier: str | None = None) -> None:
    """Print a pathway as a Mermaid diagram."""
    _tell(commands.draw(Settings().pathways_dir, key, version, tier))


@pathway.command("publish")
def publish(key: str, version: int) -> None:
    """Publish a version: from now on its files may not change."""
    _tell(commands.publish(Settings().pathways_dir, key, version))


@measure.command("list")
def list_measures() -> None:
    """List every measure, whether it is published, and whether it waits to be confirmed."""
    _tell(commands.list_measures(Settings().pathways_dir))


@measure.command("publish")
def publish_measure(key: str, version: int) -> None:
    """Publish a version of a measure: from now on its file may not change."""
    _tell(commands.publish_measure(Settings().pathways_dir, key, version))


@pathway.command("migrate")
def migrate(
    key: str,
    from_version: int,
    to_version: int,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only counted.")] = False,
) -> None:
    """Move running cases to the version that replaces theirs. Without --apply: a dry run that counts them."""
    settings = Settings()

    async def run(db: Database) -> int:
        casework = await casework_for(db, settings)
        command = MigratePathway(key=key, from_version=from_version, to_version=to_version)
        done = await migrate_pathway(db, command, casework=casework, apply=apply)
        for line in done.lines():
            out.print(line, markup=False)
        return done.exit_code

    try:
        with faults_told():
            raise typer.Exit(with_owner(settings, run))
    except Problem as problem:
        err.print(problem.detail, markup=False)
        raise typer.Exit(1) from None


def generated_documents(settings: Settings) -> dict[str, str]:
    """Every document that is made from code and data: path from the top of the project -> text."""
    _, pathways = read_pathways(settings)
    folder = settings.pathways_dir
    return {
        **permission_documents(pathways.all()),
        PAGE: checks_page(),
        **{f"docs/pathways/{name}": text for name, text in commands.pages(folder).items()},
        **{f"pathways/{name}": text for name, text in commands.schemas().items()},
    }


def docs(
    check_only: Annotated[bool, typer.Option("--check", help="Only say which are stale; exit code 1 if any.")] = False,
) -> None:
    """Write the documents that are made from code and data."""
    with faults_told():
        wanted = generated_documents(Settings())
    stale = [path for path, text in wanted.items() if _read(ROOT / path) != text]
    if not check_only:
        for path in stale:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(wanted[path], encoding="utf-8")
    for path in stale:
        out.print(f"{'stale' if check_only else 'written'}: {path}", markup=False)
    if not stale:
        out.print(f"All {len(wanted)} generated documents are current.")
    raise typer.Exit(1 if stale and check_only else 0)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
