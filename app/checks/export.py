"""`adapt journal export`: the journal as JSON lines that anybody can verify without this database.

Each line is an event with everything its hash covers, or a seal, after the events that it covers. Details are exported
as recorded, so the file is as confidential as the case itself.
"""

from collections.abc import AsyncIterator

from sqlalchemy import text

from app.cases import queries
from app.kernel.database import Database

_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_EVENT = f"""
    jsonb_build_object(
      'event', e.id, 'reference', c.reference, 'case_id', e.case_id, 'sequence', e.sequence, 'kind', e.kind,
      'action', e.action, 'from_tier', e.from_tier, 'from_stage', e.from_stage, 'to_tier', e.to_tier,
      'to_stage', e.to_stage, 'custody_id', e.custody_id, 'occurred_at', {_TIME.format("e.occurred_at")},
      'recorded_at', {_TIME.format("e.recorded_at")}, 'actor_id', e.actor_id, 'actor_kind', e.actor_kind,
      'organisation_id', e.organisation_id, 'details', e.details, 'effects', e.effects,
      'previous_hash', encode(e.previous_hash, 'hex'), 'hash', encode(e.hash, 'hex'))::text
"""
_ONE = text(
    f"SELECT {_EVENT} AS line FROM case_events e JOIN cases c ON c.id = e.case_id"
    " WHERE e.case_id = :id ORDER BY e.sequence"
)
# In the order of recording, as seals take them: a verifier then needs each case's last hash and nothing more.
_ALL = text(
    f"""
    SELECT line FROM (
      SELECT e.id AS place, 0 AS after_events, {_EVENT} AS line
        FROM case_events e LEFT JOIN cases c ON c.id = e.case_id
      UNION ALL
      SELECT s.up_to_event_id, 1, jsonb_build_object(
               'seal', s.id, 'sealed_at', {_TIME.format("s.sealed_at")}, 'up_to_event_id', s.up_to_event_id,
               'events', s.events, 'previous_hash', encode(s.previous_hash, 'hex'), 'hash', encode(s.hash, 'hex'))::text
        FROM journal_seals s) lines
     ORDER BY place, after_events
    """
)


async def export(db: Database, reference: str | None = None) -> AsyncIterator[str]:
    """Yield the lines, without line ends: one case's events, or all events with the seals between them.

    Raises NotFound for a case that does not exist.
    """
    async with db.snapshot() as session:
        if reference is not None:
            case = await queries.find(session, reference)
            statement, values = _ONE, {"id": int(case.id)}
        else:
            statement, values = _ALL, {}
        async with session.stream(statement, values) as rows:
            async for row in rows:
                yield row.line
