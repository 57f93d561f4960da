"""Throw away what has served its purpose: answers and searches, dead tokens, old runs of checks, finished jobs."""

from typing import Any, Final

from sqlalchemy import TextClause, text

from app.kernel.database import Database
from app.notifications.jobs import Work

CHUNK: Final = 10_000
"""Rows removed in a transaction, so that none lasts long."""

# Each removes at most :chunk rows.
_PRUNE: Final[dict[str, TextClause]] = {
    "idempotency_keys": text(
        """
        DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM idempotency_keys
           WHERE created_at < CAST(:now AS timestamptz) - interval '48 hours' LIMIT :chunk))
        """
    ),
    "api_tokens": text(
        """
        DELETE FROM api_tokens WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM api_tokens
           WHERE least(expires_at, revoked_at) < CAST(:now AS timestamptz) - interval '90 days' LIMIT :chunk))
        """
    ),
    "check_runs": text(
        """
        DELETE FROM check_runs WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM check_runs WHERE started_at < CAST(:now AS timestamptz) - interval '90 days' LIMIT :chunk))
        """
    ),
    # `app.edge.drafts.KEPT_DAYS`, in SQL.
    "drafts": text(
        """
        DELETE FROM drafts WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM drafts WHERE saved_at < CAST(:now AS timestamptz) - interval '30 days' LIMIT :chunk))
        """
    ),
    "searches": text(
        """
        DELETE FROM searches WHERE id = ANY (ARRAY(
          SELECT id FROM searches WHERE created_at < CAST(:now AS timestamptz) - interval '1 day' LIMIT :chunk))
        """
    ),
    "bulk_assignments": text(
        """
        DELETE FROM bulk_assignments WHERE id = ANY (ARRAY(
          SELECT id FROM bulk_assignments
           WHERE created_at < CAST(:now AS timestamptz) - interval '30 days' LIMIT :chunk))
        """
    ),
    "procrastinate_jobs": text(
        """
        DELETE FROM procrastinate_jobs WHERE id = ANY (ARRAY(
          SELECT j.id FROM procrastinate_jobs j
           WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
             AND NOT EXISTS (SELECT FROM procrastinate_events e
                              WHERE e.job_id = j.id AND e.at >= CAST(:now AS timestamptz) - interval '30 days')
           LIMIT :chunk))
        """
    ),
}


async def prune(work: Work) -> dict[str, Any]:
    """Remove what is older than needed; the number of rows by table."""
    return {table: await _prune(work.db, statement, work) for table, statement in _PRUNE.items()}


async def _prune(db: Database, statement: TextClause, work: Work) -> int:
    removed = 0
    while True:
        async with db.transaction() as session:
            gone = (await session.execute(statement, {"now": work.now, "chunk": CHUNK})).rowcount
        removed += gone
        if gone < CHUNK:
            return removed
