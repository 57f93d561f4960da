"""Walks what comes beside the works through the real actions: quotes, surveys, marks on what is in a home."""

from datetime import UTC, datetime, timedelta

from app.access.actor import Actor
from app.cases.casework import Casework
from app.cases.queries import find
from app.demo.steps import Marked, Quoted, Surveyed
from app.demo.timetable import Timed
from app.kernel.database import Session
from app.provision.actions.answer_survey import AnswerSurvey, answer_survey
from app.provision.actions.mark_item import MarkItem, mark_item
from app.provision.actions.receive_quote import ReceiveQuote, receive_quote
from app.provision.queries import home_history


async def provide(session: Session, actor: Actor, timed: Timed, reference: str, *, casework: Casework) -> None:
    """Take one step. Raises what the actions raise."""
    on = casework.timekeeper.day(timed.happened_at)
    match timed.step.deed:
        case Quoted(contractor=contractor, amount=amount, items=items, valid_days=days):
            quote = ReceiveQuote(
                reference=reference,
                contractor=contractor,
                amount=amount,
                items=items,
                received_on=on,
                valid_until=on + timedelta(days=days),
                occurred_at=_when(timed),
            )
            await receive_quote(session, actor, quote, casework=casework, now=timed.at)
        case Surveyed(answers=answers, given_by=given_by, how=how):
            survey = AnswerSurvey(
                reference=reference,
                answers=answers,
                given_by=given_by,
                how=how,
                answered_on=on,
                occurred_at=_when(timed),
            )
            await answer_survey(session, actor, survey, casework=casework, now=timed.at)
        case Marked(adaptation=adaptation, mark=mark, note=note):
            items_there = await home_history(session, await find(session, reference))
            item = next(row.id for row in items_there if row.own and row.adaptation == adaptation)
            command = MarkItem(item_id=item, mark=mark, marked_on=on, note=note)
            await mark_item(session, actor, command, casework=casework, now=timed.at)
        case _:
            raise AssertionError


def _when(timed: Timed) -> datetime | None:
    return timed.happened_at.astimezone(UTC) if timed.happened_at < timed.at else None
