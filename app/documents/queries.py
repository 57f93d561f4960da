"""Find a case's documents. Row-level security is behind every statement: who does not see the case sees none."""

from dataclasses import dataclass
from typing import Any, LiteralString

from sqlalchemy import Row, text

from app.documents.kinds import WithdrawalReason
from app.documents.schemas import DocumentOut, DocumentPage, VersionOut, WithdrawnOut
from app.kernel.database import Session
from app.kernel.paging import encode
from app.kernel.problems import NotFound

_DOCUMENTS: LiteralString = """
    SELECT d.id, d.kind, d.about, d.withdrawn_at, d.withdrawn_reason, w.name AS withdrawn_by, v.versions
      FROM documents d LEFT JOIN users w ON w.id = d.withdrawn_by
      JOIN LATERAL (
        SELECT json_agg(json_build_object(
                 'version', v.version, 'name', v.name, 'media_type', v.media_type, 'size', v.size,
                 'sha256', encode(v.sha256, 'hex'), 'added_by', u.name, 'added_at', v.uploaded_at,
                 'thumbnail', v.thumbnail_key IS NOT NULL) ORDER BY v.version DESC) AS versions
          FROM document_versions v JOIN users u ON u.id = v.uploaded_by WHERE v.document_id = d.id) v ON true
     WHERE d.case_id = :case_id"""
_PAGE = text(f"{_DOCUMENTS} AND d.id < :before ORDER BY d.id DESC LIMIT :limit")
_ONE = text(f"{_DOCUMENTS} AND d.id = :id")
_VERSION = text(
    """
    SELECT v.object_key, v.thumbnail_key, v.media_type, v.name, v.size, v.sha256, d.withdrawn_at
      FROM documents d JOIN document_versions v ON v.document_id = d.id
     WHERE d.case_id = :case_id AND d.id = :id AND v.version = :version
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Where the bytes of a version are, and what to serve them as."""

    object_key: str
    thumbnail_key: str | None
    media_type: str
    name: str
    size: int
    sha256: bytes


def not_found() -> NotFound:
    """The same words for a document that is not there and one of another case."""
    return NotFound("This case has no such document. Look at the list of its documents.")


async def show_documents(session: Session, case_id: int, base: str, *, before: int, limit: int) -> DocumentPage:
    """Some documents of a visible case, newest first; `base` begins their addresses."""
    values = {"case_id": case_id, "before": before, "limit": limit + 1}
    rows = (await session.execute(_PAGE, values)).all()
    shown = [_shown(row, base) for row in rows[:limit]]
    return DocumentPage(items=shown, next_cursor=encode(str(shown[-1].id)) if len(rows) > limit else None)


async def show_document(session: Session, case_id: int, document_id: int, base: str) -> DocumentOut:
    """One document of a visible case, or NotFound."""
    row = (await session.execute(_ONE, {"case_id": case_id, "id": document_id})).one_or_none()
    if row is None:
        raise not_found()
    return _shown(row, base)


async def find_version(session: Session, case_id: int, document_id: int, version: int) -> Version:
    """A version that can be read. Raises NotFound, also for what was withdrawn."""
    values = {"case_id": case_id, "id": document_id, "version": version}
    row = (await session.execute(_VERSION, values)).one_or_none()
    if row is None:
        raise not_found()
    if row.withdrawn_at is not None:
        raise NotFound("This document was withdrawn, so it can no longer be read.")
    found = {name: value for name, value in row._asdict().items() if name != "withdrawn_at"}
    return Version(**found | {"sha256": bytes(row.sha256)})


def documents_path(base: str, reference: str) -> str:
    """Where a case's documents are: under the API or under the pages."""
    return f"{base}/cases/{reference}/documents"


def _shown(row: Row[Any], base: str) -> DocumentOut:
    withdrawn = row.withdrawn_at and WithdrawnOut(
        at=row.withdrawn_at, by=row.withdrawn_by, reason=WithdrawalReason(row.withdrawn_reason)
    )
    versions = [_version(version, f"{base}/{row.id}", hidden=bool(withdrawn)) for version in row.versions]
    return DocumentOut(id=row.id, kind=row.kind, about=row.about, withdrawn=withdrawn, versions=versions)


def _version(found: dict[str, Any], base: str, *, hidden: bool) -> VersionOut:
    place = f"{base}/versions/{found['version']}"
    small = found.pop("thumbnail")
    if hidden:
        found["name"] = None
    return VersionOut(
        **found,
        content=None if hidden else f"{place}/content",
        thumbnail=f"{place}/thumbnail" if small and not hidden else None,
    )
