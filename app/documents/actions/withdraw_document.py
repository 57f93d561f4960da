"""Take a document away that should not be there: hidden at once, erased by the worker, and the fact stays."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.record import Record, record
from app.cases.casework import Casework
from app.documents.kinds import WithdrawalReason
from app.documents.queries import not_found
from app.kernel.database import Session
from app.kernel.jobs import defer
from app.kernel.problems import Conflict

ERASE: Final = "erase_documents"
"""The worker's job that erases what was withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDocument:
    """Take away a document with all its versions."""

    reference: str
    document_id: int
    reason: WithdrawalReason
    expected_sequence: int | None = None


_FIND = text("SELECT withdrawn_at, kind FROM documents WHERE case_id = :case_id AND id = :id")
_WITHDRAW = text(
    """
    UPDATE documents SET withdrawn_at = door.now(), withdrawn_by = :by, withdrawn_reason = :reason, about = NULL
     WHERE id = :id
    """
)


async def withdraw_document(session: Session, actor: Actor, command: WithdrawDocument, *, casework: Casework) -> int:
    """Hide the document, record why, and put in the job that erases it; the case's id.

    Raises NotFound, NotPermitted, CaseMovedOn, Conflict when it was withdrawn already.
    """
    case = await cases.lock(session, command.reference)
    require(actor, Permission.DOCUMENT_WITHDRAW, case.state.acting_party_ids)
    found = (await session.execute(_FIND, {"case_id": case.id, "id": command.document_id})).one_or_none()
    if found is None:
        raise not_found()
    if found.withdrawn_at is not None:
        raise Conflict("This document was withdrawn already. There is nothing more to do.", code="withdrawn")
    values = {"id": command.document_id, "by": actor.user_id, "reason": command.reason.value}
    await session.execute(_WITHDRAW, values)
    details = {"document": command.document_id, "kind": found.kind, "reason": command.reason.value}
    event = Record(
        reference=case.reference,
        kind="document_withdrawn",
        details=details,
        expected_sequence=command.expected_sequence,
    )
    await record(session, actor, event, casework=casework)
    await defer(session, ERASE, once=ERASE)
    return case.id
