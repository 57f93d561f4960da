"""Hand a case from organisation to organisation: one offers, the other accepts or declines, with a reason.

Custody changes when the offer is accepted, never before: at every moment exactly one organisation holds the case.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.policy import permits, require
from app.cases import journal, queries
from app.cases.casework import Casework
from app.cases.models import Case, Recorded
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotPermitted, Unprocessable


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHandover:
    """Offer the case to another organisation, named by key or name."""

    reference: str
    organisation: str
    reason: str
    occurred_at: datetime | None = None
    expected_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHandover:
    """Accept or decline the offer that stands."""

    reference: str
    accepts: bool
    reason: str | None
    occurred_at: datetime | None = None
    expected_sequence: int | None = None


_ORGANISATION = text("SELECT id, name FROM organisations WHERE active AND (key = lower(:o) OR lower(name) = lower(:o))")

# Who declines leaves the case, and must still be able to write that down: until this transaction ends, and no longer,
# it sees with the eyes of the organisation that holds the case.
_SEE_OUT = text(
    """
    SELECT set_config('adapt.organisations', (door.organisations() || CAST(:custody AS integer))::text, true)
    """
)


async def offer_handover(session: Session, actor: Actor, command: OfferHandover, *, casework: Casework) -> Recorded:
    """Record the offer; the other organisation may see the case from now on, so that it can decide.

    Raises NotFound, NotPermitted (only the organisation that holds the case, or who sees to the whole partnership, may
    offer it), CaseMovedOn, Unprocessable, Conflict when an offer stands already.
    """
    case = await queries.lock(session, command.reference)
    require(actor, Permission.CASE_HAND_OVER, case.state.acting_party_ids)
    if not permits(actor, Permission.CASE_HAND_OVER, (case.state.custody_id,)):
        raise NotPermitted("Only the organisation that holds the case may offer it to another.")
    await queries.check_sequence(session, case, command.expected_sequence)
    if _pending(case) is not None:
        raise Conflict("A handover has been offered already and waits for an answer.", code="handover_pending")
    if not case.state.consent_to_share:
        raise Conflict("The person has not agreed to sharing. Record their consent first.", code="no_consent_to_share")
    receiver = (await session.execute(_ORGANISATION, {"o": command.organisation})).one_or_none()
    if receiver is None:
        raise Unprocessable([FieldProblem("/organisation", "There is no such organisation in this partnership.")])
    if receiver.id == case.state.custody_id:
        raise Unprocessable([FieldProblem("/organisation", "This organisation holds the case already.")])
    pending = {"to": receiver.id, "joined": receiver.id not in case.state.party_ids}
    draft = journal.Draft(
        kind="handover_offered",
        occurred_at=command.occurred_at,
        details={"to": receiver.name, "reason": command.reason},
        effects={"joins": [receiver.id], "sets": {"pending_handover": pending}},
    )
    author = journal.Author.of(actor, case)
    return await journal.append(session, case, draft, author=author, timekeeper=casework.timekeeper)


async def answer_handover(session: Session, actor: Actor, command: AnswerHandover, *, casework: Casework) -> Recorded:
    """Record the answer; accepting hands custody over.

    Raises NotFound, NotPermitted (only the organisation asked may answer), CaseMovedOn, Unprocessable, Conflict.
    """
    case = await queries.lock(session, command.reference)
    require(actor, Permission.CASE_HAND_OVER, case.state.party_ids)
    await queries.check_sequence(session, case, command.expected_sequence)
    pending = _pending(case)
    if pending is None:
        raise Conflict("No handover has been offered that waits for an answer.", code="no_handover")
    receiver: int = pending["to"]
    if actor.holdings.get(receiver, frozenset()).isdisjoint(GRANTS[Permission.CASE_HAND_OVER]):
        raise NotPermitted("Only the organisation that was asked may accept or decline.")
    if not command.accepts and not command.reason:
        raise Unprocessable([FieldProblem("/reason", "Say why, so that the other organisation knows what to do next.")])
    leaves = [receiver] if not command.accepts and pending["joined"] else []
    if leaves:
        await session.execute(_SEE_OUT, {"custody": str(case.state.custody_id)})
    draft = journal.Draft(
        kind="handed_over" if command.accepts else "handover_declined",
        custody_id=receiver if command.accepts else None,
        occurred_at=command.occurred_at,
        details={"reason": command.reason} if command.reason else {},
        effects={"sets": {"pending_handover": None}, "leaves": leaves},
    )
    author = journal.Author(organisation_id=receiver, user_id=actor.user_id)
    return await journal.append(session, case, draft, author=author, timekeeper=casework.timekeeper)


def _pending(case: Case) -> dict[str, int] | None:
    found: dict[str, int] | None = case.state.memory.get("attributes", {}).get("pending_handover")
    return found
