"""What can be recorded beside the moves: for each body the action that takes it. The API and the pages share this."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.actions.assign import Assign, assign
from app.cases.actions.correct import Correct, correct
from app.cases.actions.decide_repeat import DecideRepeat, decide_repeat
from app.cases.actions.hand_over import AnswerHandover, OfferHandover, answer_handover, offer_handover
from app.cases.actions.record import PERMISSION, Record, record
from app.cases.casework import Casework
from app.cases.models import Recorded
from app.cases.rules import Kind
from app.cases.schemas import (
    AssignmentIn,
    ConsentRecordIn,
    ContactIn,
    ConversationIn,
    CorrectionIn,
    HandoverAnswerIn,
    HandoverIn,
    NoteIn,
    RepeatDecisionIn,
)
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which case a body is about, and what its sender last saw of it. `other` is the possible repeat decided on."""

    reference: str
    casework: Casework
    now: datetime
    expected_sequence: int | None = None
    other: str | None = None


Take = Callable[[Session, Actor, About, Any], Awaitable[Recorded]]


@dataclass(frozen=True, slots=True)
class Recording:
    """One thing that can be recorded: its body, who may, and what takes it."""

    body: type[BaseModel]
    permission: Permission
    take: Take


async def _conversation(session: Session, actor: Actor, about: About, body: ConversationIn) -> Recorded:
    effects = {"options": sorted({option.option for option in body.options})}
    return await _record(session, actor, about, "conversation_recorded", body, effects)


async def _note(session: Session, actor: Actor, about: About, body: NoteIn) -> Recorded:
    return await _record(session, actor, about, "note_added", body)


async def _contact(session: Session, actor: Actor, about: About, body: ContactIn) -> Recorded:
    return await _record(session, actor, about, "contact_made", body)


async def _consent(session: Session, actor: Actor, about: About, body: ConsentRecordIn) -> Recorded:
    if body.recorded_on > about.casework.timekeeper.day(about.now):
        raise Unprocessable([FieldProblem("/recorded_on", "Consent cannot have been recorded in the future.")])
    effects = {"sets": {"consent_to_share": body.share_with_partners}}
    return await _record(session, actor, about, "consent_recorded", body, effects)


async def _record(
    session: Session, actor: Actor, about: About, kind: Kind, body: BaseModel, effects: dict[str, Any] | None = None
) -> Recorded:
    command = Record(
        reference=about.reference,
        kind=kind,
        details=body.model_dump(mode="json", exclude={"occurred_at"}),
        effects=effects or {},
        occurred_at=getattr(body, "occurred_at", None),
        expected_sequence=about.expected_sequence,
    )
    return await record(session, actor, command, casework=about.casework)


async def _assignment(session: Session, actor: Actor, about: About, body: AssignmentIn) -> Recorded:
    command = Assign(reference=about.reference, expected_sequence=about.expected_sequence, **dict(body))
    return await assign(session, actor, command, casework=about.casework)


async def _repeat(session: Session, actor: Actor, about: About, body: RepeatDecisionIn) -> Recorded:
    command = DecideRepeat(
        reference=about.reference,
        other_reference=about.other or "",
        decision=body.decision,
        reason=body.reason,
        expected_sequence=about.expected_sequence,
    )
    return await decide_repeat(session, actor, command, casework=about.casework)


async def _handover(session: Session, actor: Actor, about: About, body: HandoverIn) -> Recorded:
    command = OfferHandover(reference=about.reference, expected_sequence=about.expected_sequence, **dict(body))
    return await offer_handover(session, actor, command, casework=about.casework)


async def _handover_answer(session: Session, actor: Actor, about: About, body: HandoverAnswerIn) -> Recorded:
    command = AnswerHandover(
        reference=about.reference,
        accepts=body.answer == "accept",
        reason=body.reason,
        occurred_at=body.occurred_at,
        expected_sequence=about.expected_sequence,
    )
    return await answer_handover(session, actor, command, casework=about.casework)


async def _correction(session: Session, actor: Actor, about: About, body: CorrectionIn) -> Recorded:
    command = Correct(reference=about.reference, expected_sequence=about.expected_sequence, **body.model_dump())
    return await correct(session, actor, command, casework=about.casework, now=about.now)


RECORDINGS: Final[Mapping[str, Recording]] = MappingProxyType(
    {
        "conversation": Recording(ConversationIn, PERMISSION["conversation_recorded"], _conversation),
        "contacts": Recording(ContactIn, PERMISSION["contact_made"], _contact),
        "notes": Recording(NoteIn, PERMISSION["note_added"], _note),
        "consent": Recording(ConsentRecordIn, PERMISSION["consent_recorded"], _consent),
        "assignment": Recording(AssignmentIn, Permission.CASE_ASSIGN, _assignment),
        "repeats": Recording(RepeatDecisionIn, Permission.CASE_REPEAT, _repeat),
        "handover": Recording(HandoverIn, Permission.CASE_HAND_OVER, _handover),
        "handover-answer": Recording(HandoverAnswerIn, Permission.CASE_HAND_OVER, _handover_answer),
        "corrections": Recording(CorrectionIn, Permission.CASE_CORRECT, _correction),
    }
)
"""By the last part of the API's address."""
