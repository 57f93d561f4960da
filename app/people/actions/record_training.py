"""Record that somebody has completed a training module, with what was seen as evidence and when it expires."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotPermitted, Unprocessable
from app.people import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTraining:
    """A module completed by a user; `expires_on` is the last day on which it counts."""

    user_id: int
    module: int
    completed_on: date
    expires_on: date
    evidence: str


_RECORD = text(
    """
    INSERT INTO training_records (user_id, module, completed_on, expires_on, evidence, recorded_by)
    VALUES (:user_id, :module, :completed_on, :expires_on, :evidence, :recorded_by)
    """
)


async def record_training(session: Session, actor: Actor, command: RecordTraining, *, today: date) -> None:
    """Write down the training.

    Raises NotFound, NotPermitted (also for one's own: somebody else has to have seen the evidence), Unprocessable for
    days that cannot be.
    """
    require(actor, Permission.TRAINING_RECORD)
    if command.user_id == actor.user_id:
        raise NotPermitted("Nobody records their own training. Ask a colleague who has seen the evidence.")
    await write_training(session, command, recorded_by=actor.user_id, today=today)


async def write_training(session: Session, command: RecordTraining, *, recorded_by: int | None, today: date) -> None:
    """The same for whoever owns the database."""
    user = await queries.user_by_number(session, command.user_id)
    errors = []
    if command.completed_on > today:
        errors.append(FieldProblem("/completed_on", "This is in the future. Record training once it is completed."))
    if command.expires_on <= command.completed_on:
        errors.append(FieldProblem("/expires_on", "Give a day after the one on which it was completed."))
    if errors:
        raise Unprocessable(errors)
    values = {
        "user_id": user.id,
        "module": command.module,
        "completed_on": command.completed_on,
        "expires_on": command.expires_on,
        "evidence": command.evidence,
        "recorded_by": recorded_by,
    }
    await session.execute(_RECORD, values)
