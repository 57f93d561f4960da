"""Everything the worker does by itself, put together from the features: the one list of jobs."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from typing import Any, Final

from app.cases.actions.renew_deadlines import renew_deadlines
from app.cases.casework import Casework
from app.checks.findings import Severity
from app.checks.keeping import keep
from app.checks.run import run_checks
from app.checks.seals import seal
from app.documents.actions.withdraw_document import ERASE
from app.documents.keeping import erase_withdrawn, sweep
from app.documents.store import DocumentStore, open_store
from app.kernel.clock import SystemClock
from app.kernel.database import Session
from app.main import build_casework
from app.notifications.jobs import Job, Work
from app.notifications.passwords import send_reset_link, tell_of_new_password
from app.notifications.prune import prune
from app.notifications.reminders import remind_of_holds
from app.notifications.worker import FINISH_WITHIN, run_worker
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.people.actions.reset_password import SEND, TELL
from app.reports.runner import Surroundings
from app.reports.summary import refresh, summaries
from app.settings import Settings


async def _seal(work: Work) -> dict[str, Any]:
    made = await seal(work.db)
    # In the log the newest seal is outside the database: who rewrites the journal cannot rewrite that.
    return {"seals": len(made), "seal": made[-1].hash.hex() if made else None}


async def _check(work: Work) -> dict[str, Any]:
    report = await run_checks(work.db, casework=work.casework, clock=work.clock)
    run_id = await keep(work.db, report)
    return {"run": run_id, "errors": report.total(Severity.ERROR), "warnings": report.total(Severity.WARNING)}


async def _renew(work: Work) -> dict[str, Any]:
    renewed = await renew_deadlines(work.db, timekeeper=work.casework.timekeeper)
    return {"looked_at": renewed.looked_at, "changed": renewed.changed}


async def _erase_documents(work: Work) -> dict[str, Any]:
    return {"erased": await erase_withdrawn(work.db, await _store(work))}


async def _sweep_documents(work: Work) -> dict[str, Any]:
    return asdict(await sweep(work.db, await _store(work), now=work.now))


async def _store(work: Work) -> DocumentStore:
    async with work.db.transaction() as session:
        return await open_store(session, work.settings)


async def _keep_units(work: Work) -> dict[str, Any]:
    keeper = work.casework.timekeeper
    known = Surroundings.of(keeper, keeper.day(work.now)).values()
    kept = summaries(keeper.pathways.measures.newest())
    return {one.name: await refresh(work.db, one, known) for one in kept}


JOBS: Final = (
    Job(key="keep_report_units", title="Keep what dashboards count", cron="*/5 * * * *", run=_keep_units),
    Job(key="seal_journal", title="Seal the journal", cron="0 1 * * *", run=_seal),
    Job(key="renew_deadlines", title="Work out anew what is due when", cron="10 1 * * *", run=_renew),
    Job(key="check_integrity", title="Check that the data hold together", cron="30 1 * * *", run=_check),
    Job(key=ERASE, title="Erase documents that were withdrawn", cron="0 2 * * *", run=_erase_documents),
    Job(key="sweep_documents", title="Compare documents with their store", cron="20 2 * * *", run=_sweep_documents),
    Job(key="prune", title="Throw away what has served its purpose", cron="0 3 * * *", run=prune),
    Job(key="remind_of_holds", title="Remind of holds to review", cron="0 5 * * *", run=remind_of_holds),
)
"""Times are UTC: at night, the reminders before people start; what dashboards count every five minutes."""


ASKED_FOR: Final = (
    Job(key=SEND, title="Send a link for a new password", run=send_reset_link),
    Job(key=TELL, title="Tell of a new password", run=tell_of_new_password),
)
"""Jobs that run when somebody has put them in."""


async def work(url: str, settings: Settings, *, wait: bool = True, beside: bool = False) -> None:
    """Run a worker as the schema's owner (`url`) until it is told to stop. Raises PathwayFaults.

    `beside` the service of `adapt run` it puts nothing in by the clock, and is stopped by cancelling it.
    """
    calendars = load_calendars(settings.pathways_dir / "calendars")
    pathways = load_pathways(settings.pathways_dir, calendars)

    async def surroundings(session: Session) -> Casework:
        return await build_casework(session, settings, pathways, calendars)

    jobs = (*(replace(job, cron=None) if beside else job for job in JOBS), *ASKED_FOR)
    await run_worker(
        url, jobs, surroundings=surroundings, clock=SystemClock(), settings=settings, wait=wait, signals=not beside
    )


@contextmanager
def working_beside(url: str, settings: Settings) -> Iterator[None]:
    """A worker in a thread of this process, for the length of a `with`."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(work(url, settings, beside=True))

    def run() -> None:
        with suppress(asyncio.CancelledError), closing(loop):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        # It may have ended by itself: the database went away before the service did.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(task.cancel)
        thread.join(FINISH_WITHIN + 5)
