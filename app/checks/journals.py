"""Read every case with its journal, some hundred at a time."""

from collections.abc import AsyncIterator, Sequence
from itertools import groupby

from sqlalchemy import text

from app.cases.events import event_from
from app.cases.models import SELECT_CASE, Case, case_from
from app.cases.rules import Event
from app.checks.spans import spans
from app.kernel.database import Session

TOGETHER = 500
"""Cases read at once: a few thousand events."""

_CASES = text(f"{SELECT_CASE} WHERE c.id > :after AND c.id <= :up_to ORDER BY c.id")
_EVENTS = text("SELECT * FROM case_events WHERE case_id > :after AND case_id <= :up_to ORDER BY case_id, sequence")


async def journals(session: Session, size: int = TOGETHER) -> AsyncIterator[tuple[Case, Sequence[Event]]]:
    """Yield every case and the events of its journal as they were recorded; none where the journal is gone."""
    async for span in spans(session, size):
        cases = [case_from(row) for row in await session.execute(_CASES, span.values)]
        rows = (await session.execute(_EVENTS, span.values)).all()
        events = {case_id: [event_from(row) for row in own] for case_id, own in groupby(rows, lambda row: row.case_id)}
        for case in cases:
            yield case, events.get(case.id, [])
