"""How long reports take beside a bare sequential scan of the journal, in the same run, and how that grows.

Each report is asked as the service asks it: in a read-only snapshot, as the application's role, by somebody who sees
all cases, so that row-level security and the planner's settings count.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.edge.doors import enter
from app.kernel.clock import SystemClock
from app.kernel.database import Database, Session, app_engine
from app.main import build_casework, read_pathways
from app.reports import answers
from app.reports.catalogue import REPORTS
from app.reports.dashboard import show_dashboard
from app.reports.filters import MeasureFigures
from app.reports.periods import find
from app.reports.routes_of_reports import QUERIES
from app.settings import Settings
from benchmarks.world import World

_SCAN = text("SELECT count(details), sum(sequence) FROM case_events")
_SERIAL = text(
    "SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('enable_indexscan', 'off', true),"
    " set_config('enable_indexonlyscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"
)
RUNS = 3
MEASURES = (
    "end-to-end", "first-contact-to-assessment", "recommendation-to-decision", "approval-to-works", "stage-works",
    "waiting", "requests", "cost-by-source",
)  # fmt: skip
VIEWS = ("distribution", "flow", "ageing", "estimate", "compare")


@dataclass(frozen=True)
class Timed:
    """A report's seconds, the best of some runs, beside those of the scan."""

    name: str
    seconds: float
    scan: float

    @property
    def ratio(self) -> float:
        """How many bare scans the report costs."""
        return self.seconds / self.scan


def measure(here: World) -> list[Timed]:
    """Time every report on this world."""
    return asyncio.run(_measure(here))


async def _measure(here: World) -> list[Timed]:
    settings = Settings()
    db = Database(app_engine(here.url, pool_size=2))
    try:
        calendars, pathways = read_pathways(settings)
        async with db.transaction() as session:
            casework = await build_casework(session, settings, pathways, calendars)
        keeper, now = casework.timekeeper, SystemClock().now()
        token = f"Bearer {here.cast['service_manager'].token}"

        async def timed(work: Callable[[Session, Any], Awaitable[Any]]) -> float:
            best = float("inf")
            for _ in range(RUNS):
                async with db.snapshot() as session:
                    actor = await enter(session, token, scope="read")
                    began = time.perf_counter()
                    await work(session, actor)
                    best = min(best, time.perf_counter() - began)
            return best

        async def scan(session: Session, _actor: Any) -> None:
            await session.execute(_SERIAL)
            await session.execute(_SCAN)

        bare = await timed(scan)
        found = [Timed("a bare scan of the journal", bare, bare)]
        asked: list[tuple[str, str, dict[str, Any]]] = [(key, key, {}) for key in MEASURES]
        asked += [(f"end-to-end by {by}", "end-to-end", {"by": by}) for by in ("tenure", "priority", "month")]
        asked += [(f"end-to-end, {view}", "end-to-end", {"view": view, "by": "tenure"}) for view in VIEWS]
        asked += [("end-to-end, as known on a day", "end-to-end", {"as_known_on": "2026-03-31"})]
        for name, key, query in asked:
            wanted = MeasureFigures.model_validate(query)

            async def work(session: Session, actor: Any, key: str = key, wanted: MeasureFigures = wanted) -> None:
                await answers.answer_measure(session, actor, key, wanted, keeper=keeper, now=now, base="/")

            found.append(Timed(name, await timed(work), bare))
            print(f"  {name}: {found[-1].seconds:.2f} s, {found[-1].ratio:.2f} scans", flush=True)
        for key, report in REPORTS.items():

            async def by_hand(session: Session, actor: Any, key: str = key, report: Any = report) -> None:
                wanted = QUERIES[key][0]()
                await answers.answer_report(session, actor, report, wanted, keeper=keeper, now=now, base="/")

            found.append(Timed(key, await timed(by_hand), bare))
            print(f"  {key}: {found[-1].seconds:.2f} s, {found[-1].ratio:.2f} scans", flush=True)
        year = find("", keeper.day(now))
        assert year is not None

        async def dashboard(session: Session, actor: Any) -> None:
            await show_dashboard(session, actor, year, {}, keeper=keeper, now=now, base="/")

        found.append(Timed("dashboard", await timed(dashboard), bare))
        print(f"  dashboard: {found[-1].seconds:.2f} s, {found[-1].ratio:.2f} scans", flush=True)
        return found
    finally:
        await db.close()


def compare(here: World, grow: Callable[[str, int], None], sizes: tuple[int, ...]) -> None:
    """Time every report at each size and print them side by side."""
    columns: list[list[Timed]] = []
    made = 0
    for size in sizes:
        grow(here.url, size - made)
        made = size
        print(f"reports at {size:,} cases", flush=True)
        columns.append(measure(here))
    print(f"| report | {' | '.join(f'{size:,} cases' for size in sizes)} |")
    for row in zip(*columns, strict=True):
        print(f"| {row[0].name} | {' | '.join(f'{one.seconds:.2f} s, {one.ratio:.2f} scans' for one in row)} |")
