"""Work out anew when open cases are due, after targets, calendars or local days have changed. No event: nothing
happened to the case.
"""

from dataclasses import dataclass

from sqlalchemy import text

from app.cases.deadlines import Deadlines
from app.cases.models import SELECT_CASE, Case, case_from
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Database

BATCH = 500

_OPEN = text(f"{SELECT_CASE} WHERE c.id > :after AND c.stage_group <> 'ended' ORDER BY c.id LIMIT :batch")
# A case that has moved since it was read was given its deadlines by that move.
_RENEW = text(
    """
    UPDATE cases SET due_on = :due_on, due_soon_on = :due_soon_on, end_to_end_due_on = :end_to_end_due_on
     WHERE id = :id AND sequence = :sequence
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """How many open cases were looked at, and how many had other deadlines than they should."""

    looked_at: int
    changed: int


def renewed(case: Case, timekeeper: Timekeeper) -> Deadlines | None:
    """The deadlines that a case should have, or None when it has them. Raises UnknownPathway."""
    due = timekeeper.deadlines(case.pathway_key, case.state)
    has = Deadlines(due_on=case.due_on, due_soon_on=case.due_soon_on, end_to_end_due_on=case.end_to_end_due_on)
    return due if due != has else None


async def renew_deadlines(db: Database, *, timekeeper: Timekeeper, dry_run: bool = False) -> Renewed:
    """Renew the deadlines of all open cases, as the schema's owner, some hundred in a transaction."""
    after = looked_at = changed = 0
    while True:
        async with db.transaction() as session:
            rows = (await session.execute(_OPEN, {"after": after, "batch": BATCH})).all()
            stale = [(case, due) for case in map(case_from, rows) if (due := renewed(case, timekeeper)) is not None]
            if stale and not dry_run:
                await session.execute(_RENEW, [_values(case, due) for case, due in stale])
        looked_at, changed = looked_at + len(rows), changed + len(stale)
        if len(rows) < BATCH:
            return Renewed(looked_at=looked_at, changed=changed)
        after = rows[-1].id


def _values(case: Case, due: Deadlines) -> dict[str, object]:
    return {
        "id": case.id,
        "sequence": case.state.sequence,
        "due_on": due.due_on,
        "due_soon_on": due.due_soon_on,
        "end_to_end_due_on": due.end_to_end_due_on,
    }
