"""Set the hearing of an appeal: who hears it, when and where; and record how the person took part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels.actions.set_meeting import calendar_of
from app.panels.hearings import find_hearing
from app.panels.taking_part import took_part
from app.people import queries as people

Ground = Literal["policy_wrongly_applied", "exceptional"]
Attended = Literal["in_person", "with_supporter", "in_writing", "did_not_attend"]
FEWEST = 2
"""One alone hears no appeal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHearing:
    """A hearing of a case's appeal. `members` and `chair`, one of them, are e-mail addresses.

    Set again before it is over, it takes the place of what was set.
    """

    reference: str
    ground: Ground
    held_on: date
    members: Sequence[str]
    chair: str
    place: str | None = None
    expected_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHearing:
    """How the person took part; a hearing goes on without somebody who does not come."""

    reference: str
    attended: Attended
    expected_sequence: int | None = None


_APPEAL = text("SELECT max(sequence) FROM case_events WHERE case_id = :case_id AND action = 'appeal'")
_SET = text(
    """
    INSERT INTO panel_hearings (case_id, sequence, ground, held_on, place, set_by)
    VALUES (:case_id, :sequence, :ground, :held_on, :place, :by)
    ON CONFLICT (case_id, sequence) DO UPDATE
      SET ground = excluded.ground, held_on = excluded.held_on, place = excluded.place RETURNING id
    """
)
_CLEAR = text("DELETE FROM panel_hearing_members WHERE hearing_id = :id")
_SEAT = text(
    """
    INSERT INTO panel_hearing_members (hearing_id, user_id, organisation_id, chairs)
    VALUES (:hearing_id, :user_id, :organisation_id, :chairs)
    """
)
_MAY_HEAR = text(
    """
    SELECT EXISTS (SELECT FROM role_holdings h JOIN roles r ON r.key = h.role
                    WHERE h.user_id = :user_id AND h.held_from <= current_date
                      AND (h.held_to IS NULL OR h.held_to > current_date)
                      AND (h.role = 'panel_member' OR r.sees = 'partnership'))
    """
)
_ATTENDED = text("UPDATE panel_hearings SET attended = :attended WHERE id = :id")


async def set_hearing(
    session: Session, actor: Actor, command: SetHearing, *, casework: Casework, now: datetime
) -> None:
    """Write the hearing down; its members may see the case until it is over. The case's clock goes on.

    Raises NotFound, NotPermitted, Conflict for a case without an appeal, Unprocessable for somebody who took part in
    the decision, has no sight of cases, is named twice, or for a day that is past or no working day.
    """
    case = await cases.lock(session, command.reference)
    require(actor, Permission.PANEL_MANAGE)
    await cases.check_sequence(session, case, command.expected_sequence)
    if case.state.stage != "appeal":
        raise Conflict("There is no appeal on this case that waits for a hearing.", code="no_appeal")
    calendar = await calendar_of(session, casework)
    if command.held_on < casework.timekeeper.day(now) or not calendar.is_working_day(command.held_on):
        raise Unprocessable([FieldProblem("/held_on", "Choose a working day that is to come.")])
    users = await _members(session, command, await took_part(session, case.id))
    values = {
        "case_id": case.id,
        "sequence": await session.scalar(_APPEAL, {"case_id": case.id}),
        "ground": command.ground,
        "held_on": command.held_on,
        "place": command.place,
        "by": actor.user_id,
    }
    hearing_id: int = (await session.execute(_SET, values)).scalar_one()
    await session.execute(_CLEAR, {"id": hearing_id})
    for email, user in users.items():
        seat = {"hearing_id": hearing_id, "user_id": user.id, "organisation_id": user.home_organisation_id}
        await session.execute(_SEAT, seat | {"chairs": email == command.chair.strip().lower()})


async def _members(session: Session, command: SetHearing, parted: frozenset[int]) -> dict[str, Row[Any]]:
    """Who hears it, by e-mail address."""
    found: dict[str, Row[Any]] = {}
    for number, email in enumerate(command.members):
        pointer = f"/members/{number}"
        user = await people.user_by_email(session, email, pointer=pointer)
        if user.id in parted:
            message = f"{user.name} took part in the decision. An appeal is heard by people who did not."
            raise Unprocessable([FieldProblem(pointer, message)])
        if not await session.scalar(_MAY_HEAR, {"user_id": user.id}):
            message = f"{user.name} may not see the case. Choose somebody with the role of a panel member."
            raise Unprocessable([FieldProblem(pointer, message)])
        found[email.strip().lower()] = user
    if len(found) < max(FEWEST, len(command.members)):
        raise Unprocessable([FieldProblem("/members", f"Name at least {FEWEST} people, each of them once.")])
    if command.chair.strip().lower() not in found:
        raise Unprocessable([FieldProblem("/chair", "The chair is one of those who hear the appeal.")])
    return found


async def record_hearing(session: Session, actor: Actor, command: RecordHearing) -> None:
    """Write down how the person took part. Raises NotFound, NotPermitted, Conflict where no hearing is open."""
    case = await cases.lock(session, command.reference)
    require(actor, Permission.PANEL_MANAGE)
    await cases.check_sequence(session, case, command.expected_sequence)
    hearing = await find_hearing(session, case.id)
    if hearing is None or hearing.closed_at is not None:
        raise Conflict("No hearing of an appeal is open on this case.", code="no_hearing")
    await session.execute(_ATTENDED, {"id": hearing.id, "attended": command.attended})
