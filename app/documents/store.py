"""Where documents' bytes are kept: a folder, or a bucket of any store that speaks S3. Nothing here knows a case.

An object's key is made by chance. It says nothing about what is in it, no two documents share one, and a name that a
person gave never becomes a path. Keys begin with the mark of their database, so that databases which share a folder or
a bucket never take one another's objects for their own.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

import obstore
from obstore import exceptions as wrong
from obstore.store import LocalStore, S3Store
from pydantic import SecretStr
from sqlalchemy import text

from app.kernel.database import Session
from app.kernel.problems import NotReady
from app.settings import Settings

_MARK: Final = text("SELECT mark FROM document_store")
_PIECE: Final = 256 * 1024
_PART: Final = 5 * 1024 * 1024
_PARTS_AT_ONCE: Final = 2
_OWNER_ONLY: Final = 0o700
_LISTED_AT_ONCE: Final = 1_000
"""As many as S3 gives, and deletes, in one go."""


class ObjectMissing(Exception):
    """There is no object of this key."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An object being read."""

    size: int
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that is there."""

    key: str
    last_modified: datetime


class DocumentStore:
    """Objects by key. Errors: ObjectMissing, and NotReady when the store is away or full."""

    def __init__(self, settings: Settings, mark: str) -> None:
        self._settings = settings
        self._mark = mark
        self._folder = None if settings.documents_bucket else settings.data_dir / "documents"

    @property
    def place(self) -> str:
        """Where it is, for whoever looks after it."""
        return str(self._folder) if self._folder else f"bucket {self._settings.documents_bucket}"

    def new_key(self) -> str:
        """A key that nothing has: 128 bits of chance, the first byte a folder, so that no folder grows too long."""
        chance = secrets.token_hex(16)
        return f"{self._mark}/{chance[:2]}/{chance[2:]}"

    @cached_property
    def _objects(self) -> LocalStore | S3Store:
        if self._folder is not None:
            self._folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            return LocalStore(prefix=self._folder)
        return _bucket(self._settings)

    async def put(self, key: str, file: BinaryIO) -> None:
        """Write an object whole or not at all; when this returns it outlasts the machine's power."""
        file.seek(0)
        try:
            with _told():
                await obstore.put_async(self._objects, key, file, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)
        except ObjectMissing:  # the bucket itself
            raise _away() from None
        if self._folder is not None:
            await asyncio.to_thread(_settle, self._folder, key)

    async def open(self, key: str) -> Opened:
        """Begin to read an object."""
        with _told():
            found = await obstore.get_async(self._objects, key)
        return Opened(found.meta["size"], _pieces(found))

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; one that is not there any more is no error."""
        for key in keys:
            with _told(), suppress(wrong.NotFoundError, FileNotFoundError):
                await obstore.delete_async(self._objects, key)

    async def listed(self) -> AsyncIterator[Sequence[Kept]]:
        """Every object of this database, some at a time."""
        with _told():
            async for some in obstore.list(self._objects, self._mark, chunk_size=_LISTED_AT_ONCE):
                yield [Kept(found["path"], found["last_modified"]) for found in some]


def _bucket(settings: Settings) -> S3Store:
    endpoint = settings.documents_endpoint
    given = {
        "endpoint": endpoint,
        "region": settings.documents_region,
        "access_key_id": _shown(settings.documents_access_key),
        "secret_access_key": _shown(settings.documents_secret_key),
    }
    assert settings.documents_bucket is not None
    return S3Store(
        settings.documents_bucket,
        config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
            "connect_timeout": timedelta(seconds=5),
            # A slow reader may take its time over a long document.
            "timeout": timedelta(minutes=10),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=15)},
    )


def _shown(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


async def _pieces(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=_PIECE):
        yield bytes(piece)


async def open_store(session: Session, settings: Settings) -> DocumentStore:
    """The store of a database's documents."""
    mark: str = (await session.execute(_MARK)).scalar_one()
    return DocumentStore(settings, mark)


def _settle(folder: Path, key: str) -> None:
    """Wait until the file, and its name in each of its folders, are on the disk."""
    path = folder / key
    for place in (path, *path.parents[: len(Path(key).parts)]):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (wrong.NotFoundError, FileNotFoundError):
        raise ObjectMissing from None
    except (wrong.BaseError, OSError):
        raise _away() from None


def _away() -> NotReady:
    return NotReady("The place where documents are kept does not answer. Nothing was changed; try again later.")
