"""A case's way through panels: its referral, agendas, papers, decisions, tasks and hearings; the read is on record."""

from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.models import Case
from app.kernel.database import Session
from app.panels.case_schemas import CaseAtPanelOut, HearingBriefOut, ItemBriefOut
from app.panels.item_shown import task_out
from app.panels.setting_schemas import CheckOut
from app.panels.tasks import tasks_of_case

_ITEMS = text(
    """
    SELECT i.id, i.meeting_id, p.name AS panel, m.kind, m.held_on, i.decision, d.decided_on, d.tell_by,
           l.sent_on AS told_on,
           (SELECT max(k.version) FROM panel_packs k WHERE k.item_id = i.id) AS papers,
           (SELECT count(*) FROM panel_questions q
             WHERE q.item_id = i.id AND q.kind = 'question' AND q.answer IS NULL) AS unanswered
      FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id JOIN panels p ON p.id = m.panel_id
      LEFT JOIN panel_decisions d ON d.item_id = i.id LEFT JOIN panel_letters l ON l.item_id = i.id
     WHERE i.case_id = :case_id ORDER BY i.id DESC
    """
)
_CHECKS = text(
    """
    SELECT k.outcome, k.note, k.missing, k.checked_at, u.name AS checked_by FROM panel_referral_checks k
      JOIN users u ON u.id = k.checked_by WHERE k.case_id = :case_id ORDER BY k.id DESC
    """
)
_HEARINGS = text(
    "SELECT held_on, ground, attended, outcome FROM panel_hearings WHERE case_id = :case_id ORDER BY sequence DESC"
)


async def show_case_at_panel(session: Session, actor: Actor, case: Case, *, today: date) -> CaseAtPanelOut:
    """Everything that panels have to do with a case that may be seen. Raises NotPermitted."""
    require(actor, Permission.PANEL_VIEW)
    known = {"case_id": case.id}

    async def rows(statement: Any) -> list[Row[Any]]:
        return list((await session.execute(statement, known)).all())

    return CaseAtPanelOut(
        reference=case.reference,
        items=[ItemBriefOut.model_validate(row, from_attributes=True) for row in await rows(_ITEMS)],
        checks=[CheckOut.model_validate(row, from_attributes=True) for row in await rows(_CHECKS)],
        tasks=[task_out(row) for row in await tasks_of_case(session, case.id, today=today)],
        hearings=[HearingBriefOut.model_validate(row, from_attributes=True) for row in await rows(_HEARINGS)],
    )
