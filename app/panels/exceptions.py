"""Where a panel's terms were not kept: allowed on purpose, written down, and never silently."""

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import text

from app.kernel.database import Session

KINDS: Final = {
    "scheduled_unchecked": "Put on an agenda without a check of the referral",
    "papers_late": "Papers were circulated after their day",
    "papers_changed": "Papers were changed after their day",
    "decided_without_papers": "Decided without papers",
    "quorum_failed": "The meeting was not quorate for the item",
    "decided_late": "Decided after its target",
    "appeal_unheard": "An appeal was decided without a hearing",
    "letter_late": "The person was told after the day that the terms name",
    "meeting_moved": "The meeting was cancelled and its items moved",
}
"""Kinds of exceptions, in words."""

_NOTE = text(
    """
    INSERT INTO panel_exceptions (panel_id, meeting_id, item_id, case_id, kind, told, recorded_by)
    VALUES (:panel_id, :meeting_id, :item_id, :case_id, :kind, :told, :recorded_by)
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptional:
    """One exception: `kind` is a key of KINDS, `told` a line of what is particular to it, without anybody's name."""

    kind: str
    panel_id: int
    meeting_id: int | None = None
    item_id: int | None = None
    case_id: int | None = None
    told: str | None = None


async def note_exception(session: Session, what: Exceptional, *, by: int | None) -> None:
    """Write down that the terms were not kept, in the transaction of the action that did not keep them.

    `by` is the number of the user who took it.
    """
    await session.execute(_NOTE, {**asdict(what), "recorded_by": by})
