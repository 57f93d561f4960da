"""Commands that look after documents."""

import typer

from app.commands.console import out, with_owner
from app.documents.keeping import unsound
from app.documents.store import open_store
from app.kernel.database import Database
from app.settings import Settings

documents = typer.Typer(no_args_is_help=True, help="Documents and photographs: whether all are there and as they were.")


@documents.callback()
def group() -> None:
    """A group, however few commands it has."""


@documents.command("verify")
def verify() -> None:
    """Read every document and compare it with its record. Exit code 1 when one is missing or has changed."""
    settings = Settings()

    async def run(db: Database) -> int:
        async with db.transaction() as session:
            store = await open_store(session, settings)
        looked_at = faults = 0
        async for fault in unsound(db, store):
            looked_at += 1
            if fault is not None:
                faults += 1
                place = f"{fault.reference}: document {fault.document_id}, version {fault.version}"
                out.print(f"{place}, {fault.what}.", markup=False)
        out.print(f"{looked_at} versions looked at in {store.place}, {faults} not as they should be.", markup=False)
        return 1 if faults else 0

    raise typer.Exit(with_owner(settings, run))
