"""What exports read: of each event what happened, when and where, and nothing that a person wrote or is called by.

Details are left out whole, because they hold what people typed; of the effects only keys of the pathway are taken.
Cases come in an order that only the salt gives: in that of their numbers, the third case would be the third case.
"""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Row, text

from app.kernel.database import Session

EVENTS = text(
    """
    SELECT e.case_id, e.sequence, coalesce(e.action, e.kind) AS activity, e.kind, e.from_tier, e.from_stage, e.to_tier,
           e.to_stage, e.effective_at, e.recorded_at, e.custody_id, e.organisation_id, e.actor_id, e.actor_kind,
           e.effects ->> 'stage_group' AS stage_group, e.effects ->> 'clock' AS clock, e.effects ->> 'hold' AS hold,
           e.effects -> 'hold_details' ->> 'waits_on' AS waits_on, e.effects ->> 'outcome' AS outcome,
           CASE WHEN e.details ->> 'journey' = 'unknown' THEN 'unknown' END AS journey,
           c.tenure, c.pathway_key, c.pathway_version, c.first_contact_on
      FROM events_as_corrected e
      JOIN cases c ON c.id = e.case_id
     WHERE e.case_id = ANY (CAST(:cases AS bigint[]))
     ORDER BY array_position(CAST(:cases AS bigint[]), e.case_id), e.sequence
    """
)
CASES = text(
    """
    SELECT id, tenure, pathway_key, pathway_version, first_contact_on FROM cases
     ORDER BY sha256((SELECT x.salt FROM export_salt x) || convert_to(id::text, 'UTF8'))
    """
)
ACTIVITIES = text("SELECT DISTINCT coalesce(action, kind) AS activity FROM case_events ORDER BY 1")
ORGANISATIONS = text("SELECT id, kind FROM organisations")
STAFF = text("SELECT id FROM users")
EVENT_TEXTS = (
    "from_tier", "from_stage", "to_tier", "to_stage", "kind", "actor_kind", "stage_group", "clock", "hold", "waits_on",
    "outcome", "journey",
)  # fmt: skip
"""Columns of EVENTS that are told of each event where they have a value; every one holds keys, never prose."""

AT_ONCE = 1_000
CASES_AT_ONCE = 100
"""With some ten events each, as many rows in memory."""


async def streamed(session: Session, statement: Any) -> AsyncIterator[Row[Any]]:
    """Rows as they come, a thousand in memory at a time."""
    async with session.stream(statement, execution_options={"yield_per": AT_ONCE}) as result:
        async for row in result:
            yield row


async def events(session: Session) -> AsyncIterator[Row[Any]]:
    """Every event, case by case in the cases' order: sorted a hundred cases at a time, and never the whole journal."""
    some: list[int] = []
    async for case in streamed(session, CASES):
        some.append(case.id)
        if len(some) == CASES_AT_ONCE:
            for row in await session.execute(EVENTS, {"cases": some}):
                yield row
            some = []
    for row in await session.execute(EVENTS, {"cases": some}):
        yield row
