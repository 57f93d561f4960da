"""Add a document to a case, or a new version of one. Its bytes are in the store already: a record never lacks them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.record import Record, record
from app.cases.casework import Casework
from app.cases.models import Case, Recorded
from app.documents.kinds import DocumentKind
from app.documents.queries import not_found
from app.kernel.database import Session
from app.kernel.problems import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was found good and put into the store."""

    object_key: str
    thumbnail_key: str | None
    media_type: str
    name: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocument:
    """A new document: what it is, and what it is about in a few words."""

    reference: str
    kind: DocumentKind
    about: str | None
    file: StoredFile
    expected_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVersion:
    """A newer version of a document, which takes the older one's place and leaves it readable."""

    reference: str
    document_id: int
    file: StoredFile
    expected_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A version that is on record, with its event."""

    case_id: int
    document_id: int
    version: int
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a version goes, and what its sender had last seen of the case."""

    document_id: int
    version: int
    kind: str
    seen: int | None


_DOCUMENT = text("INSERT INTO documents (case_id, kind, about) VALUES (:case_id, :kind, :about) RETURNING id")
_FIND = text(
    """
    SELECT d.kind, d.withdrawn_at, (SELECT max(v.version) FROM document_versions v WHERE v.document_id = d.id) AS newest
      FROM documents d WHERE d.case_id = :case_id AND d.id = :id
    """
)
_VERSION = text(
    """
    INSERT INTO document_versions (document_id, version, case_id, sequence, sha256, size, media_type, name, object_key,
                                   thumbnail_key, uploaded_by)
    VALUES (:document_id, :version, :case_id, :sequence, :sha256, :size, :media_type, :name, :object_key,
            :thumbnail_key, :uploaded_by)
    """
)


async def add_document(session: Session, actor: Actor, command: AddDocument, *, casework: Casework) -> Added:
    """Record a document with its first version. A case that has ended takes documents too: letters come late.

    Raises NotFound, NotPermitted, CaseMovedOn.
    """
    case = await _locked(session, actor, command.reference)
    values = {"case_id": case.id, "kind": command.kind.value, "about": command.about or None}
    document_id: int = (await session.execute(_DOCUMENT, values)).scalar_one()
    place = _Place(document_id, 1, command.kind.value, command.expected_sequence)
    return await _add(session, actor, case, place, command.file, casework=casework)


async def add_version(session: Session, actor: Actor, command: AddVersion, *, casework: Casework) -> Added:
    """Record the next version of a document. Raises NotFound, NotPermitted, CaseMovedOn, Conflict for one withdrawn."""
    case = await _locked(session, actor, command.reference)
    found = (await session.execute(_FIND, {"case_id": case.id, "id": command.document_id})).one_or_none()
    if found is None:
        raise not_found()
    if found.withdrawn_at is not None:
        raise Conflict("This document was withdrawn. Add the file as a new document.", code="withdrawn")
    place = _Place(command.document_id, found.newest + 1, found.kind, command.expected_sequence)
    return await _add(session, actor, case, place, command.file, casework=casework)


async def _locked(session: Session, actor: Actor, reference: str) -> Case:
    """The case, locked: versions and events are numbered one after another."""
    case = await cases.lock(session, reference)
    require(actor, Permission.DOCUMENT_ADD, case.state.acting_party_ids)
    return case


async def _add(
    session: Session, actor: Actor, case: Case, place: _Place, file: StoredFile, *, casework: Casework
) -> Added:
    # The file's name stays out of the journal, because people put names into it.
    details: dict[str, Any] = {
        "document": place.document_id, "version": place.version, "kind": place.kind, "media_type": file.media_type,
        "sha256": file.sha256.hex(),
    }  # fmt: skip
    command = Record(reference=case.reference, kind="document_added", details=details, expected_sequence=place.seen)
    recorded = await record(session, actor, command, casework=casework)
    values = {
        "document_id": place.document_id,
        "version": place.version,
        "case_id": case.id,
        "sequence": recorded.event.sequence,
        "sha256": file.sha256,
        "size": file.size,
        "media_type": file.media_type,
        "name": file.name,
        "object_key": file.object_key,
        "thumbnail_key": file.thumbnail_key,
        "uploaded_by": actor.user_id,
    }
    await session.execute(_VERSION, values)
    return Added(case_id=case.id, document_id=place.document_id, version=place.version, recorded=recorded)
