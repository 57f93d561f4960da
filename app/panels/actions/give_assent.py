"""Give or withhold an organisation's assent to a decision on one case: a decision belongs to all partners."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases import queries as cases
from app.cases.models import Case
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotFound, NotPermitted, Unprocessable
from app.panels import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAssent:
    """Assent (or dissent, with reasons) on a case that is on the agenda of a meeting.

    A member speaks for the organisation it sits for; the coordinator names the organisation whose word it passes on.
    """

    meeting_id: int
    reference: str
    assents: bool
    reasons: str | None = None
    organisation: str | None = None


_ITEM = text(
    """
    SELECT id, closed_at FROM panel_items WHERE meeting_id = :meeting_id AND case_id = :case_id ORDER BY id DESC LIMIT 1
    """
)
_REPRESENTED = text(
    """
    SELECT o.id, o.key, o.name, bool_or(pm.user_id = :user_id) AS own
      FROM panel_members pm JOIN organisations o ON o.id = pm.organisation_id
     WHERE pm.panel_id = :panel_id AND pm.member_to IS NULL GROUP BY o.id
    """
)
_GIVE = text(
    """
    INSERT INTO panel_assents (item_id, organisation_id, assents, reasons, given_by)
    VALUES (:item_id, :organisation_id, :assents, :reasons, :given_by)
    ON CONFLICT (item_id, organisation_id) DO UPDATE
      SET assents = excluded.assents, reasons = excluded.reasons, given_by = excluded.given_by, given_at = now()
    """
)


async def give_assent(session: Session, actor: Actor, command: GiveAssent) -> None:
    """Write down the organisation's word; until the panel decides it may be changed.

    Raises NotFound, NotPermitted, Unprocessable for dissent without reasons or an organisation not on the panel,
    Conflict once the case is off the agenda.
    """
    # The case is locked as a decision locks it: an assent is there before the decision or comes too late.
    case = await cases.lock(session, command.reference)
    require(actor, Permission.PANEL_ASSENT, case.state.party_ids)
    meeting = await queries.find_meeting(session, command.meeting_id)
    item_id = await _open_item(session, meeting.id, case)
    if not command.assents and not (command.reasons or "").strip():
        raise Unprocessable([FieldProblem("/reasons", "Say why: dissent is recorded with its reasons.")])
    organisation = await _organisation(session, actor, command, meeting.panel_id)
    values = {
        "item_id": item_id,
        "organisation_id": organisation.id,
        "assents": command.assents,
        "reasons": command.reasons,
        "given_by": actor.user_id,
    }
    await session.execute(_GIVE, values)


async def _open_item(session: Session, meeting_id: int, case: Case) -> int:
    row = (await session.execute(_ITEM, {"meeting_id": meeting_id, "case_id": case.id})).one_or_none()
    if row is None:
        raise NotFound("This case is not on the agenda of this meeting.")
    if row.closed_at is not None:
        raise Conflict("The case is off the agenda of this meeting, so assent comes too late.", code="off_the_agenda")
    found: int = row.id
    return found


async def _organisation(session: Session, actor: Actor, command: GiveAssent, panel_id: int) -> Row[Any]:
    rows = (await session.execute(_REPRESENTED, {"panel_id": panel_id, "user_id": actor.user_id})).all()
    coordinates = permits(actor, Permission.PANEL_MANAGE)
    if command.organisation is None:
        own = [row for row in rows if row.own]
        if own:
            return own[0]
        if coordinates:
            raise Unprocessable(
                [FieldProblem("/organisation", "Say whose assent this is: an organisation's key or name.")]
            )
        raise NotPermitted("Assent is given by the members of this panel, or by its coordinator for them.")
    wanted = command.organisation.lower()
    named = [row for row in rows if wanted in (row.key, row.name.lower())]
    if not named:
        raise Unprocessable([FieldProblem("/organisation", "This organisation is not represented on the panel.")])
    if not named[0].own and not coordinates:
        raise NotPermitted("A member assents for the organisation it sits for; others ask the coordinator.")
    return named[0]
