"""Panels and meetings as they are shown."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.cases.reads import note_read
from app.kernel.database import Session
from app.kernel.paging import Page, encode
from app.panels import queries
from app.panels.schemas import (
    AssentOut,
    InvitedOut,
    ItemOut,
    MeetingOut,
    MeetingSummary,
    MemberOut,
    NamedSubstitute,
    PanelOut,
    SeatOut,
)

_PANELS = text("SELECT key FROM panels WHERE key > :after ORDER BY key LIMIT :limit")
_MEMBERS = text(
    """
    SELECT pm.panel_id, pm.id, u.name, u.email, o.name AS organisation, pm.sector
      FROM panel_members pm JOIN users u ON u.id = pm.user_id JOIN organisations o ON o.id = pm.organisation_id
     WHERE pm.panel_id = ANY (:ids) AND pm.member_to IS NULL ORDER BY o.name, u.name, pm.id
    """
)
_MEETINGS = text(
    """
    SELECT m.*, door.booked(m.id) AS booked FROM panel_meetings m
     WHERE m.panel_id = :panel_id AND m.kind = 'meeting' AND m.held_on >= :since AND m.held_on > :after
     ORDER BY m.held_on LIMIT :limit
    """
)
_ITEMS = text(
    """
    SELECT i.id, i.case_id, i.reference, c.tier, c.stage, i.scheduled_at, i.closed_at, i.decision, i.position,
           coalesce(i.minutes, t.item_minutes) AS minutes, p.name AS presenter
      FROM panel_items i LEFT JOIN cases c ON c.id = i.case_id LEFT JOIN users p ON p.id = i.presenter_id
      JOIN panel_meeting_terms t ON t.meeting_id = i.meeting_id
     WHERE i.meeting_id = :id ORDER BY i.position, i.id
    """
)
_ASSENTS = text(
    """
    SELECT a.item_id, o.name AS organisation, a.assents, a.reasons, u.name AS given_by, a.given_at,
           a.pack_version IS NOT DISTINCT FROM
             (SELECT max(p.version) FROM panel_packs p WHERE p.item_id = a.item_id) AS current
      FROM panel_assents a JOIN organisations o ON o.id = a.organisation_id JOIN users u ON u.id = a.given_by
     WHERE a.item_id = ANY (:ids) ORDER BY o.name
    """
)


# When each case is heard: also those count that the reader may not see, so the database adds up.
_BEFORE = text("SELECT place AS position, starts FROM door.agenda(:id)")
_SUBSTITUTES = text(
    """
    SELECT s.member_id AS member, u.name, u.email, m.panel_id FROM panel_substitutes s
      JOIN panel_members m ON m.id = s.member_id JOIN users u ON u.id = s.user_id
     WHERE m.panel_id = ANY (:ids) AND s.ended_at IS NULL AND m.member_to IS NULL ORDER BY s.member_id, u.name
    """
)


async def show_panels(session: Session, *, after: str, limit: int) -> Page[PanelOut]:
    """Some panels with their current members, by key."""
    keys = (await session.scalars(_PANELS, {"after": after, "limit": limit + 1})).all()
    rows = [await queries.find_panel(session, key) for key in keys]
    members = (await session.execute(_MEMBERS, {"ids": [row.id for row in rows]})).all()
    substitutes = (await session.execute(_SUBSTITUTES, {"ids": [row.id for row in rows]})).all()
    shown = [
        _panel(
            row,
            [m for m in members if m.panel_id == row.id],
            [s for s in substitutes if s.panel_id == row.id],
            await queries.invited(session, row.id),
        )
        for row in rows[:limit]
    ]
    return Page(shown, encode(shown[-1].key) if len(rows) > limit else None)


async def show_panel(session: Session, key: str) -> PanelOut:
    """One panel with its current members."""
    row = await queries.find_panel(session, key)
    known = {"ids": [row.id]}
    members = (await session.execute(_MEMBERS, known)).all()
    substitutes = (await session.execute(_SUBSTITUTES, known)).all()
    return _panel(row, members, substitutes, await queries.invited(session, row.id))


async def show_meetings(
    session: Session, panel: Row[Any], *, since: date, after: date, limit: int
) -> Page[MeetingSummary]:
    """Some meetings of a panel, by day: from `since` on, and later than `after`."""
    values = {"panel_id": panel.id, "since": since, "after": after, "limit": limit + 1}
    rows = (await session.execute(_MEETINGS, values)).all()
    shown = [MeetingSummary(**_meeting(row, panel.key)) for row in rows[:limit]]
    return Page(shown, encode(shown[-1].held_on.isoformat()) if len(rows) > limit else None)


async def show_meeting(session: Session, meeting_id: int) -> tuple[MeetingOut, list[int]]:
    """One meeting, and the numbers of the cases shown with it for the record of reads."""
    row = await queries.find_meeting(session, meeting_id)
    sitting = await queries.sitting(session, meeting_id)
    items = (await session.execute(_ITEMS, {"id": meeting_id})).all()
    assents = (await session.execute(_ASSENTS, {"ids": [item.id for item in items]})).all()
    stands = await queries.standings(session, row, [item.id for item in items])
    starts = {one.position: one.starts for one in (await session.execute(_BEFORE, {"id": meeting_id})).all()}
    shown = MeetingOut(
        **_meeting(row, row.panel),
        quorate=(await queries.item_standing(session, row, None)).quorate,
        chair=next((seat.substitute or seat.name for seat in sitting if seat.user_id == row.chair_id), None),
        members=[
            SeatOut(**_member(seat), present=seat.present, apologies=seat.apologies, substitute=seat.substitute)
            for seat in sitting
        ],
        items=[
            _item(
                item,
                [a for a in assents if a.item_id == item.id],
                # Once decided, nothing is missing any more, whoever has joined the panel since.
                stands[item.id].missing if item.closed_at is None else (),
                starts.get(item.position),
            )
            for item in items
        ],
    )
    return shown, [item.case_id for item in items]


async def read_meeting(session: Session, actor: Actor, meeting_id: int, route: str) -> MeetingOut:
    """One meeting as somebody sees it; the cases on it that are shown are on record as read through `route`."""
    meeting, case_ids = await show_meeting(session, meeting_id)
    await note_read(session, actor, route, case_ids)
    return meeting


def _panel(
    row: Row[Any], members: Sequence[Row[Any]], substitutes: Sequence[Row[Any]], invited: Sequence[Row[Any]]
) -> PanelOut:
    return PanelOut(
        key=row.key,
        name=row.name,
        quorum=row.quorum,
        quorum_sectors=row.quorum_sectors,
        papers_working_days=row.papers_working_days,
        members=[MemberOut(**_member(member)) for member in members],
        substitutes=[NamedSubstitute.model_validate(one, from_attributes=True) for one in substitutes],
        invited=[InvitedOut.model_validate(one, from_attributes=True) for one in invited],
    )


def _member(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "name", "email", "organisation", "sector")}


def _meeting(row: Row[Any], panel: str) -> dict[str, Any]:
    names = (
        "id",
        "kind",
        "held_on",
        "papers_due_on",
        "capacity",
        "booked",
        "place",
        "link",
        "cancelled_at",
    )
    times = {name: f"{at:%H:%M}" if (at := getattr(row, name)) else None for name in ("starts_at", "ends_at")}
    return {name: getattr(row, name) for name in names} | times | {"panel": panel}


def _item(row: Row[Any], assents: Sequence[Row[Any]], missing: Sequence[str], starts: time | None) -> ItemOut:
    names = (
        "reference", "position", "minutes", "presenter", "tier", "stage", "scheduled_at", "closed_at", "decision",
    )  # fmt: skip
    given = [AssentOut.model_validate(assent, from_attributes=True) for assent in assents]
    return ItemOut(
        **{name: getattr(row, name) for name in names},
        starts_at=f"{starts:%H:%M}" if starts else None,
        assents=given,
        missing_assents=list(missing),
    )
