"""What a panel's member has to do: its next meetings, and on each the cases with what is still wanted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.cases.reads import note_read
from app.kernel.database import Session

_MEETINGS = text(
    """
    SELECT m.id, m.kind, m.held_on, m.starts_at, m.place, m.link, p.name AS panel, pm.organisation_id,
           o.name AS organisation, coalesce(a.apologies, false) AS apologies, coalesce(s.id, pm.user_id) = :me AS sits,
           s.name AS substitute
      FROM panel_meetings m JOIN panels p ON p.id = m.panel_id
      JOIN panel_members pm ON pm.panel_id = m.panel_id AND pm.member_to IS NULL AND pm.member_from <= m.held_on
      JOIN organisations o ON o.id = pm.organisation_id
      LEFT JOIN panel_attendance a ON a.meeting_id = m.id AND a.member_id = pm.id
      LEFT JOIN users s ON s.id = a.substitute_id
     WHERE m.cancelled_at IS NULL AND m.held_on >= :today AND :me IN (pm.user_id, a.substitute_id)
     ORDER BY m.held_on, m.id LIMIT 20
    """
)
_ITEMS = text(
    """
    SELECT i.id, i.case_id, i.meeting_id, i.reference,
           (SELECT max(version) FROM panel_packs k WHERE k.item_id = i.id) AS papers,
           (SELECT effect FROM panel_interests n WHERE n.item_id = i.id AND n.user_id = :me) AS effect,
           (SELECT count(*) FROM panel_questions q
             WHERE q.item_id = i.id AND q.asked_by = :me AND q.kind = 'question' AND q.answer IS NULL) AS unanswered
      FROM panel_items i WHERE i.meeting_id = ANY (:ids) AND i.closed_at IS NULL ORDER BY i.position, i.id
    """
)
_SPOKEN = text(
    """
    SELECT a.item_id, a.organisation_id, a.assents FROM panel_assents a
     WHERE a.item_id = ANY (:ids) AND a.pack_version IS NOT DISTINCT FROM
           (SELECT max(k.version) FROM panel_packs k WHERE k.item_id = a.item_id)
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnItem:
    """A case that a member decides on. `papers` is the newest version; `said` what its organisation says of these."""

    reference: str
    papers: int | None
    effect: str | None
    said: bool | None
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMeeting:
    """A meeting at which somebody has a seat, with the cases that are still open there."""

    meeting: Row[Any]
    items: Sequence[OwnItem]


async def own_meetings(session: Session, actor: Actor, *, today: date, route: str) -> list[OwnMeeting]:
    """The meetings to come at which the actor has a seat, or sits for somebody, soonest first."""
    meetings = (await session.execute(_MEETINGS, {"me": actor.user_id, "today": today})).all()
    known = {"me": actor.user_id, "ids": [meeting.id for meeting in meetings]}
    items = (await session.execute(_ITEMS, known)).all()
    await note_read(session, actor, route, [item.case_id for item in items])
    spoken = await session.execute(_SPOKEN, {"ids": [item.id for item in items]})
    said = {(row.item_id, row.organisation_id): row.assents for row in spoken.all()}
    return [
        OwnMeeting(
            meeting=meeting,
            items=[
                OwnItem(
                    reference=item.reference,
                    papers=item.papers,
                    effect=item.effect,
                    said=said.get((item.id, meeting.organisation_id)),
                    unanswered=item.unanswered,
                )
                for item in items
                if item.meeting_id == meeting.id
            ],
        )
        for meeting in meetings
    ]
