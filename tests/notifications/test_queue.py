"""A job is there exactly when the work that caused it is; the worker does it, and stops when it is told to."""

import asyncio
import signal
import sys
from importlib.metadata import version
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.actions.record import Record, record
from app.cases.casework import Casework
from app.commands.nightly import JOBS, work
from app.edge.doors import enter_as
from app.kernel.clock import SystemClock
from app.kernel.database import Session, sqlstate
from app.kernel.jobs import defer
from app.notifications.jobs import Job, Work
from app.notifications.worker import run_worker
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database


async def _waiting(service: Service) -> list[tuple[str, dict[str, Any]]]:
    """What waits, but for what the worker's own clock puts in whenever it starts."""
    async with service.owner.transaction() as session:
        statement = (
            "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND task_name <> 'rescue' ORDER BY id"
        )
        return [(row.task_name, row.args) for row in await session.execute(text(statement))]


async def _work(service: Service, *jobs: Job) -> None:
    async def surroundings(session: Session) -> Casework:
        del session
        casework: Casework = service.app.state.casework
        return casework

    await run_worker(service.url, jobs, surroundings=surroundings, clock=SystemClock(), wait=False)


async def test_a_job_and_the_event_that_causes_it_are_there_together_or_not_at_all(fresh_service: Service) -> None:
    case = await walked(fresh_service, tier="moderate")
    officer = fresh_service.cast["housing_officer"].id

    async def note_and_defer() -> None:
        async with fresh_service.app.state.db.transaction() as session:
            actor = await enter_as(session, officer)
            command = Record(reference=case.reference, kind="note_added", details={"note": "Called back."})
            await record(session, actor, command, casework=fresh_service.app.state.casework)
            assert await defer(session, "tell", reference=case.reference) is not None
            if undo:
                raise InterruptedError

    undo = True
    with pytest.raises(InterruptedError):
        await note_and_defer()
    assert await _waiting(fresh_service) == []
    assert (await case.case())["sequence"] == case.sequence
    undo = False
    await note_and_defer()
    assert await _waiting(fresh_service) == [("tell", {"reference": case.reference})]
    assert (await case.case())["sequence"] == case.sequence + 1


async def test_a_job_that_still_waits_is_not_put_in_a_second_time(fresh_service: Service) -> None:
    async with fresh_service.app.state.db.transaction() as session:
        assert await defer(session, "tell", once="tell-all") is not None
        assert await defer(session, "tell", once="tell-all") is None
        assert await defer(session, "tell") is not None
    assert len(await _waiting(fresh_service)) == 2


async def test_the_application_itself_cannot_look_into_the_queue_or_change_it(fresh_service: Service) -> None:
    for statement in ("SELECT * FROM procrastinate_jobs", "DELETE FROM procrastinate_jobs"):
        with pytest.raises(Exception, match="permission denied") as refused:
            async with fresh_service.app.state.db.transaction() as session:
                await session.execute(text(statement))
        assert sqlstate(refused.value) == "42501"


async def test_the_worker_does_what_was_put_in_with_its_arguments(fresh_service: Service) -> None:
    done: list[dict[str, Any]] = []

    async def tell(work: Work) -> dict[str, Any]:
        done.append(dict(work.args))
        return {"told": 1}

    async with fresh_service.owner.transaction() as session:
        await defer(session, "tell", reference="HS-000001-A", times=3)
    await _work(fresh_service, Job(key="tell", title="Tell", run=tell))
    assert done == [{"reference": "HS-000001-A", "times": 3}]
    assert await _waiting(fresh_service) == []


async def test_a_job_that_fails_is_kept_to_be_tried_again_later(fresh_service: Service) -> None:
    async def fail(work: Work) -> dict[str, Any]:
        raise ConnectionError(work.args)

    async with fresh_service.owner.transaction() as session:
        await defer(session, "fail")
    await _work(fresh_service, Job(key="fail", title="Fail", run=fail))
    async with fresh_service.owner.transaction() as session:
        row = (
            await session.execute(
                text("SELECT attempts, scheduled_at > now() AS later FROM procrastinate_jobs WHERE task_name = 'fail'")
            )
        ).one()
    assert (row.attempts, row.later) == (1, True)


