"""Hearings of appeals: read, and closed with what became of the appeal, whichever way the case moved."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.cases.models import Case, Recorded
from app.cases.rules import CaseState, Event
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, BlockerProblem
from app.panels.taking_part import took_part

APPEAL: Final = "appeal"
OUTCOMES: Final[Mapping[str, str]] = {"uphold_appeal": "upheld", "dismiss_appeal": "dismissed"}
_NEWEST = text("SELECT * FROM panel_hearings WHERE case_id = :case_id ORDER BY sequence DESC LIMIT 1")
_MEMBERS = text(
    """
    SELECT u.id AS user_id, u.name, u.email, o.name AS organisation, m.chairs FROM panel_hearing_members m
      JOIN users u ON u.id = m.user_id JOIN organisations o ON o.id = m.organisation_id
     WHERE m.hearing_id = :id ORDER BY m.chairs DESC, u.name
    """
)
_CLOSE = text("UPDATE panel_hearings SET closed_at = :at, outcome = :outcome WHERE id = :id")
_APPEALS = text(
    """
    SELECT c.id AS case_id, c.reference, c.stage_since, c.due_on, h.held_on, h.place
      FROM cases c LEFT JOIN panel_hearings h ON h.case_id = c.id AND h.closed_at IS NULL
     WHERE c.stage = 'appeal' ORDER BY c.stage_since, c.id LIMIT 200
    """
)
_OWN = text(
    """
    SELECT h.case_id, c.reference, h.held_on, h.place FROM panel_hearings h
      JOIN panel_hearing_members m ON m.hearing_id = h.id JOIN cases c ON c.id = h.case_id
     WHERE m.user_id = :me AND h.closed_at IS NULL ORDER BY h.held_on, h.id LIMIT 50
    """
)


async def find_hearing(session: Session, case_id: int) -> Row[Any] | None:
    """The newest hearing about a case, or None."""
    row: Row[Any] | None = (await session.execute(_NEWEST, {"case_id": case_id})).one_or_none()
    return row


async def hearing_members(session: Session, hearing_id: int) -> Sequence[Row[Any]]:
    """Who hears it, the chair first."""
    return (await session.execute(_MEMBERS, {"id": hearing_id})).all()


async def waiting_appeals(session: Session) -> Sequence[Row[Any]]:
    """Appeals that are not decided, the longest wait first, with the day of their hearing where one is set."""
    return (await session.execute(_APPEALS)).all()


async def own_hearings(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Hearings that are still open and have the actor among their members."""
    return (await session.execute(_OWN, {"me": actor.user_id})).all()


async def keep_in_step(session: Session, case: Case, recorded: Recorded) -> bool:
    """Close the hearing of an appeal that a move has decided; whether there was none though there should have been.

    Raises ActionBlocked where whoever decides it took part in the panel's decision.
    """
    if not _appealed(case.state) or _appealed(recorded.state):
        return False
    event: Event = recorded.event
    if event.action in OUTCOMES and event.actor_id in await took_part(session, case.id):
        message = "Ask somebody who had no part in the refusal to decide this appeal: you took part in it."
        raise ActionBlocked([BlockerProblem("decider_took_part_in_refusal", message)])
    hearing = await find_hearing(session, case.id)
    if hearing is None or hearing.closed_at is not None:
        return event.action in OUTCOMES
    outcome = OUTCOMES.get(event.action or "", "withdrawn")
    await session.execute(_CLOSE, {"id": hearing.id, "at": event.occurred_at, "outcome": outcome})
    return False


def _appealed(state: CaseState) -> bool:
    """Also while a hold has taken the case from there."""
    return APPEAL in (state.stage, state.resume_stage)
