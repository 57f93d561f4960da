"""A case's documents in a line, for the page of the case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.kernel.database import Session

_SUMMARY = text(
    """
    SELECT count(DISTINCT d.id) AS number, count(DISTINCT d.id) FILTER (WHERE v.thumbnail_key IS NOT NULL) AS pictures,
           max(v.uploaded_at) AS newest_at
      FROM documents d JOIN document_versions v ON v.document_id = d.id
     WHERE d.case_id = :case_id AND d.withdrawn_at IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class DocumentsSummary:
    """How many documents can be read, how many of them are pictures, and when the newest came (None without any)."""

    number: int
    pictures: int
    newest_at: datetime | None


async def summarise(session: Session, case_id: int) -> DocumentsSummary:
    """The summary of a visible case; `documents/templates/summary.html` shows it."""
    row = (await session.execute(_SUMMARY, {"case_id": case_id})).one()
    return DocumentsSummary(row.number, row.pictures, row.newest_at)
