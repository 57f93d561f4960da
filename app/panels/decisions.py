"""How a panel's decision was taken, as it was at that moment: written once, when its case leaves the agenda."""

from dataclasses import asdict
from datetime import date
from typing import Any, Final

import orjson
from sqlalchemy import Row, text

from app.cases.models import Case, Recorded
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.panels import queries
from app.panels.exceptions import Exceptional, note_exception
from app.panels.packs import newest_version

DECIDED: Final = frozenset({"agreed", "agreed_with_conditions", "refused", "rehouse"})
"""Decisions that end the panel's work on a case; to defer or to refer on does not."""

_WORDS = text(
    """
    SELECT o.name AS organisation, a.assents, a.reasons, a.given_by, a.pack_version FROM panel_assents a
      JOIN organisations o ON o.id = a.organisation_id WHERE a.item_id = :item_id ORDER BY o.name
    """
)
_WRITE = text(
    """
    INSERT INTO panel_decisions
      (item_id, way, decision, sequence, seats, quorate, assents, decided_on, tell_by, review_on, recorded_by)
    VALUES (:item_id, :way, :decision, :sequence, CAST(:seats AS jsonb), :quorate, CAST(:assents AS jsonb), :decided_on,
            :tell_by, :review_on, :recorded_by)
    """
)


async def write_decision(
    session: Session, case: Case, recorded: Recorded, item: Row[Any], decision: str, *, timekeeper: Timekeeper
) -> None:
    """Keep the seats, interests and words by which an item was decided, and the day by which the person is told.

    `item` has its `id` and `meeting_id`, and is still open.
    """
    event = recorded.event
    meeting = await queries.find_meeting(session, item.meeting_id)
    stands = await queries.item_standing(session, meeting, item.id)
    seats = await queries.seats(session, item.meeting_id, item_id=item.id)
    words = [row._asdict() for row in (await session.execute(_WORDS, {"item_id": item.id})).all()]
    decided_on = timekeeper.day(event.occurred_at)
    calendar = timekeeper.calendar(case.pathway_key, case.state.pathway_version)
    values = {
        "item_id": item.id,
        "way": meeting.kind,
        "decision": decision,
        "sequence": event.sequence,
        "seats": orjson.dumps([asdict(seat) for seat in seats]).decode(),
        "quorate": stands.quorate,
        "assents": orjson.dumps(words).decode(),
        "decided_on": decided_on,
        "tell_by": calendar.add_working_days(decided_on, meeting.decision_working_days),
        "review_on": _day(event.details.get("review_on")),
        "recorded_by": event.actor_id,
    }
    await session.execute(_WRITE, values)
    # Put off before anybody met, a case has not met a meeting without its quorum.
    failed = not stands.quorate and (decision in DECIDED or any(seat.present for seat in seats))
    blind = await newest_version(session, item.id) is None
    for kind in _exceptions(case, decision, decided_on, failed=failed, blind=blind):
        what = Exceptional(
            kind=kind, panel_id=meeting.panel_id, meeting_id=meeting.id, item_id=item.id, case_id=case.id
        )
        await note_exception(session, what, by=event.actor_id)


def _exceptions(case: Case, decision: str, decided_on: date, *, failed: bool, blind: bool) -> list[str]:
    found = ["quorum_failed"] if failed else []
    if blind and decision in DECIDED:
        found.append("decided_without_papers")
    if decision in DECIDED and case.due_on is not None and decided_on > case.due_on:
        found.append("decided_late")
    return found


def _day(written: object) -> date | None:
    if isinstance(written, date):
        return written
    return date.fromisoformat(written) if isinstance(written, str) else None
