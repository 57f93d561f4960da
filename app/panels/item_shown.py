"""One case on an agenda as it is shown, to pages and the API alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.reads import note_read
from app.kernel.database import Session
from app.panels import items, queries
from app.panels.item_schemas import DecidedOut, InterestOut, OneItem, SeatThen, TaskOut
from app.panels.rules import Standing
from app.panels.schemas import AssentOut
from app.panels.tasks import tasks_of

_ASSENTS = text(
    """
    SELECT o.name AS organisation, a.assents, a.reasons, u.name AS given_by, a.given_at,
           a.pack_version IS NOT DISTINCT FROM
             (SELECT max(p.version) FROM panel_packs p WHERE p.item_id = a.item_id) AS current FROM panel_assents a
      JOIN organisations o ON o.id = a.organisation_id JOIN users u ON u.id = a.given_by
     WHERE a.item_id = :item_id ORDER BY o.name
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSeen:
    """An item with its meeting, who sits there, and how it is shown."""

    item: Row[Any]
    meeting: Row[Any]
    sitting: Sequence[Row[Any]]
    shown: OneItem


async def open_item(
    session: Session, actor: Actor, meeting_id: int, reference: str, *, today: date, route: str
) -> ItemSeen:
    """Open an item for somebody; the read is on record as `route`. Raises NotFound, NotPermitted."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_VIEW)
    await note_read(session, actor, route, [item.case_id])
    meeting = await queries.find_meeting(session, meeting_id)
    decided = await items.decision(session, item.id)
    stands = await queries.item_standing(session, meeting, item.id)
    shown = OneItem(
        meeting=meeting.id,
        panel=meeting.panel,
        held_on=meeting.held_on,
        reference=item.reference,
        position=item.position,
        closed_at=item.closed_at,
        **_standing(stands, decided, closed=item.closed_at is not None),
        interests=[
            InterestOut.model_validate(row, from_attributes=True) for row in await items.interests(session, item.id)
        ],
        assents=[
            AssentOut.model_validate(row, from_attributes=True)
            for row in (await session.execute(_ASSENTS, {"item_id": item.id})).all()
        ],
        decision=item.decision,
        decided=_decided(decided),
        tasks=[task_out(row) for row in await tasks_of(session, item.id, today=today)],
    )
    return ItemSeen(item=item, meeting=meeting, sitting=await queries.sitting(session, meeting_id), shown=shown)


def _standing(stands: Standing, decided: Row[Any] | None, *, closed: bool) -> dict[str, Any]:
    """How it stands; of a decided item how it stood, whoever has joined the panel since."""
    return {
        "quorate": decided.quorate if decided is not None else stands.quorate,
        "missing_assents": [] if closed else list(stands.missing),
        "dissenting": list(stands.dissenting),
        "stood_aside": list(stands.stood_aside),
    }


def _decided(row: Row[Any] | None) -> DecidedOut | None:
    if row is None:
        return None
    seats = [SeatThen(**{name: seat[name] for name in SeatThen.model_fields}) for seat in row.seats]
    names = DecidedOut.model_fields.keys() - {"seats"}
    return DecidedOut(**{name: getattr(row, name) for name in names}, seats=seats)


def task_out(row: Row[Any]) -> TaskOut:
    """A task as it is shown."""
    return TaskOut.model_validate(row, from_attributes=True)
