"""Extracts for tests of the database and HTTP side of the import: a generated one whose truth is known, and helpers."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx
import xlsxwriter
from sqlalchemy import text

from app.imports.columns import Column
from tests.support.cast import Player
from tests.support.service import API, Service

MANAGER = "service_manager"
FACTS = text(
    """
    SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(*) FROM case_events) AS events,
           (SELECT count(*) FROM people) AS people, (SELECT count(*) FROM homes) AS homes,
           (SELECT count(*) FROM holds) AS holds, (SELECT count(*) FROM organisations) AS organisations,
           (SELECT count(*) FROM import_rows) AS import_rows
    """
)
_SOURCES = count(1)
_CHAIN = (
    "First contact", "Received", "Screened", "Assessed", "Recommended", "Approved", "Ordered", "Works started",
    "Works completed", "Checked", "Closed",
)  # fmt: skip
ORDINARY: Mapping[str, str] = {
    "Source reference": "GLEN-1",
    "Organisation": "Clydeview Housing Association",
    "Person name": "Davina Dummie",
    "Tenure": "HA tenant",
    "Tier": "moderate",
    "Adaptations": "level access shower",
    "First contact": "03/02/2025",
    "Screened": "05/02/2025",
    "Works completed": "09/06/2025",
}


def a_source() -> str:
    """A source that no other test has."""
    return f"sheet {next(_SOURCES)}"


def a_row(**changes: str) -> dict[str, str]:
    """An ordinary row with some cells changed: `a_row(tenure="n/k", hold_from="1 Mar 2025")`."""
    return {**ORDINARY, **{Column[name.upper()]: value for name, value in changes.items()}}


def sheet(*rows: Mapping[str, str], header: Iterable[str] = ()) -> bytes:
    """Rows as a CSV in UTF-8, with every column that any row has."""
    names = list(header) or list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def workbook(path: Path, rows: Iterable[Mapping[str, str]]) -> bytes:
    """The same as an Excel workbook, days as Excel's own."""
    listed = list(rows)
    with xlsxwriter.Workbook(path) as book:
        shown_as_day = book.add_format({"num_format": "dd/mm/yyyy"})
        page = book.add_worksheet()
        page.write_row(0, 0, list(listed[0]))
        for number, row in enumerate(listed, start=1):
            for place, cell in enumerate(row.values()):
                if cell.count("/") == 2 and cell.replace("/", "").isdigit():
                    page.write_datetime(number, place, datetime.strptime(cell, "%d/%m/%Y"), shown_as_day)
                else:
                    page.write_string(number, place, cell)
    return path.read_bytes()


def generated(rows: int, seed: int = 7) -> tuple[bytes, list[tuple[str, str, date, date]]]:
    """A clean extract, and (tenure, tier, first contact, works completed) of each case that was completed."""
    random = Random(seed)
    made, truth = [], []
    tenures = {"owner_occupier": "Owner occ.", "rsl_tenant": "HA tenant", "council_tenant": "council"}
    tiers = {"direct_access": "Tier 1", "non_complex": "Tier 2", "moderate": "tier 3", "complex": "Complex"}
    for number in range(rows):
        tenure, tier = random.choice(list(tenures)), random.choice(list(tiers))
        day = date(2024, 4, 1) + timedelta(days=random.randrange(300))
        days = {}
        for milestone in _CHAIN[: random.choice([3, 6, 11, 11, 11])]:
            days[milestone] = day
            day += timedelta(days=random.choice([0, 1, 3, 9]))
        row = {
            "Source reference": f"GEN-{number:06}",
            "Organisation": random.choice(["Clydeview Housing Association", "Elsewhere Council", "New Care & Repair"]),
            "Person name": f"{random.choice(['Davina', 'Ross', 'Nkechi'])} Dummie",
            "Address": f"{number} Sample Street",
            "Tenure": tenures[tenure],
            "Tier": tiers[tier],
            "Adaptations": random.choice(["lever taps", "stairlift", "over-bath shower; grab rails"]),
            **{name: f"{day:%d/%m/%Y}" for name, day in days.items()},
        }
        if "Assessed" in days and random.random() < 0.3:
            held = days["Assessed"]
            row |= {"Hold from": f"{held:%d/%m/%Y}", "Hold to": f"{days['Recommended']:%d/%m/%Y}"}
            row["Hold reason"] = random.choice(["hospital", "contractor delay"])
        made.append(row)
        if "Works completed" in days:
            truth.append((tenure, tier, days["First contact"], days["Works completed"]))
    names = [*ORDINARY, "Address", *_CHAIN, "Hold from", "Hold to", "Hold reason"]
    return sheet(*made, header=dict.fromkeys(names)), truth


async def send(
    service: Service,
    content: bytes,
    *,
    source: str,
    who: Player | str = MANAGER,
    dry_run: bool | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """POST an extract as somebody."""
    player = service.cast[who] if isinstance(who, str) else who
    data: dict[str, Any] = {"source": source}
    if dry_run is not None:
        data["dry_run"] = str(dry_run).lower()
    return await service.http.post(
        f"{API}/imports",
        files={"file": ("extract", content)},
        data=data,
        headers=player.headers | dict(headers or {}),
        timeout=300,
    )


async def imported(service: Service, content: bytes, **asked: Any) -> dict[str, Any]:
    """The report of an import that must not be refused."""
    response = await send(service, content, **asked)
    assert response.status_code == 201, response.text
    report: dict[str, Any] = response.json()
    counts = [report[name] for name in ("accepted", "unchanged", "conflict", "rejected")]
    assert sum(counts) == report["rows"]
    return report


async def facts(service: Service) -> dict[str, int]:
    """How much there is of everything that an import writes beside its report."""
    async with service.owner.transaction() as session:
        return dict((await session.execute(FACTS)).one()._mapping)
