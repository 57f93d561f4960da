"""`adapt worker`: takes jobs from the queue in PostgreSQL, by the clock or as they come, until it is told to stop.

SIGTERM or Ctrl-C: no further job is taken, the running ones are finished. A job whose worker was killed is found by its
silence and run again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from sqlalchemy.engine import make_url

from app.cases.casework import Casework
from app.kernel.clock import Clock
from app.kernel.database import Database, Session, owner_engine
from app.notifications.jobs import Job, Work
from app.settings import Settings

Surroundings = Callable[[Session], Awaitable[Casework]]
"""Puts casework together anew for each job: local days may have changed since the worker started."""

LATEST: Final = 24 * 60 * 60
"""Seconds: what should have run while no worker did is made up for within this time."""
FINISH_WITHIN: Final = 25
"""Seconds that running jobs have to finish once the worker is told to stop; containers are killed after 30."""
RETRY: Final = RetryStrategy(max_attempts=3, exponential_wait=30)
RESCUE: Final = "*/5 * * * *"

_log = structlog.get_logger("adapt.worker")


async def run_worker(
    url: str,
    jobs: Sequence[Job],
    *,
    surroundings: Surroundings,
    clock: Clock,
    settings: Settings | None = None,
    wait: bool = True,
    signals: bool = True,
) -> None:
    """Work as the schema's owner until told to stop; without `wait`, until the queue is empty.

    Without `signals` the process's signals are somebody else's, and cancelling is what stops it.
    """
    connector = PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4)
    app = App(connector=connector, periodic_defaults={"max_delay": LATEST})
    db = Database(owner_engine(url, pool_size=3))
    common = Common(db, clock, settings or Settings())
    for job in jobs:
        _register(app, job, common, surroundings)
    _register_rescue(app)
    try:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=2,
                wait=wait,
                shutdown_graceful_timeout=FINISH_WITHIN,
                install_signal_handlers=wait and signals,
            )
    finally:
        await db.close()


def conninfo(url: str) -> str:
    """The address as the driver itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Common:
    """What every job is given."""

    db: Database
    clock: Clock
    settings: Settings


def _register(app: App, job: Job, common: Common, surroundings: Surroundings) -> None:
    async def run(timestamp: int | None = None, **args: Any) -> None:
        del timestamp  # when the clock put it in; a job asks for the time itself
        async with common.db.transaction() as session:
            casework = await surroundings(session)
        work = Work(db=common.db, casework=casework, clock=common.clock, args=args, settings=common.settings)
        numbers = await job.run(work)
        _log.info("job done", job=job.key, **numbers)

    task = app.task(name=job.key, retry=RETRY)(run)
    if job.cron is not None:
        app.periodic_registry.register_task(task, job.cron, "", {"queueing_lock": job.key})


def _register_rescue(app: App) -> None:
    """Run the jobs of workers that died again. Without this they would seem to be running for ever.

    One rescue after another: two at once would each bring the same job back, and it would run twice.
    """

    @app.periodic(cron=RESCUE, queueing_lock="rescue", lock="rescue")
    @app.task(name="rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        del timestamp
        for job in await context.app.job_manager.get_stalled_jobs():
            _log.warning("job of a dead worker is run again", job=job.task_name)
            await context.app.job_manager.retry_job(job)
