"""Read panels and their meetings. What hangs on a case is behind row-level security; the rest is the partnership's."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.panels.rules import Effect, QuorumRule, Seat, Standing, Word, standing

_PANEL = text(
    """
    SELECT p.id, p.key, p.name, t.version, t.in_force_from, t.purpose, t.quorum, t.quorum_sectors,
           t.papers_working_days, t.decision_working_days, t.capacity, t.item_minutes, t.substitution,
           t.assent_rule, t.correspondence, t.correspondence_quorum, t.sight_days_after, t.checklist
      FROM panels p CROSS JOIN LATERAL (
        SELECT * FROM panel_terms t WHERE t.panel_id = p.id AND (t.version = 1 OR t.in_force_from <= current_date)
         ORDER BY t.in_force_from DESC, t.version DESC LIMIT 1) t
     WHERE p.key = :key
    """
)
_MEETING = text(
    """
    SELECT m.*, p.key AS panel, p.name AS panel_name, t.quorum, t.quorum_sectors, t.assent_rule, t.correspondence,
           t.correspondence_quorum, t.substitution, t.item_minutes, t.decision_working_days,
           t.papers_working_days, t.checklist,
           door.booked(m.id) AS booked
      FROM panel_meetings m JOIN panels p ON p.id = m.panel_id JOIN panel_meeting_terms t ON t.meeting_id = m.id
     WHERE m.id = :id
    """
)
_TERMS = text("SELECT * FROM panel_terms WHERE panel_id = :panel_id ORDER BY version DESC")
_LOCK = text("SELECT id FROM panel_meetings WHERE id = :id FOR UPDATE")
_SITTING = text(
    """
    SELECT pm.id, coalesce(a.substitute_id, pm.user_id) AS user_id, pm.user_id AS member_user_id, u.name, u.email,
           o.name AS organisation, o.id AS organisation_id, o.key AS organisation_key, pm.sector, a.present,
           coalesce(a.apologies, false) AS apologies, a.substitute_id, s.name AS substitute,
           s.email AS substitute_email
      FROM panel_meetings m
      JOIN panel_members pm ON pm.panel_id = m.panel_id AND pm.member_from <= m.held_on
                           AND (pm.member_to IS NULL OR pm.member_to > m.held_on)
      JOIN users u ON u.id = pm.user_id
      JOIN organisations o ON o.id = pm.organisation_id
      LEFT JOIN panel_attendance a ON a.meeting_id = m.id AND a.member_id = pm.id
      LEFT JOIN users s ON s.id = a.substitute_id
     WHERE m.id = :id ORDER BY o.name, u.name, pm.id
    """
)
_INVITED = text(
    """
    SELECT u.name, u.email FROM panel_invitees i JOIN users u ON u.id = i.user_id
     WHERE i.panel_id = :panel_id AND i.ended_at IS NULL AND u.active ORDER BY u.name, u.id
    """
)
_INTERESTS = text("SELECT item_id, user_id, effect FROM panel_interests WHERE item_id = ANY (:ids)")
_WORDS = text(
    """
    SELECT a.item_id, o.name AS organisation, a.assents, a.given_by,
           a.pack_version IS NOT DISTINCT FROM
             (SELECT max(p.version) FROM panel_packs p WHERE p.item_id = a.item_id) AS current
      FROM panel_assents a JOIN organisations o ON o.id = a.organisation_id WHERE a.item_id = ANY (:ids)
    """
)


async def find_panel(session: Session, key: str) -> Row[Any]:
    """The panel of this key with the terms of reference in force today, or NotFound."""
    row = (await session.execute(_PANEL, {"key": key})).one_or_none()
    if row is None:
        raise NotFound("There is no panel with this key. GET /api/v1/panels lists them.")
    return row


async def terms(session: Session, panel_id: int) -> Sequence[Row[Any]]:
    """Every version of a panel's terms, newest first."""
    return (await session.execute(_TERMS, {"panel_id": panel_id})).all()


