"""What somebody has to do because of a panel: conditions, actions, and what it has asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Unprocessable
from app.people import queries as people

TaskKind = Literal["condition", "action", "information"]
TaskOutcome = Literal["done", "not_met", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task. `owner` is a user's e-mail address, `organisation` a key or name: one of them, or both."""

    kind: TaskKind
    told: str
    due_on: date
    owner: str | None = None
    organisation: str | None = None


_SET = text(
    """
    INSERT INTO panel_tasks (case_id, item_id, kind, told, owner_id, organisation_id, due_on, set_by)
    VALUES (:case_id, :item_id, :kind, :told, :owner_id, :organisation_id, :due_on, :set_by)
    """
)
_SEES = text(
    """
    SELECT EXISTS (SELECT FROM role_holdings h JOIN roles r ON r.key = h.role
                    WHERE h.user_id = :user_id AND h.held_from <= current_date
                      AND (h.held_to IS NULL OR h.held_to > current_date)
                      AND (r.sees = 'partnership' OR r.sees = 'organisation' AND h.organisation_id = ANY (:parties)))
    """
)
_SHOWN = """
    SELECT t.id, t.case_id, coalesce(i.reference, c.reference) AS reference, t.kind, t.told, t.due_on, t.outcome,
           t.result, t.ended_at, t.owner_id, t.organisation_id, u.name AS owner, o.name AS organisation,
           t.due_on < :today AND t.ended_at IS NULL AS overdue
      FROM panel_tasks t LEFT JOIN panel_items i ON i.id = t.item_id
      LEFT JOIN cases c ON c.id = t.case_id
      LEFT JOIN users u ON u.id = t.owner_id LEFT JOIN organisations o ON o.id = t.organisation_id
"""
_OWN = text(
    f"""{_SHOWN}
     WHERE t.ended_at IS NULL AND (t.owner_id = :me OR (t.owner_id IS NULL AND t.organisation_id = ANY (:ours)))
     ORDER BY t.due_on, t.id LIMIT :most
    """
)
_OF_ITEM = text(f"{_SHOWN} WHERE t.item_id = :item_id ORDER BY t.due_on, t.id")
_OF_CASE = text(f"{_SHOWN} WHERE t.case_id = :case_id ORDER BY t.ended_at IS NOT NULL, t.due_on, t.id")
_ONE = text(f"{_SHOWN} WHERE t.id = :id")
_LOCK = text("SELECT * FROM panel_tasks WHERE id = :id FOR UPDATE")
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The case and the item that a task comes of, and the organisations (ids) that are party to the case.

    There is no item before the case is on an agenda.
    """

    case_id: int
    item_id: int | None
    parties: Sequence[int]


async def set_task(session: Session, task: NewTask, about: About, *, by: int, pointer: str = "") -> None:
    """Write a task down.

    Raises Unprocessable below `pointer` for an owner or organisation that nobody knows, or that may not see the case:
    what a task says is about a person.
    """
    owner_id = organisation_id = None
    if task.owner is not None:
        owner_id = (await people.user_by_email(session, task.owner, pointer=f"{pointer}/owner")).id
        if not await session.scalar(_SEES, {"user_id": owner_id, "parties": list(about.parties)}):
            message = "This colleague may not see the case. Choose somebody of an organisation that is party to it."
            raise Unprocessable([FieldProblem(f"{pointer}/owner", message)])
    if task.organisation is not None:
        named = await people.organisation_named(session, task.organisation, pointer=f"{pointer}/organisation")
        organisation_id = named.id
        if organisation_id not in about.parties:
            message = "This organisation is not party to the case. Hand the case over or choose another."
            raise Unprocessable([FieldProblem(f"{pointer}/organisation", message)])
    values = {
        "case_id": about.case_id,
        "item_id": about.item_id,
        "kind": task.kind,
        "told": task.told,
        "owner_id": owner_id,
        "organisation_id": organisation_id,
        "due_on": task.due_on,
        "set_by": by,
    }
    await session.execute(_SET, values)


async def own_tasks(session: Session, actor: Actor, *, today: date) -> Sequence[Row[Any]]:
    """Tasks of the actor that are open, and those of its organisations that nobody in particular has; soonest first."""
    values = {"me": actor.user_id, "ours": sorted(actor.holdings), "today": today, "most": MOST}
    return (await session.execute(_OWN, values)).all()


async def tasks_of(session: Session, item_id: int, *, today: date) -> Sequence[Row[Any]]:
    """What came of an item, open and ended."""
    return (await session.execute(_OF_ITEM, {"item_id": item_id, "today": today})).all()


async def tasks_of_case(session: Session, case_id: int, *, today: date) -> Sequence[Row[Any]]:
    """What panels have asked for about a case, open and ended."""
    return (await session.execute(_OF_CASE, {"case_id": case_id, "today": today})).all()


async def find_task(session: Session, task_id: int, *, today: date) -> Row[Any] | None:
    """One task as it is shown, or None where there is none that may be seen."""
    row: Row[Any] | None = (await session.execute(_ONE, {"id": task_id, "today": today})).one_or_none()
    return row


async def lock_task(session: Session, task_id: int) -> Row[Any]:
    """The task, locked until the transaction ends; or NotFound."""
    row: Row[Any] | None = (await session.execute(_LOCK, {"id": task_id})).one_or_none()
    if row is None:
        raise NotFound("There is no task with this number that you may see. GET /api/v1/panel-tasks lists yours.")
    return row
