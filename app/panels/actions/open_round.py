"""Let a panel decide on an urgent case by correspondence, between its meetings."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.advance import Advance, advance
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRound:
    """Ask the members of the panel with this key about one case; they answer by `closes_on`."""

    panel: str
    reference: str
    closes_on: date
    expected_sequence: int | None = None


_OPEN = text(
    """
    INSERT INTO panel_meetings (panel_id, kind, held_on, papers_due_on, capacity)
    VALUES (:panel_id, 'correspondence', :closes_on, :closes_on, 1) RETURNING id
    """
)


async def open_round(session: Session, actor: Actor, command: OpenRound, *, casework: Casework, now: datetime) -> int:
    """Open the round with the case on it, and give its number: a meeting that nobody goes to.

    Raises NotFound, NotPermitted, Conflict where the panel's terms or the case do not allow it, Unprocessable for a day
    that has passed, and what `advance` raises.
    """
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    case = await cases.lock(session, command.reference)
    await cases.check_sequence(session, case, command.expected_sequence)
    if panel.correspondence == "never":
        raise Conflict("The terms of this panel let it decide at meetings only.", code="meetings_only")
    if case.state.fast_track is None:
        message = "Only cases on a fast track are decided by correspondence: put this one on the agenda of a meeting."
        raise Conflict(message, code="not_urgent")
    if command.closes_on < casework.timekeeper.day(now):
        raise Unprocessable([FieldProblem("/closes_on", "Choose a day that is still to come.")])
    opened: int = await session.scalar(_OPEN, {"panel_id": panel.id, "closes_on": command.closes_on})
    move = Advance(reference=case.reference, action="schedule_for_panel", details={"meeting": opened})
    await advance(session, actor, move, casework=casework, now=now)
    return opened