async def test_the_job_of_a_worker_that_died_is_run_again(fresh_service: Service) -> None:
    async with fresh_service.owner.transaction() as session:
        await defer(session, "tell")
        await session.execute(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        )
        await session.execute(
            text("SELECT procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))")
        )
        await defer(session, "rescue", once="rescue", timestamp=0)
        # As the worker's own clock puts it in, which may do so at this very moment.
        await session.execute(text("UPDATE procrastinate_jobs SET lock = 'rescue' WHERE task_name = 'rescue'"))
    assert await _waiting(fresh_service) == []
    done: list[Work] = []

    async def tell(work: Work) -> dict[str, Any]:
        done.append(work)
        return {}

    # A worker that looked for work just before the rescue ends without having seen what it brought back.
    await _work(fresh_service, Job(key="tell", title="Tell", run=tell))
    await _work(fresh_service, Job(key="tell", title="Tell", run=tell))
    assert len(done) == 1


async def test_jobs_of_dead_workers_are_brought_back_by_one_worker_at_a_time(fresh_service: Service) -> None:
    await _work(fresh_service)
    async with fresh_service.owner.transaction() as session:
        locks = await session.scalars(text("SELECT lock FROM procrastinate_jobs WHERE task_name = 'rescue'"))
        assert set(locks) == {"rescue"}


async def test_every_nightly_job_runs_on_a_database_in_good_order(fresh_service: Service) -> None:
    await walked(fresh_service, "screen", tier="moderate")
    async with fresh_service.owner.transaction() as session:
        for job in JOBS:
            await defer(session, job.key)
    await work(fresh_service.url, fresh_service.app.state.settings, wait=False)
    async with fresh_service.owner.transaction() as session:
        statement = text("SELECT task_name FROM procrastinate_jobs WHERE status = 'succeeded'")
        assert {job.key for job in JOBS} <= set(await session.scalars(statement))
        assert await session.scalar(text("SELECT events FROM journal_seals")) == 2
        assert await session.scalar(text("SELECT errors FROM check_runs ORDER BY id DESC LIMIT 1")) == 0


_WORKER = """
import asyncio, logging, sys
from app.kernel.clock import SystemClock
from app.notifications.jobs import Job
from app.notifications.worker import run_worker

async def slow(work):
    print("working", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    return {}

async def surroundings(session):
    return None

# The library says when it has heard the signal.
logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.WARNING)
logging.getLogger("procrastinate.worker").setLevel(logging.INFO)
jobs = [Job(key="slow", title="Slow", run=slow)]
asyncio.run(run_worker(sys.argv[1], jobs, surroundings=surroundings, clock=SystemClock()))
print("stopped", flush=True)
"""


async def test_a_worker_that_is_told_to_stop_finishes_what_it_does_and_takes_no_more(fresh_service: Service) -> None:
    async with fresh_service.owner.transaction() as session:
        await defer(session, "slow")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WORKER, fresh_service.url, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdin is not None

    async def said(word: bytes) -> None:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            while word not in (line := await process.stdout.readline()):
                assert line, f"The worker ended before it said {word!r}."

    await said(b"working")
    process.send_signal(signal.SIGTERM)
    await said(b"Stop requested")
    async with fresh_service.owner.transaction() as session:
        await defer(session, "slow")
    process.stdin.write(b"\n")
    out, _ = await asyncio.wait_for(process.communicate(), timeout=20)
    assert (out.decode().splitlines()[-1], process.returncode) == ("stopped", 0)
    async with fresh_service.owner.transaction() as session:
        jobs = (
            await session.scalars(
                text("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'slow' ORDER BY id")
            )
        ).all()
        workers = await session.scalar(text("SELECT count(*) FROM procrastinate_workers"))
    assert list(jobs) == ["succeeded", "todo"]
    assert workers == 0


async def test_the_queues_schema_is_that_of_the_installed_library(fresh_service: Service) -> None:
    async with fresh_service.owner.transaction() as session:
        applied = await session.scalar(text("SELECT obj_description('procrastinate_jobs'::regclass)"))
    # When this fails: write a migration that applies the library's own migrations since the version in the comment.
    assert applied == "procrastinate 3.10.0"
    assert version("procrastinate") == "3.10.0"


def test_jobs_have_names_of_their_own_and_run_at_times_of_their_own() -> None:
    assert len({job.key for job in JOBS}) == len(JOBS)
    assert len({job.cron for job in JOBS}) == len(JOBS)
