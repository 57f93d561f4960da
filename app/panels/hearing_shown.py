"""Appeals and their hearings as they are shown, to pages and the API alike; every read is on record."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.casework import Casework
from app.cases.models import Case
from app.cases.reads import note_read
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.panels import hearings
from app.panels.hearing_schemas import AppealOut, HearerOut, HearingOut


async def open_hearing(session: Session, actor: Actor, reference: str, *, route: str) -> HearingOut:
    """The newest hearing about a case. Raises NotFound, NotPermitted."""
    case = await cases.find(session, reference)
    require(actor, Permission.PANEL_VIEW)
    await note_read(session, actor, route, [case.id])
    hearing = await hearings.find_hearing(session, case.id)
    if hearing is None:
        raise NotFound("No hearing of an appeal has been set for this case.")
    return await _hearing_out(session, case, hearing)


async def _hearing_out(session: Session, case: Case, hearing: Row[Any]) -> HearingOut:
    members = await hearings.hearing_members(session, hearing.id)
    names = ("ground", "held_on", "place", "attended", "outcome", "closed_at")
    return HearingOut(
        reference=case.reference,
        members=[HearerOut.model_validate(member, from_attributes=True) for member in members],
        **{name: getattr(hearing, name) for name in names},
    )


async def show_appeals(
    session: Session, actor: Actor, *, casework: Casework, today: date, route: str
) -> list[AppealOut]:
    """Appeals that wait to be decided and may be seen, the longest wait first. Raises NotPermitted."""
    require(actor, Permission.PANEL_VIEW)
    rows = await hearings.waiting_appeals(session)
    await note_read(session, actor, route, [row.case_id for row in rows])
    return [
        AppealOut(
            reference=row.reference,
            appealed_on=casework.timekeeper.day(row.stage_since),
            due_on=row.due_on,
            overdue=row.due_on is not None and row.due_on < today,
            held_on=row.held_on,
            place=row.place,
        )
        for row in rows
    ]
