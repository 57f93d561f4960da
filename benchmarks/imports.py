"""Import rows a second beside a bare COPY of the same file into a table of text, on one database in one run."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.database import connect
from benchmarks.servers import HERE
from benchmarks.world import World

HEADER = (
    "Source reference", "Organisation", "Person name", "Date of birth", "Address", "Postcode", "Tenure", "Referred by",
    "Priority", "Tier", "Adaptations", "First contact", "Received", "Screened", "Assessed", "Recommended", "Approved",
    "Ordered", "Works started", "Works completed", "Checked", "Closed", "Outcome", "Funding source", "Cost GBP",
)  # fmt: skip
STEPS = (1, 4, 12, 3, 9, 2, 15, 4, 5, 9)


def measure(world: World, *, rows: int) -> None:
    """Import a made extract by command, COPY it, and print both rates and their ratio."""
    path = world.folder / "extract.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_rows(rows))
    bare = rows / _copy(world, path)
    started = time.perf_counter()
    environment = {**os.environ, "ADAPT_OWNER_DATABASE_URL": world.url, "ADAPT_DATABASE_URL": world.url}
    command = [sys.executable, "-m", "app", "import", str(path), "--source", "bench"]
    subprocess.run(command, check=True, env=environment, cwd=HERE.parent, capture_output=True)
    rate = rows / (time.perf_counter() - started)
    with connect(world.url) as connection:
        found = connection.execute("SELECT count(*) FROM cases WHERE source = 'bench'").fetchone()
    assert found == (rows,), f"{found} cases of {rows} rows"
    print(f"import of {rows:,} rows, 11 milestones each: {rate:,.0f} rows a second")
    print(f"bare COPY of the same file: {bare:,.0f} rows a second; ratio {rate / bare:.4f}")


def _copy(world: World, path: Path) -> float:
    """Seconds that COPY takes, the best of three."""
    best = float("inf")
    with connect(world.url) as connection:
        for _ in range(3):
            columns = ", ".join(f"c{i} text" for i in range(len(HEADER)))
            connection.execute("DROP TABLE IF EXISTS bare_copy")
            connection.execute(f"CREATE TABLE bare_copy ({columns})")
            started = time.perf_counter()
            with (
                connection.cursor() as cursor,
                cursor.copy("COPY bare_copy FROM STDIN (FORMAT csv, HEADER)") as copy,
                path.open("rb") as file,
            ):
                while piece := file.read(1 << 16):
                    copy.write(piece)
            best = min(best, time.perf_counter() - started)
        connection.execute("DROP TABLE bare_copy")
    return best


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    for i in range(count):
        days = [date(2023, 4, 3) + timedelta(days=i % 700)]
        for step in STEPS:
            days.append(days[-1] + timedelta(days=step))
        yield (
            f"BN-{i:07d}", ("Clydeview Housing Association", "Eastlaw HSCP Occupational Therapy")[i % 2],
            f"Bench Specimen {i}", f"{1 + i % 28:02d}/{1 + i % 12:02d}/{1930 + i % 60}", f"{i} Sample Road",
            f"FK{1 + i % 90} {i % 10}AB", ("HA tenant", "Council", "owner occupier")[i % 3], "carer",
            ("critical", "substantial", "moderate", "low")[i % 4], "moderate", "level access shower",
            *(f"{day:%d/%m/%Y}" for day in days), "adapted", "RSL adaptations grant", "4850",
        )  # fmt: skip
