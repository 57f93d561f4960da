"""What panels have for somebody, said on the home page: tasks, questions, the next meeting, referrals. Names nobody."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.cases.home import HomeNote
from app.edge.templating import day, plural
from app.kernel.database import Session

_TASKS: Final = text(
    """
    SELECT count(*) AS open, count(*) FILTER (WHERE due_on < :today) AS overdue, min(due_on) AS first FROM panel_tasks
     WHERE ended_at IS NULL AND (owner_id = :me OR (owner_id IS NULL AND organisation_id = ANY (:ours)))
    """
)
_NEXT: Final = text(
    """
    SELECT m.held_on, m.kind FROM panel_meetings m JOIN panel_members pm ON pm.panel_id = m.panel_id
      LEFT JOIN panel_attendance a ON a.meeting_id = m.id AND a.member_id = pm.id
     WHERE m.cancelled_at IS NULL AND m.held_on >= :today AND pm.member_to IS NULL AND pm.member_from <= m.held_on
       AND :me IN (pm.user_id, a.substitute_id) ORDER BY m.held_on, m.id LIMIT 1
    """
)
_QUESTIONS: Final = text(
    """
    SELECT i.meeting_id, i.reference, count(*) AS number FROM panel_questions q JOIN panel_items i ON i.id = q.item_id
      JOIN cases c ON c.id = i.case_id
     WHERE q.kind = 'question' AND q.answer IS NULL AND i.closed_at IS NULL
       AND :me = coalesce(i.presenter_id, c.assigned_to)
       AND EXISTS (SELECT FROM panel_packs k WHERE k.item_id = i.id)
     GROUP BY i.id, i.meeting_id, i.reference ORDER BY i.id LIMIT 5
    """
)
_WAITING: Final = text(
    """
    SELECT (SELECT count(*) FROM cases WHERE stage = 'panel_referred') AS referrals,
           (SELECT count(*) FROM cases c WHERE c.stage = 'appeal'
               AND NOT EXISTS (SELECT FROM panel_hearings h WHERE h.case_id = c.id AND h.closed_at IS NULL)) AS appeals
    """
)


async def panel_notes(session: Session, actor: Actor, today: date) -> Sequence[HomeNote]:
    """The notes for an actor, none where panels have nothing for them."""
    notes = []
    known = {"me": actor.user_id, "today": today, "ours": sorted(actor.holdings)}
    tasks = (await session.execute(_TASKS, known)).one()
    if tasks.open:
        late = f", {tasks.overdue} overdue" if tasks.overdue else f", the first due by {day(tasks.first)}"
        notes.append(HomeNote(f"{plural(tasks.open, 'panel task')}{late}", "/panel-tasks"))
    for asked in (await session.execute(_QUESTIONS, {"me": actor.user_id})).all():
        path = f"/meetings/{asked.meeting_id}/cases/{asked.reference}/papers#questions"
        notes.append(HomeNote(f"{plural(asked.number, 'question')} of the panel to answer: {asked.reference}", path))
    if permits(actor, Permission.PANEL_MANAGE):
        waiting = (await session.execute(_WAITING)).one()
        if waiting.referrals:
            notes.append(HomeNote(f"{plural(waiting.referrals, 'case')} waiting for a panel’s agenda", "/panels"))
        if waiting.appeals:
            notes.append(HomeNote(f"{plural(waiting.appeals, 'appeal')} without a hearing", "/appeals"))
    elif permits(actor, Permission.PANEL_ASSENT):
        soonest = (await session.execute(_NEXT, {"me": actor.user_id, "today": today})).one_or_none()
        if soonest is not None:
            what = "Answers wanted by" if soonest.kind == "correspondence" else "Your next panel meeting is on"
            notes.append(HomeNote(f"{what} {day(soonest.held_on)}", "/my-panel"))
    return notes
