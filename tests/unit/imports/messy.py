"""Makes a messy extract whose truth is known, since nobody can trust one answer to one file.

The truth is made first, as plain days and keys; then it is written down as many hands would write it; then some
rows are spoilt in one or two columns. Everything follows from the seed.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

NAMES = ("Davina Dummie", "Ross Placeholder", "Fatima Testcase", "Amir Mockford", "Nkechi Specimen", "Wei Sample")
ORGANISATIONS = ("Clydeview Housing Association", "Care & Repair Glenmore", "Northburn Council Housing")
TENURES = ("owner_occupier", "private_rented", "council_tenant", "rsl_tenant")
TIERS = ("direct_access", "non_complex", "moderate", "complex")
WAYS = (
    "{d:%d/%m/%Y}",
    "{d:%d/%m/%y}",
    "{d:%d-%m-%Y}",
    "{d:%Y-%m-%d}",
    "{d.day} {d:%b} {d:%Y}",
    "{d.day}/{d.month}/{d:%Y}",
)
CHAIN = (
    "First contact", "Received", "Screened", "Assessed", "Recommended", "Approved", "Ordered", "Works started",
    "Works completed", "Checked", "Closed",
)  # fmt: skip
COLUMNS = (
    "Source reference", "Organisation", "Person name", "Date of birth", "NHS or CHI", "Postcode", "Tenure", "Tier",
    "Adaptations", *CHAIN, "Outcome", "Notes",
)  # fmt: skip


@dataclass
class Truth:
    """What must come of an extract: rejected line -> columns, and (tenure, tier, first contact, completed)."""

    rows: int = 0
    rejected: dict[int, list[str]] = field(default_factory=dict)
    completed: list[tuple[str, str, date, date]] = field(default_factory=list)


@dataclass
class Row:
    """A true row, and the cells as somebody wrote them."""

    tenure: str
    tier: str
    days: dict[str, date]
    cells: dict[str, Any]
    spoilt: set[str] = field(default_factory=set)


def check_digit(nine: str) -> str | None:
    """Work out the last digit of a number; None for one that is never issued."""
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
    return {0: "0", 1: None}.get(rest, str(11 - rest))


def a_number(random: Random) -> str:
    """Invent a test number with a right check digit."""
    while True:
        nine = "9" + "".join(random.choices("0123456789", k=8))
        if last := check_digit(nine):
            return nine + last


def true_row(random: Random, number: int, words: Mapping[str, Mapping[str, Sequence[str]]]) -> Row:
    """Invent a case and write it down."""
    day = date(2024, 4, 1) + timedelta(days=random.randrange(600))
    days: dict[str, date] = {}
    for milestone in CHAIN[: random.choice([1, 3, 6, len(CHAIN), len(CHAIN), len(CHAIN)])]:
        if milestone in {"First contact", "Works completed", "Closed"} or random.random() < 0.85:
            days[milestone] = day
        day += timedelta(days=random.choice([0, 0, 1, 3, 9, 30]))
    tenure, tier = random.choice(TENURES), random.choice(TIERS)
    number_text = a_number(random) if random.random() < 0.7 else ""
    cells = {
        "Source reference": f"MESS-{number:05}",
        "Organisation": random.choice(ORGANISATIONS),
        "Person name": random.choice(NAMES),
        "Date of birth": date(1930, 1, 1) + timedelta(days=random.randrange(25_000)),
        "NHS or CHI": random.choice([number_text, f"{number_text[:3]} {number_text[3:6]} {number_text[6:]}".strip()]),
        "Postcode": random.choice(["", "ky52 4jr", "G296ZW", "  EH4 7RY "]),
        "Tenure": random.choice([str.upper, str.lower, str])(random.choice(words["tenure"][tenure])),
        "Tier": random.choice(words["tier"][tier]),
        "Adaptations": random.choice(["lever taps", "grab rails x2; key safe", "Over-bath shower + grab rail", "L/A shower;", "Stairlift (curved)"]),
        "Outcome": "adapted" if "Works completed" in days else "",
        "Notes": random.choice(["", "rings\ntwice", 'says "maybe", then no', "£5 paid"]),
        **days,
    }  # fmt: skip
    return Row(tenure, tier, days, cells)


def spoil(random: Random, row: Row, earlier: Sequence[Row]) -> None:
    """Spoil one column of a row."""
    column = random.choice(["Postcode", "NHS or CHI", "Tenure", "Tier", "Adaptations", "Person name", "Organisation",
                            "Closed", "Date of birth", "Source reference", "Screened"])  # fmt: skip
    number = a_number(random)
    row.cells[column] = {
        "Postcode": random.choice(["G1", "EH47", "12345", "not known"]),
        "NHS or CHI": random.choice([number[:-1], number[:-1] + str((int(number[-1]) + 1) % 10), "3202371234"]),
        "Tenure": random.choice(["n/k", "tied cottage??", ""]),
        "Tier": "tier 9",
        "Adaptations": random.choice(["", "moat", "lever taps; drawbridge"]),
        "Person name": "  ",
        "Organisation": "",
        "Closed": random.choice([date(2099, 4, 1), "31/02/2025", "soon", date(2020, 1, 1)]),
        "Date of birth": random.choice(["30/02/1950", "about 1950", "01/13/1950"]),
        "Source reference": random.choice(earlier).cells["Source reference"],
        "Screened": date(2023, 12, 31),
    }[column]
    row.spoilt.add(column)


def make(path: Path, seed: int, words: Mapping[str, Mapping[str, Sequence[str]]], *, size: int = 300) -> Truth:
    """Write a messy extract, a CSV or an XLSX as the seed will have it, and tell what must come of it."""
    random = Random(seed)
    rows = [true_row(random, number, words) for number in range(size)]
    for place in sorted(random.sample(range(1, size), size // 6)):
        for _ in range(random.choice([1, 1, 2])):
            spoil(random, rows[place], [row for row in rows[:place] if "Source reference" not in row.spoilt])
    header = [
        random.choice([str, str.upper, lambda name: name.replace(" ", "_"), lambda name: f" {name}"])(c)
        for c in COLUMNS
    ]
    order = random.sample(range(len(COLUMNS)), len(COLUMNS))
    lines = [line for row in rows for line in ([None, row] if random.random() < 0.05 else [row])]
    write = write_xlsx if seed % 2 else write_csv
    write(
        path,
        random,
        [header[place] for place in order],
        [[row.cells.get(COLUMNS[place], "") for place in order] if row else [] for row in lines],
    )
    truth = Truth()
    for number, row in enumerate(lines, start=2):
        if row is None:
            continue
        truth.rows += 1
        if row.spoilt:
            truth.rejected[number] = [header[place] for place in order if COLUMNS[place] in row.spoilt]
        elif "Works completed" in row.days:
            truth.completed.append((row.tenure, row.tier, row.days["First contact"], row.days["Works completed"]))
    return truth


def write_csv(path: Path, random: Random, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write as a CSV with some line ending, with or without a byte order mark."""
    text = io.StringIO(newline="")
    ending = random.choice(["\n", "\r\n", "\r"])
    # The writer quotes a line break by itself only when it is one of its own.
    writer = csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_MINIMAL if ending == "\r\n" else csv.QUOTE_ALL)
    writer.writerow(header)
    for row in rows:
        writer.writerow([random.choice(WAYS[:1] + WAYS[2:]).format(d=c) if isinstance(c, date) else c for c in row])
    path.write_bytes(random.choice(["", "\ufeff"]).encode() + text.getvalue().encode())


def write_xlsx(path: Path, random: Random, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write as a workbook in which days are Excel's own, or text, or plain numbers."""
    with xlsxwriter.Workbook(path) as book:
        shown_as_day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Cases")
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if not isinstance(cell, date):
                    sheet.write_string(number, place, cell)
                elif random.random() < 0.6:
                    sheet.write_datetime(number, place, cell, shown_as_day)
                else:
                    serial = (cell - date(1899, 12, 30)).days
                    sheet.write(number, place, random.choice([serial, WAYS[0].format(d=cell)]))
