"""Walk over all cases in spans of their numbers, so that memory stays bounded however many there are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import text

from app.kernel.database import Session

SPAN = 1_000
"""Cases in a span: some ten thousand events, a few tens of megabytes at the worst."""
END = 2**63 - 1

_NEXT = text(
    """
    SELECT max(id) AS up_to, count(*) AS cases
      FROM (SELECT id FROM cases WHERE id > :after ORDER BY id LIMIT :size) next_ones
    """
)


@dataclass(frozen=True, slots=True)
class Span:
    """The cases numbered above `after`, up to and including `up_to`."""

    after: int
    up_to: int

    @property
    def values(self) -> dict[str, int]:
        """As parameters of a statement with `:after` and `:up_to`."""
        return {"after": self.after, "up_to": self.up_to}


async def spans(session: Session, size: int = SPAN) -> AsyncIterator[Span]:
    """Yield spans without a gap between them, the last one open-ended: events without a case are in one too."""
    after = 0
    while True:
        row = (await session.execute(_NEXT, {"after": after, "size": size})).one()
        if row.cases < size:
            yield Span(after, END)
            return
        yield Span(after, row.up_to)
        after = row.up_to
