"""Read panels and their meetings. What hangs on a case is behind row-level security; the rest is the partnership's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.panels.rules import Seat

_PANEL = text("SELECT * FROM panels WHERE key = :key")
_MEETING = text(
    """
    SELECT m.*, p.key AS panel, p.name AS panel_name, p.quorum, p.quorum_sectors, door.booked(m.id) AS booked
      FROM panel_meetings m JOIN panels p ON p.id = m.panel_id WHERE m.id = :id
    """
)
_LOCK = text("SELECT id FROM panel_meetings WHERE id = :id FOR UPDATE")
_SITTING = text(
    """
    SELECT pm.id, pm.user_id, u.name, u.email, o.name AS organisation, pm.sector, a.present
      FROM panel_meetings m
      JOIN panel_members pm ON pm.panel_id = m.panel_id AND pm.member_from <= m.held_on
                           AND (pm.member_to IS NULL OR pm.member_to > m.held_on)
      JOIN users u ON u.id = pm.user_id
      JOIN organisations o ON o.id = pm.organisation_id
      LEFT JOIN panel_attendance a ON a.meeting_id = m.id AND a.member_id = pm.id
     WHERE m.id = :id ORDER BY o.name, u.name, pm.id
    """
)
_REPRESENTED = text(
    """
    SELECT DISTINCT o.name FROM panel_members pm JOIN organisations o ON o.id = pm.organisation_id
     WHERE pm.panel_id = :panel_id AND pm.member_to IS NULL
    """
)
_ASSENTING = text(
    """
    SELECT o.name FROM panel_assents a JOIN organisations o ON o.id = a.organisation_id
     WHERE a.item_id = :item_id AND a.assents
    """
)


async def find_panel(session: Session, key: str) -> Row[Any]:
    """The panel of this key, or NotFound."""
    row = (await session.execute(_PANEL, {"key": key})).one_or_none()
    if row is None:
        raise NotFound("There is no panel with this key. GET /api/v1/panels lists them.")
    return row


async def find_meeting(session: Session, meeting_id: int) -> Row[Any]:
    """The meeting with its panel's rules and `booked`, the number of cases on its agenda; or NotFound."""
    row = (await session.execute(_MEETING, {"id": meeting_id})).one_or_none()
    if row is None:
        raise NotFound("There is no meeting with this number. GET /api/v1/panels/{key}/meetings lists them.")
    return row


async def lock_meeting(session: Session, meeting_id: int) -> Row[Any]:
    """The meeting, locked until the transaction ends: nothing is scheduled for it or decided at it meanwhile."""
    await session.execute(_LOCK, {"id": meeting_id})
    return await find_meeting(session, meeting_id)


async def sitting(session: Session, meeting_id: int) -> Sequence[Row[Any]]:
    """Who is a member on the day of the meeting; `present` is None where nothing is recorded."""
    return (await session.execute(_SITTING, {"id": meeting_id})).all()


async def seats(session: Session, meeting_id: int) -> list[Seat]:
    """The same as the rules take it."""
    return [
        Seat(member_id=row.id, organisation=row.organisation, sector=row.sector, present=bool(row.present))
        for row in await sitting(session, meeting_id)
    ]


async def represented(session: Session, panel_id: int) -> Sequence[str]:
    """Names of the organisations that current members of the panel speak for."""
    return (await session.scalars(_REPRESENTED, {"panel_id": panel_id})).all()


async def assenting(session: Session, item_id: int) -> Sequence[str]:
    """Names of the organisations that have agreed to a decision on this case at this meeting."""
    return (await session.scalars(_ASSENTING, {"item_id": item_id})).all()
