"""Remind whoever looks after a case on hold that its review has come: once a hold, on their worklist."""

from typing import Any

import orjson
from sqlalchemy import text

from app.notifications.jobs import Work

# The assessor or officer whom the case is assigned to; if nobody, whoever has the role that looks after holds.
_REMIND = text(
    """
    WITH come AS (
      UPDATE holds h SET reminded_on = :today
        FROM cases c
       WHERE c.id = h.case_id AND h.held_to IS NULL AND h.review_on <= :today AND h.reminded_on IS NULL
      RETURNING h.id AS hold_id, h.case_id, h.review_on, h.waits_on, c.assigned_to, c.custody_id, c.pathway_key,
                c.pathway_version, c.stage
    )
    INSERT INTO reminders (case_id, kind, hold_id, user_id, role, organisation_id, due_on, message)
    SELECT come.case_id, 'hold_review', come.hold_id, come.assigned_to,
           coalesce(owners.role, 'team_manager'), come.custody_id, come.review_on,
           'The hold waits on: ' || come.waits_on || '. Resume the case, or hold it anew with another review date.'
      FROM come
      LEFT JOIN jsonb_to_recordset(CAST(:owners AS jsonb)) AS owners (key text, version integer, stage text, role text)
        ON owners.key = come.pathway_key AND owners.version = come.pathway_version AND owners.stage = come.stage
    RETURNING id
    """
)
_DONE = text(
    """
    UPDATE reminders r SET done_at = now() FROM holds h
     WHERE r.hold_id = h.id AND r.done_at IS NULL AND h.held_to IS NOT NULL RETURNING r.id
    """
)


async def remind_of_holds(work: Work) -> dict[str, Any]:
    """Remind of every open hold whose review has come, and put away reminders of holds that have ended."""
    async with work.db.transaction() as session:
        done = (await session.execute(_DONE)).all()
        values = {"today": work.today, "owners": _owners(work)}
        reminded = (await session.execute(_REMIND, values)).all()
    return {"reminded": len(reminded), "put_away": len(done)}


def _owners(work: Work) -> str:
    """Who looks after cases on hold, by pathway and version."""
    return orjson.dumps(
        [
            {"key": pathway.key, "version": pathway.version, "stage": name, "role": stage.owner}
            for pathway in work.casework.pathways.all()
            for name, stage in pathway.definition.stages.items()
            if stage.group == "held"
        ]
    ).decode()
