"""How long reports take beside a bare sequential scan of the journal, in the same run, and how that grows.

Each report is asked as the service asks it: in a read-only snapshot, as the application's role, by somebody who sees
all cases, so that row-level security and the planner's settings count.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.cases.timekeeping import Timekeeper
from app.edge.doors import enter
from app.kernel.clock import SystemClock
from app.kernel.database import Database, Session, app_engine, owner_engine
from app.main import build_casework, read_pathways
from app.reports import answers
from app.reports.catalogue import REPORTS
from app.reports.dashboard import show_dashboard
from app.reports.filters import MeasureFigures
from app.reports.periods import find
from app.reports.routes_of_reports import QUERIES
from app.reports.runner import Surroundings
from app.reports.summary import refresh, summaries
from app.settings import Settings
from benchmarks.world import World, vacuum

_SCAN = text("SELECT count(details), sum(sequence) FROM case_events")
_SERIAL = text(
    "SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('enable_indexscan', 'off', true),"
    " set_config('enable_indexonlyscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"
)
RUNS, MANY = 3, 100_000
MEASURES = (
    "end-to-end", "first-contact-to-assessment", "recommendation-to-decision", "approval-to-works", "stage-works",
    "waiting", "requests", "cost-by-source",
)  # fmt: skip
KEPT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("end-to-end", {}), ("end-to-end", {"by": "tenure"}), ("end-to-end", {"by": "priority"}), ("stage-works", {}),
)  # fmt: skip
"""What is asked again once units are kept: by tenure it is told from what they add up to, by priority from units."""
Ask = Callable[[Session, Any], Awaitable[None]]
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


def measure(here: World, runs: int = RUNS, *, kept: bool = False) -> list[Timed]:
    """Time every report on this world: from the journal (unless only what is `kept`), then from what is kept."""
    return asyncio.run(_measure(here, runs, kept=kept))


async def _kept(here: World, keeper: Timekeeper, now: datetime) -> float:
    """Keep the units of summarised measures; in how many seconds."""
    owner = Database(owner_engine(here.url))
    try:
        began = time.perf_counter()
        for one in summaries(keeper.pathways.measures.newest()):
            await refresh(owner, one, Surroundings.of(keeper, keeper.day(now)).values())
        seconds = time.perf_counter() - began
        await vacuum(owner)  # as autovacuum does within a minute
        return seconds
    finally:
        await owner.close()


@dataclass(frozen=True)
class Clock:
    """Asks as the service does, and times it beside a bare scan."""

    db: Database
    token: str
    runs: int

    async def seconds(self, work: Ask) -> float:
        """The best of some runs."""
        best = float("inf")
        for _ in range(self.runs):
            async with self.db.snapshot() as session:
                actor = await enter(session, self.token, scope="read")
                began = time.perf_counter()
                await work(session, actor)
                best = min(best, time.perf_counter() - began)
        return best


async def _scan(session: Session, _actor: Any) -> None:
    await session.execute(_SERIAL)
    await session.execute(_SCAN)


def _asked(keeper: Timekeeper, now: datetime) -> Iterator[tuple[str, Ask]]:
    """Every question, each with its name."""
    asked: list[tuple[str, str, dict[str, Any]]] = [(key, key, {}) for key in MEASURES]
    asked += [(f"end-to-end by {by}", "end-to-end", {"by": by}) for by in ("tenure", "priority", "month")]
    asked += [(f"end-to-end, {view}", "end-to-end", {"view": view, "by": "tenure"}) for view in VIEWS]
    asked += [("end-to-end, as known on a day", "end-to-end", {"as_known_on": "2026-03-31"})]
    for name, key, query in asked:
        yield name, _of_measure(key, query, keeper, now)
    for key in REPORTS:
        yield key, _by_hand(key, keeper, now)


def _of_measure(key: str, query: Mapping[str, Any], keeper: Timekeeper, now: datetime) -> Ask:
    wanted = MeasureFigures.model_validate(query)

    async def ask(session: Session, actor: Any) -> None:
        await answers.answer_measure(session, actor, key, wanted, keeper=keeper, now=now, base="/")

    return ask


def _by_hand(key: str, keeper: Timekeeper, now: datetime) -> Ask:
    async def ask(session: Session, actor: Any) -> None:
        await answers.answer_report(session, actor, REPORTS[key], QUERIES[key][0](), keeper=keeper, now=now, base="/")

    return ask


def _dashboard(keeper: Timekeeper, now: datetime) -> Ask:
    year = find("", keeper.day(now))
    assert year is not None

    async def ask(session: Session, actor: Any) -> None:
        await show_dashboard(session, actor, year, {}, keeper=keeper, now=now, base="/")

    return ask


async def _measure(here: World, runs: int, *, kept: bool) -> list[Timed]:
    settings = Settings()
    db = Database(app_engine(here.url, pool_size=2))
    try:
        calendars, pathways = read_pathways(settings)
        async with db.transaction() as session:
            casework = await build_casework(session, settings, pathways, calendars)
        keeper, now = casework.timekeeper, SystemClock().now()
        clock = Clock(db, f"Bearer {here.cast['service_manager'].token}", runs)
        bare = await clock.seconds(_scan)
        found = [_told("a bare scan of the journal", bare, bare)]
        for name, ask in () if kept else _asked(keeper, now):
            found.append(_told(name, await clock.seconds(ask), bare))
        found.append(_told("keeping units and what they add up to", await _kept(here, keeper, now), bare))
        for key, query in KEPT:
            by = f" by {query['by']}" if query else ""
            seconds = await clock.seconds(_of_measure(key, query, keeper, now))
            found.append(_told(f"{key}{by}, from what is kept", seconds, bare))
        flow = await clock.seconds(_by_hand("cumulative-flow", keeper, now))
        found.append(_told("cumulative-flow, from what is kept", flow, bare))
        found.append(_told("dashboard", await clock.seconds(_dashboard(keeper, now)), bare))
        return found
    finally:
        await db.close()


def _told(name: str, seconds: float, scan: float) -> Timed:
    print(f"  {name}: {seconds:.2f} s, {seconds / scan:.2f} scans", flush=True)
    return Timed(name, seconds, scan)


def compare(here: World, grow: Callable[[str, int], None], sizes: Sequence[int], *, kept: bool) -> None:
    """Time every report at each size and print them side by side."""
    columns: list[list[Timed]] = []
    made = 0
    for size in sizes:
        grow(here.url, size - made)
        made = size
        print(f"reports at {size:,} cases", flush=True)
        columns.append(measure(here, RUNS if kept or size < MANY else 1, kept=kept))
    print(f"| report | {' | '.join(f'{size:,} cases' for size in sizes)} |")
    for row in zip(*columns, strict=True):
        print(f"| {row[0].name} | {' | '.join(f'{one.seconds:.2f} s, {one.ratio:.2f} scans' for one in row)} |")
