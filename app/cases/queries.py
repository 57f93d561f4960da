"""Find and lock cases that the actor may see. Row-level security is behind every statement here."""

from typing import LiteralString

from sqlalchemy import text

from app.cases.models import SELECT_CASE, Case, case_from
from app.kernel.database import Session, direct
from app.kernel.problems import CaseMovedOn, NotFound
from app.kernel.references import parse_reference

_FIND = text(f"{SELECT_CASE} WHERE c.reference = :reference")
_LOCK: LiteralString = SELECT_CASE.replace(" FROM cases", ", door.now() AS locked_at FROM cases") + (
    " WHERE c.reference = %(reference)s FOR UPDATE"
)
_MOVED_ON = text(
    """
    SELECT e.sequence, e.kind, e.action, e.to_tier, e.to_stage, e.occurred_at,
           CASE e.actor_kind WHEN 'user' THEN u.name ELSE e.actor_kind END AS actor
      FROM case_events e LEFT JOIN users u ON u.id = e.actor_id
     WHERE e.case_id = :id AND e.sequence > :seen ORDER BY e.sequence LIMIT 20
    """
)


def not_found() -> NotFound:
    """The same words whether the case does not exist or is not for these eyes."""
    return NotFound("There is no case with this reference that you may see. Check the reference, letter by letter.")


def canonical(reference: str) -> str:
    """Read a reference as a person may have typed it, or raise NotFound."""
    try:
        return parse_reference(reference)
    except ValueError:
        raise not_found() from None


async def find(session: Session, reference: str) -> Case:
    """The visible case of this reference, or NotFound."""
    row = (await session.execute(_FIND, {"reference": canonical(reference)})).one_or_none()
    if row is None:
        raise not_found()
    return case_from(row)


async def lock(session: Session, reference: str) -> Case:
    """The visible case, locked until the transaction ends: whoever comes second waits and sees what the first did."""
    rows = await direct(session, _LOCK, {"reference": canonical(reference)})
    if not rows:
        raise not_found()
    return case_from(rows[0])


async def check_sequence(session: Session, case: Case, expected: int | None) -> None:
    """Raise CaseMovedOn, naming what moved it, when the case is not where the caller last saw it."""
    if expected is None or expected == case.state.sequence:
        return
    rows = await session.execute(_MOVED_ON, {"id": case.id, "seen": expected})
    since = [
        {
            "sequence": row.sequence,
            "kind": row.kind,
            "action": row.action,
            "to": {"tier": row.to_tier, "stage": row.to_stage},
            "occurred_at": row.occurred_at,
            "actor": row.actor,
        }
        for row in rows
    ]
    raise CaseMovedOn(
        f"The case is at {case.state.sequence}, you last saw {expected}. Look at what happened, then decide again.",
        sequence=case.state.sequence,
        since=since,
    )
