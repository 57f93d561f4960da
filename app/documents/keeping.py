"""What the worker and the commands do for documents: erase what was withdrawn, compare the store with the records."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import text

from app.documents.store import DocumentStore, ObjectMissing
from app.kernel.database import Database

_log = structlog.get_logger("adapt.documents")
_CHUNK: Final = 200
YOUNG: Final = timedelta(hours=24)
"""An object may be there this long before the record of it is."""
FEW_ORPHANS: Final = 100
SHARE_OF_ORPHANS: Final = 10
"""More than a tenth of what is there, and more than a few: that is another database's store, or an old dump."""

_WITHDRAWN: Final = text(
    """
    SELECT v.document_id, v.version, v.object_key, v.thumbnail_key
      FROM document_versions v JOIN documents d ON d.id = v.document_id
     WHERE d.withdrawn_at IS NOT NULL AND v.erased_at IS NULL ORDER BY v.document_id, v.version LIMIT :chunk
    """
)
_ERASED: Final = text(
    """
    UPDATE document_versions SET erased_at = door.now(), name = NULL, object_key = NULL, thumbnail_key = NULL
     WHERE document_id = :document_id AND version = :version AND erased_at IS NULL
    """
)
_KEYS: Final = text(
    """
    SELECT k.key FROM document_versions v, LATERAL (VALUES (v.object_key), (v.thumbnail_key)) AS k (key)
     WHERE k.key IS NOT NULL
    """
)
_STILL: Final = text(
    "SELECT count(*) FROM document_versions WHERE object_key = ANY (:keys) OR thumbnail_key = ANY (:keys)"
)
_READABLE: Final = text(
    """
    SELECT c.reference, v.document_id, v.version, v.object_key, v.sha256
      FROM document_versions v JOIN cases c ON c.id = v.case_id
     WHERE v.object_key IS NOT NULL AND (v.document_id, v.version) > (:document_id, :version)
     ORDER BY v.document_id, v.version LIMIT :chunk
    """
)


@dataclass(frozen=True, slots=True)
class Unsound:
    """A version whose bytes are not what was recorded."""

    reference: str
    document_id: int
    version: int
    what: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a comparison of store and records came to. `orphans` were found, `removed` of them are gone."""

    objects: int
    orphans: int
    removed: int
    missing: int


async def erase_withdrawn(db: Database, store: DocumentStore) -> int:
    """Erase the bytes of withdrawn documents, then note that they are gone; the number of versions.

    The bytes go first: were the note first and the worker killed, they would stay and nobody would know.
    """
    erased = 0
    while True:
        async with db.transaction() as session:
            rows = (await session.execute(_WITHDRAWN, {"chunk": _CHUNK})).all()
        for row in rows:
            await store.delete(key for key in (row.object_key, row.thumbnail_key) if key)
            async with db.transaction() as session:
                await session.execute(_ERASED, {"document_id": row.document_id, "version": row.version})
        erased += len(rows)
        if len(rows) < _CHUNK:
            return erased


async def sweep(db: Database, store: DocumentStore, *, now: datetime) -> Swept:
    """Remove objects of which there is no record, left by uploads that broke off, and count what is missing."""
    async with db.transaction() as session:
        waited_for = set(await session.scalars(_KEYS))
    objects, orphans = 0, []
    async for some in store.listed():
        objects += len(some)
        orphans += [o.key for o in some if o.key not in waited_for and now - o.last_modified > YOUNG]
        waited_for.difference_update(o.key for o in some)
    removed = 0
    if len(orphans) <= max(FEW_ORPHANS, objects // SHARE_OF_ORPHANS):
        await store.delete(orphans)
        removed = len(orphans)
    else:
        _log.error("too many documents without a record, none removed", orphans=len(orphans), objects=objects)
    async with db.transaction() as session:
        # What was erased meanwhile is not missing.
        missing: int = (await session.execute(_STILL, {"keys": list(waited_for)})).scalar_one()
    if missing:
        _log.error("documents missing from the store", missing=missing)
    return Swept(objects, len(orphans), removed, missing)


async def unsound(db: Database, store: DocumentStore) -> AsyncIterator[Unsound | None]:
    """Read every version and compare it with its record; None for each that is sound."""
    after = {"document_id": 0, "version": 0}
    while True:
        async with db.transaction() as session:
            rows = (await session.execute(_READABLE, {**after, "chunk": _CHUNK})).all()
        for row in rows:
            what = await _fault(store, row.object_key, bytes(row.sha256))
            yield Unsound(row.reference, row.document_id, row.version, what) if what else None
        if len(rows) < _CHUNK:
            return
        after = {"document_id": rows[-1].document_id, "version": rows[-1].version}


async def _fault(store: DocumentStore, key: str, wanted: bytes) -> str | None:
    digest = hashlib.sha256()
    try:
        opened = await store.open(key)
    except ObjectMissing:
        return "is missing"
    async for piece in opened.pieces:
        digest.update(piece)
    return None if digest.digest() == wanted else "is not what was added"
