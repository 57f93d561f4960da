"""Draft the letter about a decision, change it until it is sent, and record that it was."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import items, queries
from app.panels.exceptions import Exceptional, note_exception
from app.panels.letters import Told, draft


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLetter:
    """Keep this text as the letter about an item's decision; without one it is drafted anew from the decision."""

    meeting_id: int
    reference: str
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLetter:
    """The letter went out on this day; from then on it stays as it is."""

    meeting_id: int
    reference: str
    sent_on: date


_EVENT = text(
    """
    SELECT e.details, p.name FROM cases c JOIN people p ON p.id = c.person_id
      JOIN events_as_corrected e ON e.case_id = c.id AND e.sequence = :sequence WHERE c.id = :case_id
    """
)
_CONDITIONS = text(
    "SELECT told, due_on FROM panel_tasks WHERE item_id = :item_id AND kind = 'condition' ORDER BY due_on, id"
)
_LETTER = text("SELECT * FROM panel_letters WHERE item_id = :item_id")
_LOCK = text("SELECT * FROM panel_letters WHERE item_id = :item_id FOR UPDATE")
_KEEP = text(
    """
    INSERT INTO panel_letters (case_id, item_id, body, drafted_by, drafted_at)
    VALUES (:case_id, :item_id, :body, :by, :now)
    ON CONFLICT (item_id) DO UPDATE SET body = excluded.body, drafted_by = excluded.drafted_by,
      drafted_at = excluded.drafted_at
    """
)
_SENT = text("UPDATE panel_letters SET sent_on = :sent_on, sent_by = :by WHERE item_id = :item_id")


async def find_letter(session: Session, item_id: int) -> Row[Any] | None:
    """The letter about an item, or None where there is none that may be seen."""
    row: Row[Any] | None = (await session.execute(_LETTER, {"item_id": item_id})).one_or_none()
    return row


async def write_letter(
    session: Session, actor: Actor, command: WriteLetter, *, casework: Casework, now: datetime
) -> None:
    """Keep the letter's text. Raises NotFound, NotPermitted, Conflict before a decision and once it was sent."""
    item, decided = await _decided(session, actor, command.meeting_id, command.reference)
    letter = (await session.execute(_LOCK, {"item_id": item.id})).one_or_none()
    _not_sent(letter)
    body = command.body or await _draft(session, item, decided, casework=casework)
    values = {"case_id": item.case_id, "item_id": item.id, "body": body, "by": actor.user_id, "now": now}
    await session.execute(_KEEP, values)


async def send_letter(
    session: Session, actor: Actor, command: SendLetter, *, casework: Casework, now: datetime
) -> None:
    """Record that it went out; after the day that the terms name, that is an exception.

    Raises NotFound, NotPermitted, Conflict without a letter or when it was sent before, Unprocessable for a day before
    the decision or still to come.
    """
    item, decided = await _decided(session, actor, command.meeting_id, command.reference)
    letter = (await session.execute(_LOCK, {"item_id": item.id})).one_or_none()
    if letter is None:
        raise Conflict("Draft the letter first.", code="no_letter")
    _not_sent(letter)
    if not decided.decided_on <= command.sent_on <= casework.timekeeper.day(now):
        raise Unprocessable([FieldProblem("/sent_on", "Enter a day between the decision and today.")])
    await session.execute(_SENT, {"item_id": item.id, "sent_on": command.sent_on, "by": actor.user_id})
    if command.sent_on > decided.tell_by:
        what = Exceptional(
            kind="letter_late",
            panel_id=item.panel_id,
            meeting_id=item.meeting_id,
            item_id=item.id,
            case_id=item.case_id,
        )
        await note_exception(session, what, by=actor.user_id)


async def _decided(session: Session, actor: Actor, meeting_id: int, reference: str) -> tuple[Row[Any], Row[Any]]:
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_MANAGE)
    decided = await items.decision(session, item.id)
    if decided is None:
        raise Conflict("There is no decision to write about yet.", code="not_decided")
    return item, decided


def _not_sent(letter: Row[Any] | None) -> None:
    if letter is not None and letter.sent_on is not None:
        raise Conflict("This letter was sent and stays as it is.", code="sent_already")


async def _draft(session: Session, item: Row[Any], decided: Row[Any], *, casework: Casework) -> str:
    case = await cases.find(session, item.reference)
    event = (await session.execute(_EVENT, {"case_id": item.case_id, "sequence": decided.sequence})).one()
    conditions = (await session.execute(_CONDITIONS, {"item_id": item.id})).all()
    pathway = casework.pathways.get(case.pathway_key, case.state.pathway_version)
    meeting = await queries.find_meeting(session, item.meeting_id)
    told = Told(
        person=event.name,
        reference=item.reference,
        panel=meeting.panel_name,
        decided_on=decided.decided_on,
        decision=decided.decision,
        details=event.details,
        conditions=[(row.told, row.due_on) for row in conditions],
        appeal_days=pathway.definition.rules.appeal_window_days,
    )
    return draft(told)
