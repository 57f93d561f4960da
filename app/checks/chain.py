"""Verify hash chains in the database: every event's hash worked out anew, every link, and every case's head."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, text

from app.checks.spans import END, Span
from app.kernel.database import Session

_BROKEN = text(
    """
    WITH chained AS (
      SELECT e.case_id, e.sequence, e.hash, e.previous_hash, journal_hash(e.previous_hash, e) AS expected,
             coalesce(lag(e.hash) OVER journal, '') AS before, row_number() OVER journal AS place,
             lead(e.sequence) OVER journal IS NULL AS is_last
        FROM case_events e WHERE e.case_id > :after AND e.case_id <= :up_to
      WINDOW journal AS (PARTITION BY e.case_id ORDER BY e.sequence)
    ), judged AS (
      SELECT coalesce(c.id, e.case_id) AS case_id, c.reference, e.sequence,
             CASE WHEN e.case_id IS NULL THEN 'no_journal'
                  WHEN c.id IS NULL THEN 'no_case'
                  WHEN e.sequence <> e.place THEN 'missing'
                  WHEN e.previous_hash <> e.before THEN 'unlinked'
                  WHEN e.hash <> e.expected THEN 'altered'
                  WHEN e.is_last AND c.head_hash <> e.hash THEN 'head' END AS fault
        FROM chained e
        FULL JOIN (SELECT id, reference, head_hash FROM cases WHERE id > :after AND id <= :up_to) c ON c.id = e.case_id
    )
    SELECT * FROM judged WHERE fault IS NOT NULL ORDER BY case_id, sequence
    """
)
_COUNT = text(
    """
    SELECT (SELECT count(*) FROM cases WHERE id > :after AND id <= :up_to) AS cases,
           (SELECT count(*) FROM case_events WHERE case_id > :after AND case_id <= :up_to) AS events
    """
)

FAULTS: Final[dict[str, str]] = {
    "no_journal": "The case has no journal at all.",
    "no_case": "Event {sequence} belongs to case number {case_id}, which is no longer there.",
    "missing": "The event before event {sequence} is missing.",
    "unlinked": "Event {sequence} does not carry the hash of the event before it.",
    "altered": "Event {sequence} is not what was recorded: its hash does not fit its content.",
    "head": "The case's row carries another hash than the journal's last event, event {sequence}.",
}


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """One place where a chain does not hold. `reference` is None when the case's row is gone."""

    case_id: int
    reference: str | None
    sequence: int | None
    fault: str

    @property
    def message(self) -> str:
        """What is wrong there, in words."""
        return FAULTS[self.fault].format(sequence=self.sequence, case_id=self.case_id)


@dataclass(frozen=True, slots=True)
class Count:
    """How much was verified."""

    cases: int = 0
    events: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.cases + other.cases, self.events + other.events)


EVERYTHING: Final = Span(0, END)


async def broken_links(session: Session, span: Span = EVERYTHING) -> AsyncIterator[BrokenLink]:
    """Yield every broken link of the cases in a span, in order."""
    for row in await session.execute(_BROKEN, span.values):
        yield _link(row)


async def count(session: Session, span: Span = EVERYTHING) -> Count:
    """Count the cases of a span and their events."""
    row = (await session.execute(_COUNT, span.values)).one()
    return Count(row.cases, row.events)


def _link(row: Row[Any]) -> BrokenLink:
    return BrokenLink(case_id=row.case_id, reference=row.reference, sequence=row.sequence, fault=row.fault)
