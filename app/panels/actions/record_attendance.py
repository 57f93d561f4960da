"""Record which members came to a meeting. Whether it is quorate follows from this alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttendance:
    """Who came and who did not: members by number or by e-mail address. Of those not named nothing changes."""

    meeting_id: int
    present: tuple[int | str, ...]
    absent: tuple[int | str, ...] = ()


_RECORD = text(
    """
    INSERT INTO panel_attendance (meeting_id, member_id, present, recorded_by)
    VALUES (:meeting_id, :member_id, :present, :recorded_by)
    ON CONFLICT (meeting_id, member_id) DO UPDATE
      -- Who has apologised and comes all the same has not; who sits for a member keeps its seat.
      SET present = excluded.present,
          apologies = panel_attendance.apologies
            AND (NOT excluded.present OR panel_attendance.substitute_id IS NOT NULL),
          recorded_by = excluded.recorded_by, recorded_at = now()
    """
)
_DECIDED = text(
    """
    SELECT id FROM panel_items WHERE meeting_id = :id AND decision IN ('agreed', 'agreed_with_conditions', 'refused')
     ORDER BY id
    """
)


async def record_attendance(session: Session, actor: Actor, command: RecordAttendance) -> None:
    """Write down who came.

    Raises NotFound, NotPermitted, Unprocessable for somebody who does not sit on the panel or is named twice, and
    Conflict for a cancelled meeting or when a decision taken there would be left without its quorum.
    """
    meeting = await queries.lock_meeting(session, command.meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    if meeting.cancelled_at is not None:
        raise Conflict("This meeting was cancelled, so nobody attended it.", code="cancelled")
    if meeting.kind == "correspondence":
        raise Conflict("Nobody attends a round by correspondence: who answers is there.", code="by_correspondence")
    named = _members(command, await queries.sitting(session, meeting.id))
    for member_id, present in named.items():
        values = {
            "meeting_id": meeting.id,
            "member_id": member_id,
            "present": present,
            "recorded_by": actor.user_id,
        }
        await session.execute(_RECORD, values)
    await _keep_quorum(session, meeting)


async def _keep_quorum(session: Session, meeting: Row[Any]) -> None:
    for item_id in (await session.scalars(_DECIDED, {"id": meeting.id})).all():
        if (await queries.item_standing(session, meeting, item_id)).quorate:
            continue
        raise Conflict(
            "The panel has decided cases at this meeting, and with this attendance it would not have been quorate. "
            "If a decision was wrong, correct it through the case.",
            code="decided_already",
        )


def _members(command: RecordAttendance, sitting: Sequence[Row[Any]]) -> dict[int, bool]:
    known: dict[int | str, int] = {row.id: row.id for row in sitting}
    known |= {row.email.lower(): row.id for row in sitting}
    found: dict[int, bool] = {}
    errors: list[FieldProblem] = []
    for pointer, who, present in _named(command):
        member_id = known.get(who.lower() if isinstance(who, str) else who)
        if member_id is None:
            errors.append(FieldProblem(pointer, "Nobody of this number or e-mail address sits on the panel that day."))
        elif member_id in found:
            errors.append(FieldProblem(pointer, "This member is named twice."))
        else:
            found[member_id] = present
    if errors:
        raise Unprocessable(errors)
    return found


def _named(command: RecordAttendance) -> Iterator[tuple[str, int | str, bool]]:
    for index, who in enumerate(command.present):
        yield f"/present/{index}", who, True
    for index, who in enumerate(command.absent):
        yield f"/absent/{index}", who, False