async def find_meeting(session: Session, meeting_id: int) -> Row[Any]:
    """The meeting with the terms of its day and `booked`, the number of cases on its agenda; or NotFound."""
    row = (await session.execute(_MEETING, {"id": meeting_id})).one_or_none()
    if row is None:
        raise NotFound("There is no meeting with this number. GET /api/v1/panels/{key}/meetings lists them.")
    return row


async def lock_meeting(session: Session, meeting_id: int) -> Row[Any]:
    """The meeting, locked until the transaction ends: nothing is scheduled for it or decided at it meanwhile."""
    await session.execute(_LOCK, {"id": meeting_id})
    return await find_meeting(session, meeting_id)


async def sitting(session: Session, meeting_id: int) -> Sequence[Row[Any]]:
    """Who is a member on the day of the meeting, and who sits for it; `present` is None where nothing is recorded."""
    return (await session.execute(_SITTING, {"id": meeting_id})).all()


async def invited(session: Session, panel_id: int) -> Sequence[Row[Any]]:
    """Who is invited to every meeting of a panel beside its members: name and e-mail address, by name."""
    return (await session.execute(_INVITED, {"panel_id": panel_id})).all()


async def seats(session: Session, meeting_id: int, *, item_id: int | None = None) -> list[Seat]:
    """The same as the rules take it, with the interests declared in one item."""
    rows = await sitting(session, meeting_id)
    effects = await _effects(session, [item_id] if item_id is not None else [])
    return _seated(rows, effects.get(item_id or 0, {}))


async def item_standing(session: Session, meeting: Row[Any], item_id: int | None) -> Standing:
    """How an item of this meeting stands, by the terms of the meeting's day; without one, the meeting as a whole."""
    if item_id is not None:
        return (await standings(session, meeting, [item_id]))[item_id]
    there = _seated(await sitting(session, meeting.id), {})
    return standing(there, [], rule=quorum_rule(meeting), way=meeting.kind)


async def standings(session: Session, meeting: Row[Any], item_ids: Sequence[int]) -> dict[int, Standing]:
    """How each of these items of one meeting stands, in as many statements as for one."""
    rows = await sitting(session, meeting.id)
    effects, said = await _effects(session, item_ids), await _words(session, item_ids)
    rule = quorum_rule(meeting)
    return {
        item_id: standing(_seated(rows, effects.get(item_id, {})), said.get(item_id, []), rule=rule, way=meeting.kind)
        for item_id in item_ids
    }


async def _effects(session: Session, item_ids: Sequence[int]) -> dict[int, dict[int, Effect]]:
    """Item -> user -> what the interest that the user has declared in it does."""
    found: dict[int, dict[int, Effect]] = {}
    if item_ids:
        for row in (await session.execute(_INTERESTS, {"ids": list(item_ids)})).all():
            found.setdefault(row.item_id, {})[row.user_id] = row.effect
    return found


async def _words(session: Session, item_ids: Sequence[int]) -> dict[int, list[Word]]:
    found: dict[int, list[Word]] = {}
    for row in (await session.execute(_WORDS, {"ids": list(item_ids)})).all():
        word = Word(organisation=row.organisation, assents=row.assents, given_by=row.given_by, current=row.current)
        found.setdefault(row.item_id, []).append(word)
    return found


def _seated(rows: Sequence[Row[Any]], effects: Mapping[int, Effect]) -> list[Seat]:
    return [
        Seat(
            member_id=row.id,
            organisation=row.organisation,
            sector=row.sector,
            present=bool(row.present),
            user_id=row.user_id,
            effect=effects.get(row.user_id),
        )
        for row in rows
    ]


def quorum_rule(meeting: Row[Any]) -> QuorumRule:
    """The rule for decisions at a meeting as `find_meeting` gives it."""
    return QuorumRule(
        number=meeting.quorum,
        sectors=frozenset(meeting.quorum_sectors),
        assent=meeting.assent_rule,
        correspondence_number=meeting.correspondence_quorum,
    )
