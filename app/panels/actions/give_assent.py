"""Give or withhold an organisation's assent to a decision on one case: a decision belongs to all partners."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotPermitted, Unprocessable
from app.panels import queries
from app.panels.items import lock_item, must_be_open


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


_GIVE = text(
    """
    INSERT INTO panel_assents (item_id, organisation_id, assents, reasons, given_by, pack_version)
    VALUES (:item_id, :organisation_id, :assents, :reasons, :given_by,
            (SELECT max(version) FROM panel_packs WHERE item_id = :item_id))
    ON CONFLICT (item_id, organisation_id) DO UPDATE
      SET assents = excluded.assents, reasons = excluded.reasons, given_by = excluded.given_by, given_at = now(),
          pack_version = excluded.pack_version
    """
)


async def give_assent(session: Session, actor: Actor, command: GiveAssent) -> None:
    """Write down the organisation's word; until the panel decides it may be changed.

    Raises NotFound, NotPermitted, Unprocessable for dissent without reasons or an organisation not on the panel,
    Conflict once the case is off the agenda.
    """
    # The item is locked as a decision locks it: an assent is there before the decision or comes too late.
    item = await lock_item(session, command.meeting_id, command.reference)
    require(actor, Permission.PANEL_ASSENT)
    must_be_open(item)
    if not command.assents and not (command.reasons or "").strip():
        raise Unprocessable([FieldProblem("/reasons", "Say why: dissent is recorded with its reasons.")])
    organisation = await _organisation(session, actor, command)
    seats = await queries.seats(session, command.meeting_id, item_id=item.id)
    if any(seat.user_id == actor.user_id and not seat.decides for seat in seats):
        raise NotPermitted("You have declared an interest in this case and have no part in its decision.")
    if not any(seat.decides for seat in seats if seat.organisation == organisation.organisation):
        message = (
            "Everybody who sits for this organisation has declared an interest, so it has no part in this decision."
        )
        raise Conflict(message, code="stood_aside")
    values = {
        "item_id": item.id,
        "organisation_id": organisation.organisation_id,
        "assents": command.assents,
        "reasons": command.reasons,
        "given_by": actor.user_id,
    }
    await session.execute(_GIVE, values)


async def _organisation(session: Session, actor: Actor, command: GiveAssent) -> Row[Any]:
    """A seat of the organisation that speaks: the actor's own, or of the one that is named."""
    seats = await queries.sitting(session, command.meeting_id)
    own = [seat for seat in seats if seat.user_id == actor.user_id]
    coordinates = permits(actor, Permission.PANEL_MANAGE)
    if command.organisation is None:
        if own:
            return own[0]
        if coordinates:
            raise Unprocessable(
                [FieldProblem("/organisation", "Say whose assent this is: an organisation's key or name.")]
            )
        raise NotPermitted("Assent is given by the members of this panel, or by its coordinator for them.")
    wanted = command.organisation.lower()
    named = [seat for seat in seats if wanted in (seat.organisation_key, seat.organisation.lower())]
    if not named:
        raise Unprocessable([FieldProblem("/organisation", "This organisation is not represented on the panel.")])
    if not coordinates and named[0].organisation_id not in [seat.organisation_id for seat in own]:
        raise NotPermitted("A member assents for the organisation it sits for; others ask the coordinator.")
    return named[0]
