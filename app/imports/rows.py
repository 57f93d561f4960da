"""Judges a row of a milestone extract: a case to import, or everything that keeps it out.

Pure: no database, no clock. Only what the import's rules name rejects a row; everything else that looks wrong
becomes a doubt that travels with the case.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.imports.cells import Cell, is_blank
from app.imports.columns import Column, Columns
from app.imports.details import read_cost, read_hold, read_home, read_person
from app.imports.imported import ImportedCase, Milestone
from app.imports.readings import NEEDED, RowError, RowReading, Rules, Table, content_hash, quote, remembering
from app.imports.sheets import Row

LONGEST_REFERENCE = 200
EARLIEST_LIKELY_YEAR = 2000
MOST_QUOTED = 5
DUPLICATE = "An earlier row of this file has the same source reference. Give each case a reference of its own."
OUT_OF_ORDER = "This day is before {earlier}, which comes first. Check both days."


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that becomes a case, unless an earlier import of the same source brought it in."""

    line: int
    case: ImportedCase

    @property
    def source_reference(self) -> str:
        """Give the reference that this row claims."""
        return self.case.source_reference

    @property
    def chars(self) -> int:
        """Count the characters of the row as read."""
        return sum(map(len, self.case.raw.values()))


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that stays out, with all that is wrong with it and its cells as read.

    `source_reference` is claimed by this row all the same; it is "" when the row has none.
    """

    line: int
    source_reference: str
    errors: tuple[RowError, ...]
    cells: tuple[Cell, ...]

    @property
    def chars(self) -> int:
        """Count the characters of the row as read."""
        return sum(len(cell) for cell in self.cells if isinstance(cell, str))


Verdict = Accepted | Rejected


def judge_rows(rows: Iterable[Row], columns: Columns, rules: Rules) -> Iterator[Verdict]:
    """Judge rows one after another; each ends in exactly one verdict.

    The first row that carries a source reference claims it, even when that row is itself rejected.
    """
    claimed: set[str] = set()
    rules = remembering(rules)
    for row in rows:
        verdict = judge_row(row, columns, rules, claimed=claimed)
        claimed.add(verdict.source_reference)
        yield verdict


def judge_row(row: Row, columns: Columns, rules: Rules, *, claimed: Container[str]) -> Verdict:
    """Judge one row. `claimed` are the source references of the rows before it in the file."""
    reading = RowReading(row, columns, rules)
    case = _read_case(reading, claimed)
    if errors := reading.errors():
        return Rejected(row.line, case.source_reference, errors, row.cells)
    return Accepted(row.line, case)


def _read_case(reading: RowReading, claimed: Container[str]) -> ImportedCase:
    """Read everything, errors or not: all of a row's errors are told."""
    reference = _read_reference(reading, claimed)
    person = read_person(reading)
    milestones = _read_milestones(reading)
    _doubt_days(reading, dict(milestones), person.date_of_birth)
    extra = reading.extra()
    return ImportedCase(
        source_reference=reference,
        organisation=reading.required(Column.ORGANISATION),
        person=person,
        home=read_home(reading),
        referred_by=reading.text(Column.REFERRED_BY) or None,
        priority=reading.word(Column.PRIORITY, Table.PRIORITY),
        fast_track=reading.word(Column.FAST_TRACK, Table.FAST_TRACK),
        tier=_read_tier(reading),
        adaptations=_read_adaptations(reading),
        milestones=milestones,
        panel_decision=reading.word(Column.PANEL_DECISION, Table.PANEL_DECISION),
        outcome=reading.word(Column.OUTCOME, Table.OUTCOME),
        outcome_words=reading.text(Column.OUTCOME) or None,
        hold=read_hold(reading, milestones),
        funding_source=reading.word(Column.FUNDING_SOURCE, Table.FUNDING_SOURCE),
        cost=read_cost(reading),
        notes=reading.paragraphs(Column.NOTES) or None,
        extra=extra,
        raw=reading.raw(),
        # These two come last: they gather what reading all the rest has left behind.
        content_hash=content_hash(reading.content, extra),
        doubts=tuple(reading.doubts),
    )


def _read_reference(reading: RowReading, claimed: Container[str]) -> str:
    reference = reading.required(Column.SOURCE_REFERENCE)
    if reference and reference in claimed:
        reading.blame(Column.SOURCE_REFERENCE, DUPLICATE)
    elif len(reference) > LONGEST_REFERENCE:
        reading.blame(Column.SOURCE_REFERENCE, f"A reference has at most {LONGEST_REFERENCE} characters. Shorten it.")
    return reference


def _read_milestones(reading: RowReading) -> tuple[tuple[Milestone, date], ...]:
    """Read the milestones that have a day; one earlier than any before it in the order is that column's error."""
    reading.required(Column.FIRST_CONTACT)
    days: dict[Milestone, date] = {}
    latest: Milestone | None = None
    for milestone in Milestone:
        day = reading.day(milestone.column)
        if milestone is Milestone.RECEIVED and is_blank(reading.cell(Column.RECEIVED)):
            day = _received_at_first_contact(reading, days)
        if day is None:
            continue
        if latest and day < days[latest]:
            reading.blame(milestone.column, OUT_OF_ORDER.format(earlier=latest.column))
            continue
        days[milestone] = day
        latest = milestone
    return tuple(days.items())


def _received_at_first_contact(reading: RowReading, days: dict[Milestone, date]) -> date | None:
    day = days.get(Milestone.FIRST_CONTACT)
    reading.means(Column.RECEIVED, day.isoformat() if day else "")
    return day


def _read_tier(reading: RowReading) -> str | None:
    text = reading.text(Column.TIER)
    tier = reading.rules.vocabulary.match(Table.TIER, text) if text else None
    if text and tier is None:
        reading.blame(Column.TIER, f"{quote(text)} is not a tier that is known. Leave it empty to have one proposed.")
    return tier


def _read_adaptations(reading: RowReading) -> tuple[str, ...]:
    words = [word for part in reading.text(Column.ADAPTATIONS).split(";") if (word := part.strip())]
    if not words:
        reading.blame(Column.ADAPTATIONS, NEEDED)
    matched = {word: reading.rules.catalogue.match_all(word) for word in words}
    if unknown := [quote(word) for word, keys in matched.items() if not keys]:
        reading.blame(
            Column.ADAPTATIONS,
            f"Not in the catalogue of adaptations: {', '.join(unknown[:MOST_QUOTED])}. "
            "Use its words, and separate several with semicolons.",
        )
    return tuple(dict.fromkeys(key for keys in matched.values() for key in keys))


def _doubt_days(reading: RowReading, days: dict[Milestone, date], born: date | None) -> None:
    """Note days that are possible by the import's rules but hardly true."""
    first = days.get(Milestone.FIRST_CONTACT)
    if first and first.year < EARLIEST_LIKELY_YEAR:
        reading.doubt(f"{Column.FIRST_CONTACT}: before {EARLIEST_LIKELY_YEAR}. Check the year.")
    if first and born and first < born:
        reading.doubt(f"{Column.DATE_OF_BIRTH}: after the first contact. Check both days.")
    if reading.text(Column.OUTCOME) and Milestone.CLOSED not in days:
        reading.doubt(f"{Column.OUTCOME}: the row has an outcome but no day of closing, so the case stays open.")
    if beyond := reading.beyond_header():
        reading.doubt(
            f"The row has {beyond} more cells than the header. Look for a comma that should be in quotation marks."
        )
