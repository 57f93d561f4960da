"""The `adapt` command."""

import typer

from app.commands import documents, imports, keeping, partnership, pathways, people, serving
from app.commands.console import err
from app.kernel.postgres_tools import EmbeddedServerError
from app.kernel.problems import Problem
from app.pathways.loader import UnknownPathway

cli = typer.Typer(
    name="adapt",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Housing adaptations, from first contact to a home that works.",
)
cli.command("run")(serving.run)
cli.command("serve")(serving.serve)
cli.command("worker")(serving.worker)
cli.command("migrate")(keeping.migrate)
cli.command("check")(keeping.check)
cli.command("deadlines")(keeping.deadlines)
cli.command("import")(imports.import_extract)
cli.command("docs")(pathways.docs)
cli.add_typer(partnership.partnership, name="partnership")
cli.add_typer(people.token, name="token")
cli.add_typer(people.user, name="user")
cli.add_typer(people.organisation, name="organisation")
cli.add_typer(pathways.pathway, name="pathway")
cli.add_typer(pathways.measure, name="measure")
cli.add_typer(keeping.journal, name="journal")
cli.add_typer(keeping.database, name="database")
cli.add_typer(documents.documents, name="documents")


def main() -> None:
    """Run the command; what the surroundings lack is told in one sentence."""
    try:
        cli()
    except EmbeddedServerError as error:
        err.print(str(error), markup=False)
    except Problem as problem:
        err.print(problem.detail, markup=False)
    except UnknownPathway as unknown:
        err.print(f"There is no pathway {unknown.args[0]}. `adapt pathway check` lists what there is.", markup=False)
    else:
        return
    raise SystemExit(1)


if __name__ == "__main__":
    main()
