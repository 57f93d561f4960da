"""Ask, before the panel meets: a member's questions and remarks about a case, and their answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.kernel.database import Session
from app.kernel.problems import Conflict, NotFound, NotPermitted
from app.panels import queries
from app.panels.items import lock_item, must_be_open


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    """A question to whoever presents the case, or a remark."""

    meeting_id: int
    reference: str
    kind: Literal["question", "comment"]
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """The answer to a question, by its number."""

    meeting_id: int
    reference: str
    question_id: int
    answer: str


_ASK = text(
    """
    INSERT INTO panel_questions (item_id, kind, told, asked_by, asked_at)
    VALUES (:item_id, :kind, :told, :by, :at) RETURNING id
    """
)
_QUESTION = text("SELECT kind, answer FROM panel_questions WHERE id = :id AND item_id = :item_id")
_ANSWER = text("UPDATE panel_questions SET answer = :answer, answered_by = :by, answered_at = :at WHERE id = :id")
_CASE_IS_SEEN = text("SELECT EXISTS (SELECT FROM cases WHERE id = :id)")


async def ask_question(session: Session, actor: Actor, command: AskQuestion, *, now: datetime) -> int:
    """Write it down and give its number.

    Raises NotFound, NotPermitted for who does not sit at this meeting, Conflict once the case is off the agenda.
    """
    item = await lock_item(session, command.meeting_id, command.reference)
    require(actor, Permission.PANEL_ASSENT)
    must_be_open(item)
    sits = actor.user_id in {seat.user_id for seat in await queries.sitting(session, command.meeting_id)}
    if not sits and not permits(actor, Permission.PANEL_MANAGE):
        raise NotPermitted("Questions are asked by the members of this panel, or by its coordinator for them.")
    values = {"item_id": item.id, "kind": command.kind, "told": command.told, "by": actor.user_id, "at": now}
    asked: int = (await session.execute(_ASK, values)).scalar_one()
    return asked


async def answer_question(session: Session, actor: Actor, command: AnswerQuestion, *, now: datetime) -> None:
    """Write the answer down, once. Whoever works on the case answers, or the coordinator.

    Raises NotFound, NotPermitted, Conflict for a remark, a question that was answered, or a case off the agenda.
    """
    item = await lock_item(session, command.meeting_id, command.reference)
    if not await session.scalar(_CASE_IS_SEEN, {"id": item.case_id}):
        raise NotPermitted("The case is closed to you, so others answer questions about it.")
    if not permits(actor, Permission.PANEL_MANAGE):
        require(actor, Permission.CASE_CONVERSE)
    must_be_open(item)
    known = {"id": command.question_id, "item_id": item.id}
    row = (await session.execute(_QUESTION, known)).one_or_none()
    if row is None:
        raise NotFound("Nobody has asked this about the case. Look at the questions on its papers.")
    if row.kind != "question":
        raise Conflict("This is a remark, which needs no answer.", code="no_question")
    if row.answer is not None:
        raise Conflict("This question was answered already.", code="answered_already")
    await session.execute(
        _ANSWER, {"id": command.question_id, "answer": command.answer, "by": actor.user_id, "at": now}
    )
