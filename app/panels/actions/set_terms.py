"""Set a panel's terms of reference: a new version, in force from a day on."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable
from app.panels import queries, rules
from app.panels.actions.set_meeting import calendar_of
from app.panels.actions.set_up_panel import Sector
from app.panels.rules import AssentRule

Substitution = Literal["nobody", "named", "organisation"]
Correspondence = Literal["never", "fast_track"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTerms:
    """A version of the terms, whole. `correspondence_quorum` is None where every member has to answer."""

    panel: str
    in_force_from: date
    quorum: int
    quorum_sectors: tuple[Sector, ...]
    papers_working_days: int
    decision_working_days: int
    capacity: int
    item_minutes: int
    substitution: Substitution
    assent_rule: AssentRule
    correspondence: Correspondence
    correspondence_quorum: int | None
    sight_days_after: int
    checklist: tuple[str, ...]
    purpose: str | None = None


_LOCK = text("SELECT id FROM panels WHERE id = :id FOR UPDATE")
_SET = text(
    """
    INSERT INTO panel_terms
      (panel_id, version, in_force_from, purpose, quorum, quorum_sectors, papers_working_days, decision_working_days,
       capacity, item_minutes, substitution, assent_rule, correspondence, correspondence_quorum, sight_days_after,
       checklist, set_by)
    SELECT :panel_id, 1 + max(version), :in_force_from, :purpose, :quorum, CAST(:quorum_sectors AS text[]),
           :papers_working_days, :decision_working_days, :capacity, :item_minutes, :substitution, :assent_rule,
           :correspondence, :correspondence_quorum, :sight_days_after, CAST(:checklist AS text[]), :set_by
      FROM panel_terms WHERE panel_id = :panel_id
    RETURNING version
    """
)
_AHEAD = text(
    """
    SELECT id, held_on FROM panel_meetings
     WHERE panel_id = :panel_id AND kind = 'meeting' AND cancelled_at IS NULL AND held_on >= :since ORDER BY held_on
    """
)
_PAPERS = text("UPDATE panel_meetings SET papers_due_on = :papers_due_on WHERE id = :id")


async def set_terms(session: Session, actor: Actor, command: SetTerms, *, casework: Casework, now: datetime) -> int:
    """Write the version down and give its number; meetings from that day on get the papers' day that follows from it.

    Raises NotFound, NotPermitted, Unprocessable for a day that is past (a meeting that was held keeps its terms) or a
    number for correspondence below the quorum.
    """
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    await session.execute(_LOCK, {"id": panel.id})
    if command.in_force_from <= casework.timekeeper.day(now):
        message = "Choose a day from tomorrow on: meetings that were held keep the terms they were held by."
        raise Unprocessable([FieldProblem("/in_force_from", message)])
    if command.correspondence_quorum is not None and command.correspondence_quorum < command.quorum:
        message = "By correspondence at least as many must answer as a meeting needs."
        raise Unprocessable([FieldProblem("/correspondence_quorum", message)])
    values = asdict(command) | {
        "panel_id": panel.id,
        "quorum_sectors": sorted(set(command.quorum_sectors)),
        "checklist": list(dict.fromkeys(command.checklist)),
        "set_by": actor.user_id,
    }
    version: int = (await session.execute(_SET, values)).scalar_one()
    calendar = await calendar_of(session, casework)
    ahead = await session.execute(_AHEAD, {"panel_id": panel.id, "since": command.in_force_from})
    for meeting in ahead.all():
        due = rules.papers_due(calendar, meeting.held_on, command.papers_working_days)
        await session.execute(_PAPERS, {"id": meeting.id, "papers_due_on": due})
    return version
