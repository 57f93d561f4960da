"""Read a case's journal."""

from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.cases.models import Recorded, state_or_none
from app.cases.rules import Event
from app.kernel.database import Session
from app.pathways.facts import State

_EVENTS = text("SELECT * FROM case_events WHERE case_id = :id ORDER BY sequence")
_SELECT_SHOWN = """
    SELECT e.*, CASE e.actor_kind WHEN 'user' THEN u.name ELSE e.actor_kind END AS actor, o.name AS organisation,
           a.name AS assignee
      FROM case_events e
      JOIN organisations o ON o.id = e.organisation_id
      LEFT JOIN users u ON u.id = e.actor_id
      LEFT JOIN users a ON e.kind = 'assigned' AND a.id = CAST(e.details ->> 'assigned_to' AS integer)
"""
_SHOWN = text(f"{_SELECT_SHOWN} WHERE e.case_id = :id AND e.sequence > :after ORDER BY e.sequence LIMIT :limit")
_NEWEST = text(f"{_SELECT_SHOWN} WHERE e.case_id = :id AND e.sequence < :before ORDER BY e.sequence DESC LIMIT :limit")
_BEYOND = 2**31 - 1


async def load_events(session: Session, case_id: int) -> list[Event]:
    """The whole journal of a case, in order, as the rules take it."""
    return [event_from(row) for row in await session.execute(_EVENTS, {"id": case_id})]


def event_from(row: Row[Any]) -> Event:
    """Read a row of the journal."""
    return Event(
        sequence=row.sequence,
        kind=row.kind,
        action=row.action,
        from_=state_or_none(row.from_tier, row.from_stage),
        to=State(row.to_tier, row.to_stage),
        custody_id=row.custody_id,
        occurred_at=row.occurred_at,
        actor_id=row.actor_id,
        organisation_id=row.organisation_id,
        details=row.details,
        effects=row.effects,
    )


async def shown_events(session: Session, case_id: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Some events as they are shown, oldest first: `from` and `to` as pairs, actor and organisation by name."""
    rows = (await session.execute(_SHOWN, {"id": case_id, "after": after, "limit": limit})).all()
    return [shown(row) for row in rows]


async def newest_events(session: Session, case_id: int, *, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Some events as they are shown, newest first: those before a sequence, or from the newest on."""
    values = {"id": case_id, "before": before if before is not None else _BEYOND, "limit": limit}
    return [_with_assignee(row) for row in (await session.execute(_NEWEST, values)).all()]


async def shown_event(session: Session, case_id: int, sequence: int) -> dict[str, Any] | None:
    """One event as it is shown, or None where the case has none of this number."""
    found = await newest_events(session, case_id, before=sequence + 1, limit=1)
    return found[0] if found and found[0]["sequence"] == sequence else None


def _with_assignee(row: Row[Any]) -> dict[str, Any]:
    """For people: the event, and by name who was assigned."""
    return {**shown(row), "assignee": row.assignee}


def shown_recorded(recorded: Recorded, actor: Actor) -> dict[str, Any]:
    """An event that the actor has just recorded, as it is shown."""
    event = recorded.event
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "action": event.action,
        "from": {"tier": event.from_.tier, "stage": event.from_.stage} if event.from_ else None,
        "to": {"tier": event.to.tier, "stage": event.to.stage},
        "occurred_at": event.occurred_at,
        "recorded_at": recorded.recorded_at,
        "actor": actor.name,
        "organisation": recorded.organisation,
        "details": event.details,
    }


def shown(row: Row[Any]) -> dict[str, Any]:
    """One event as the contract names its parts."""
    came_from = state_or_none(row.from_tier, row.from_stage)
    return {
        "sequence": row.sequence,
        "kind": row.kind,
        "action": row.action,
        "from": {"tier": came_from.tier, "stage": came_from.stage} if came_from else None,
        "to": {"tier": row.to_tier, "stage": row.to_stage},
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
        "actor": row.actor,
        "organisation": row.organisation,
        "details": row.details,
    }
