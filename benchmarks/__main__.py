"""`make bench`: every figure of benchmarks/README.md, in one run on one database.

Absolute figures are this machine's today; the ratios are what is compared.
"""

import argparse
from collections.abc import Sequence

from benchmarks import counter, imports, moves, pages, reports
from benchmarks.million import add_journals
from benchmarks.servers import Load, Served, service, wrk
from benchmarks.world import World, add_cases, world

FEW, MANY = 1_000, 100_000
MOVED = 12_000
"""Cases that the moves need: each load moves cases that no other has moved."""
REPORTED = (10_000, 100_000, 1_000_000)
WORKLIST_READERS = ("housing_officer", "service_manager")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=15, help="how long each load lasts")
    parser.add_argument("--import-rows", type=int, default=10_000)
    parser.add_argument("--reports", type=int, nargs="*", help="only reports, at these numbers of cases, growing")
    parser.add_argument("--kept", action="store_true", help="of reports only those that are told from what is kept")
    options = parser.parse_args()
    if options.reports is not None:
        _reports(options.reports or REPORTED, kept=options.kept)
        return
    with world(FEW) as here:
        with service(here.url, workers=1) as served:
            few = {who: _worklist(served.base, here.cast[who].token, options.seconds) for who in WORKLIST_READERS}
        add_cases(here.url, MOVED)
        _moves(here, options.seconds)
        add_cases(here.url, MANY - FEW - MOVED)
        with service(here.url, workers=1) as served:
            for who in WORKLIST_READERS:
                many = _worklist(served.base, here.cast[who].token, options.seconds)
                _tell(f"worklist at {FEW:,} cases, {who}", few[who])
                _tell(f"worklist at {MANY:,} cases, {who}", many)
                print(f"ratio of p95, {who}: {many.p95_ms / few[who].p95_ms:.2f}  (under 1.5)")
            _pages(here, served, options.seconds)
            _counter(here, served)
        imports.measure(here, rows=options.import_rows)
    _reports(REPORTED[:1], kept=False)


def _reports(sizes: Sequence[int], *, kept: bool) -> None:
    with world(1) as here:
        reports.compare(here, add_journals, sizes, kept=kept)


def _moves(here: World, seconds: int) -> None:
    with service(here.url, workers=1) as served:
        moves.over_http(here, served, clients=4, seconds=3)
        one = moves.over_http(here, served, clients=4, seconds=seconds)
        _tell("moves over HTTP, 4 clients, 1 worker", one)
        print(f"memory after the storm, 1 worker: {served.memory_mb()} MB")
    bare = moves.bare(here, clients=4, seconds=seconds)
    print(f"pgbench, the same statements, 4 clients: {bare:,.0f} a second")
    print(f"ratio of moves over HTTP to pgbench: {one.per_second / bare:.3f}  (reach 0.10, aim 0.25)")
    with service(here.url, workers=2) as served:
        moves.over_http(here, served, clients=4, seconds=3)
        two = moves.over_http(here, served, clients=8, seconds=seconds)
        _tell("moves over HTTP, 8 clients, 2 workers", two)
        print(f"ratio with 2 workers: {two.per_second / bare:.3f}")
        print(f"memory after the storm, supervisor and 2 workers: {served.memory_mb()} MB")


def _pages(here: World, served: Served, seconds: int) -> None:
    for compared in pages.measure(here, served, seconds=seconds):
        _tell(f"{compared.name} page at {MANY:,} cases", compared.page)
        for name, call in compared.calls.items():
            _tell(f"  {name} at {MANY:,} cases", call)
        print(f"ratio of p95, {compared.name} page to its calls one after another: {compared.ratio:.2f}")


def _counter(here: World, served: Served) -> None:
    one = counter.measure(here, served)
    print(
        f"direct access at {MANY:,} cases, from the empty page to approved, by keyboard: {one.seconds:.1f} s,"
        f" {one.fields} fields (at most 12), {one.presses} keys",
        flush=True,
    )


def _worklist(base: str, token: str, seconds: int) -> Load:
    return wrk("worklist.lua", base, connections=2, seconds=seconds, arguments=[token])


def _tell(what: str, load: Load) -> None:
    print(
        f"{what}: {load.per_second:,.0f} a second, p50 {load.p50_ms:.1f} ms, p95 {load.p95_ms:.1f} ms,"
        f" p99 {load.p99_ms:.1f} ms, {load.requests:,} answers, {load.refused} refused",
        flush=True,
    )


if __name__ == "__main__":
    main()
