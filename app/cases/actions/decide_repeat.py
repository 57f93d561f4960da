"""Decide whether a possible repeat is the same need or another. Nothing is merged; the decision is recorded."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import journal, queries
from app.cases.casework import Casework
from app.cases.models import Recorded
from app.kernel.database import Session
from app.kernel.problems import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRepeat:
    """`linked`: the same need, looked at together; `separate`: another need."""

    reference: str
    other_reference: str
    decision: Literal["linked", "separate"]
    reason: str
    expected_sequence: int | None = None


_DECIDE = text(
    """
    UPDATE case_repeats SET decision = :decision WHERE case_id = :case_id AND other_reference = :other
    RETURNING other_case_id
    """
)


async def decide_repeat(session: Session, actor: Actor, command: DecideRepeat, *, casework: Casework) -> Recorded:
    """Record the decision; it may be made anew, the journal keeps both. Raises NotFound, NotPermitted, CaseMovedOn."""
    case = await queries.lock(session, command.reference)
    require(actor, Permission.CASE_REPEAT, case.state.acting_party_ids)
    await queries.check_sequence(session, case, command.expected_sequence)
    other = queries.canonical(command.other_reference)
    values = {"decision": command.decision, "case_id": case.id, "other": other}
    if (await session.execute(_DECIDE, values)).one_or_none() is None:
        raise NotFound("This case has not been found as a possible repeat.")
    draft = journal.Draft(
        kind="repeat_linked" if command.decision == "linked" else "repeat_separated",
        details={"other": other, "reason": command.reason},
    )
    author = journal.Author.of(actor, case)
    return await journal.append(session, case, draft, author=author, timekeeper=casework.timekeeper)
