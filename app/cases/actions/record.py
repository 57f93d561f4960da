"""Record what happens beside the moves: contacts, notes, consent, quotes, surveys, documents. None moves a case."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import journal, queries
from app.cases.casework import Casework
from app.cases.models import Recorded
from app.cases.rules import Kind
from app.kernel.database import Session

PERMISSION: dict[Kind, Permission] = {
    "conversation_recorded": Permission.CASE_CONVERSE,
    "contact_made": Permission.CASE_NOTE,
    "note_added": Permission.CASE_NOTE,
    "consent_recorded": Permission.CASE_CONSENT,
    "quote_received": Permission.QUOTE_RECORD,
    "survey_answered": Permission.SURVEY_RECORD,
    "document_added": Permission.DOCUMENT_ADD,
    "document_withdrawn": Permission.DOCUMENT_WITHDRAW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Keep something that happened: one of the kinds in PERMISSION."""

    reference: str
    kind: Kind
    details: dict[str, Any]
    effects: dict[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    expected_sequence: int | None = None


async def record(session: Session, actor: Actor, command: Record, *, casework: Casework) -> Recorded:
    """Write the event. Raises NotFound, NotPermitted, CaseMovedOn."""
    case = await queries.lock(session, command.reference)
    require(actor, PERMISSION[command.kind], case.state.acting_party_ids)
    await queries.check_sequence(session, case, command.expected_sequence)
    draft = journal.Draft(
        kind=command.kind, occurred_at=command.occurred_at, details=command.details, effects=command.effects
    )
    author = journal.Author.of(actor, case)
    return await journal.append(session, case, draft, author=author, timekeeper=casework.timekeeper)
