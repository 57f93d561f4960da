"""From a form that arrives to a file in the store: taken in, judged, written, and removed where nothing comes of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.documents.actions.add_document import StoredFile
from app.documents.formats import FileRefused
from app.documents.inspection import inspect
from app.documents.intake import Gate, TakenIn, taken_in
from app.documents.multipart import FILE
from app.documents.store import DocumentStore
from app.edge.problem_answers import from_validation
from app.kernel.problems import FieldProblem, NotReady, Unprocessable

F = TypeVar("F", bound=BaseModel)
_AT_ONCE: Final = 2
"""Files judged at the same time in a process: a large photograph takes 200 MB while it is decoded."""
CHOOSE: Final = "Choose a file."


@dataclass(frozen=True, slots=True)
class Documents:
    """What documents work with, put together once by `app.main`."""

    store: DocumentStore
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))


def documents_of(request: Request) -> Documents:
    """The documents of the app that this request came to."""
    found: Documents = request.app.state.documents
    return found


@dataclass(slots=True)
class Received(Generic[F]):
    """A file in the store and what was said of it."""

    form: F
    file: StoredFile
    fingerprint: bytes
    """What makes two requests the same, however their bytes were put together."""
    recorded: bool = False
    """To be set by whoever has recorded the file: until then it is nobody's, and removed in the end."""


@asynccontextmanager
async def received(
    request: Request, model: type[F], gate: Gate, *, beside: frozenset[str] = frozenset()
) -> AsyncIterator[Received[F]]:
    """Read the form and put its file into the store, before any transaction. `beside` names fields that are the page's.

    Raises what the gate raises, Unprocessable with each field that needs mending, NotReady.
    """
    documents = documents_of(request)
    async with taken_in(request, gate) as taken:
        form, content = _checked(taken, model, beside)
        stored = await _stored(documents, content, taken.given_name)
        said = (taken.sha256, taken.given_name.encode(errors="replace"), form.model_dump_json().encode())
    received = Received(form, stored, b"\0".join(said))
    try:
        yield received
    finally:
        if not received.recorded:
            keys = [key for key in (stored.object_key, stored.thumbnail_key) if key]
            # What cannot be removed now is removed by night.
            with suppress(NotReady):
                await documents.store.delete(keys)


def _checked(taken: TakenIn, model: type[F], beside: frozenset[str]) -> tuple[F, BinaryIO]:
    problems = [] if taken.file is not None else [FieldProblem("/file", CHOOSE)]
    said: Mapping[str, str] = {name: value for name, value in taken.fields.items() if name not in {FILE, *beside}}
    try:
        form = model.model_validate(said)
    except ValidationError as wrong:
        raise Unprocessable([*problems, *from_validation(list(wrong.errors())).errors]) from None
    if taken.file is None:
        raise Unprocessable(problems)
    return form, taken.file


async def _stored(documents: Documents, content: BinaryIO, given_name: str) -> StoredFile:
    with ExitStack() as until:
        async with documents.turns:
            try:
                found = await asyncio.to_thread(inspect, content, given_name, until=until)
            except FileRefused as refused:
                raise Unprocessable([FieldProblem("/file", refused.message)]) from None
            except OSError:
                raise NotReady(
                    "There is no room for files at the moment. Nothing was added; try again later."
                ) from None
        store = documents.store
        key, small = store.new_key(), store.new_key() if found.thumbnail else None
        await store.put(key, found.file)
        if small and found.thumbnail:
            await store.put(small, found.thumbnail)
    return StoredFile(
        object_key=key,
        thumbnail_key=small,
        media_type=found.format.media_type,
        name=found.name,
        size=found.size,
        sha256=found.sha256,
    )
