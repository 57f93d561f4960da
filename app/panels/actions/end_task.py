"""Say what became of a task that a panel set."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotPermitted, Unprocessable
from app.panels.tasks import TaskOutcome, lock_task


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTask:
    """The task of this number was done, was not met, or is dropped; the last two say why."""

    task_id: int
    outcome: TaskOutcome
    result: str | None = None


_END = text(
    """
    UPDATE panel_tasks SET ended_at = :now, ended_by = :by, outcome = :outcome, result = :result WHERE id = :id
    """
)


async def end_task(session: Session, actor: Actor, command: EndTask, *, now: datetime) -> None:
    """End it, once.

    Raises NotFound, NotPermitted for anybody but its owner, colleagues of the organisation that has it and the
    coordinator, Conflict when it has ended, Unprocessable without a reason where one is needed.
    """
    task = await lock_task(session, command.task_id)
    owns = task.owner_id == actor.user_id or task.organisation_id in actor.holdings
    if not owns and not permits(actor, Permission.PANEL_MANAGE):
        raise NotPermitted("A task is ended by whoever has it, or by the panel's coordinator.")
    if task.ended_at is not None:
        raise Conflict("This task has ended already.", code="ended_already")
    if command.outcome != "done" and not (command.result or "").strip():
        raise Unprocessable([FieldProblem("/result", "Say why.")])
    values = {"id": task.id, "now": now, "by": actor.user_id, "outcome": command.outcome, "result": command.result}
    await session.execute(_END, values)
