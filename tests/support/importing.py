"""Import a file in a process of its own, which a test can watch and kill: `python -m tests.support.importing`.

Each line that it prints is a count of rows done and the most memory used so far, in kilobytes.
"""

import asyncio
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.edge.doors import enter_as
from app.imports.actions.run_import import RunImport, run_import
from app.imports.extracts import open_extract
from app.kernel.database import Database, app_engine
from app.main import build_casework
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.settings import Settings


async def main(url: str, path: Path, source: str, user_id: int) -> None:
    """Import as the application's role, as the server would."""
    settings = Settings()
    calendars = load_calendars(settings.pathways_dir / "calendars")
    pathways = load_pathways(settings.pathways_dir, calendars)
    db = Database(app_engine(url))
    try:
        async with db.transaction() as session:
            casework = await build_casework(session, settings, pathways, calendars)
            actor = await enter_as(session, user_id)
            command = RunImport(extract=open_extract(path), source=source)
            now = datetime.now(UTC)  # noqa: TID251 # the edge of this program
            await run_import(session, actor, command, casework=casework, now=now, progress=_tell)
    finally:
        await db.close()


def _tell(rows: int) -> None:
    sys.stdout.write(f"{rows} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
