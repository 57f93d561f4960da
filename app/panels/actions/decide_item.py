"""Record what the panel decided on a case, with what others now have to do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.advance import Advance, advance
from app.cases.casework import Casework
from app.cases.models import Recorded
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, BlockerProblem, Conflict, FieldProblem, Unprocessable
from app.panels import queries
from app.panels.items import find_item
from app.panels.meetings import PanelFollower
from app.panels.tasks import About, NewTask, set_task

Decision = Literal["agree", "agree_with_conditions", "rehouse", "refuse", "defer", "refer_on"]
MOVES: Final[Mapping[str, str]] = {
    "agree": "panel_agree",
    "agree_with_conditions": "panel_agree",
    "rehouse": "recommend_rehousing",
    "refuse": "panel_refuse",
    "defer": "panel_defer",
    "refer_on": "panel_defer",
}
"""The action of the pathway that each decision takes, whose form its answers fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideItem:
    """A decision on a case at a meeting. `answers` are the fields of the pathway's form for it.

    `expected_sequence` is what the caller last saw of the case.
    """

    meeting_id: int
    reference: str
    decision: Decision
    answers: Mapping[str, Any]
    tasks: tuple[NewTask, ...] = ()
    expected_sequence: int | None = None


_DECIDED_BY = text(
    """
    SELECT u.name, d.recorded_at, d.decision FROM panel_decisions d JOIN users u ON u.id = d.recorded_by
     WHERE d.item_id = :item_id
    """
)


async def decide_item(
    session: Session, actor: Actor, command: DecideItem, *, casework: Casework, now: datetime
) -> Recorded:
    """Move the case by its pathway, keep how it was decided, and give out the tasks, all or nothing.

    Raises what `advance` raises; Conflict, naming who recorded what, for an item that was decided before;
    Unprocessable for a task that cannot be given out, ActionBlocked where the panel may not decide yet.
    """
    # Locked first, as every move locks it: two who decide at once come one after the other.
    case = await cases.lock(session, command.reference)
    item = await find_item(session, command.meeting_id, command.reference)
    if command.decision != "rehouse":
        require(actor, Permission.PANEL_MANAGE)
    if item.closed_at is not None:
        raise await _decided_before(session, item)
    await cases.check_sequence(session, case, command.expected_sequence)
    if command.decision == "rehouse":
        await _may_decide(session, item)
    answers = _answers(command)
    move = Advance(reference=case.reference, action=MOVES[command.decision], details=answers)
    recorded = await advance(session, actor, move, casework=_for(command.decision, casework), now=now)
    about = About(case_id=case.id, item_id=item.id, parties=recorded.state.party_ids)
    custody = await _custody(session, case.state.custody_id)
    for number, task in enumerate(_tasks(command, recorded.event.details, custody=custody)):
        await set_task(session, task, about, by=actor.user_id, pointer=f"/tasks/{number}")
    return recorded


async def _decided_before(session: Session, item: Row[Any]) -> Conflict:
    row = (await session.execute(_DECIDED_BY, {"item_id": item.id})).one_or_none()
    if row is None:
        return Conflict("The case is off the agenda of this meeting, so this comes too late.", code="off_the_agenda")
    words = row.decision.replace("_", " ")
    return Conflict(f"{row.name} has recorded a decision on this case already: {words}.", code="decided_already")


async def _may_decide(session: Session, item: Row[Any]) -> None:
    """What the pathway asks of agreeing and refusing, asked of rehousing too where it is the panel's decision."""
    stands = await queries.item_standing(session, await queries.find_meeting(session, item.meeting_id), item.id)
    blockers = []
    if not stands.quorate:
        message = "Record who attended first: the meeting does not have the members it needs to decide."
        blockers.append(BlockerProblem("meeting_not_quorate", message))
    if stands.missing:
        message = f"Record the agreement of {', '.join(stands.missing)} first: the decision belongs to all partners."
        blockers.append(BlockerProblem("assent_missing", message))
    if blockers:
        raise ActionBlocked(blockers)


def _answers(command: DecideItem) -> dict[str, Any]:
    """The form's fields; conditions that are tasks stand in its text too, where the person's letter finds them."""
    answers = dict(command.answers)
    conditions = [task.told for task in command.tasks if task.kind == "condition"]
    written = bool(str(answers.get("conditions") or "").strip())
    if command.decision == "agree" and (conditions or written):
        message = "There are conditions: choose “agree with conditions”, or leave them out."
        raise Unprocessable([FieldProblem("/decision", message)])
    if command.decision == "agree_with_conditions":
        if not (conditions or written):
            message = "Name at least one condition, with who has to meet it and by when."
            raise Unprocessable([FieldProblem("/tasks", message)])
        if not written:
            answers["conditions"] = "\n".join(conditions)
    return answers


def _for(decision: Decision, casework: Casework) -> Casework:
    if decision != "refer_on":
        return casework
    followers = tuple(
        replace(one, decision="referred_on") if isinstance(one, PanelFollower) else one for one in casework.followers
    )
    return replace(casework, followers=followers)


_KEY_OF = text("SELECT key FROM organisations WHERE id = :id")


async def _custody(session: Session, organisation_id: int) -> str:
    key: str = (await session.execute(_KEY_OF, {"id": organisation_id})).scalar_one()
    return key


def _tasks(command: DecideItem, details: Mapping[str, Any], *, custody: str) -> list[NewTask]:
    """The tasks given out; what a panel waits for is one too, of whoever holds the case unless somebody is named."""
    tasks = list(command.tasks)
    if MOVES[command.decision] != "panel_defer" or any(task.kind == "information" for task in tasks):
        return tasks
    told = f"{details['what_is_needed']} From: {details['from_whom']}"
    by_when = date.fromisoformat(str(details["by_when"]))
    return [*tasks, NewTask(kind="information", told=told[:2000], due_on=by_when, organisation=custody)]
