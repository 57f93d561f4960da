"""Take in a form with a file, piece by piece as it arrives.

The file goes to a temporary file that has no name: when the process ends, however it ends, nothing is left of it.
Before its first byte is kept a gate is asked, with the fields that came before it; a page's form has its token there.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import BinaryIO

from fastapi import Request

from app.documents.multipart import FormUnreadable, Parts
from app.edge.limits import LINGER_SECONDS
from app.kernel.problems import FieldProblem, NotReady, Problem, Unprocessable

Gate = Callable[[Mapping[str, str]], Awaitable[None]]
"""Raises what is wrong, or lets the file in."""


@dataclass(slots=True)
class TakenIn:
    """What came. `file` is open until the end of the `async with`; None when the form brought none."""

    fields: dict[str, str] = field(default_factory=dict)
    file: BinaryIO | None = None
    given_name: str = ""
    sha256: bytes = b""
    """Of the bytes as they came: what makes two uploads the same."""


@asynccontextmanager
async def taken_in(request: Request, gate: Gate) -> AsyncIterator[TakenIn]:
    """Read the form. Raises what the gate raises, Unprocessable, NotReady when there is no room for the file."""
    with TemporaryFile() as spool:
        stream = request.stream()
        try:
            taken = await _read(request, stream, spool, gate)
        except FormUnreadable:
            await _let_pass(stream)
            message = "The form cannot be read. Send multipart/form-data with one file, in the field `file`."
            raise Unprocessable([FieldProblem("", message)]) from None
        except Problem:
            await _let_pass(stream)
            raise
        yield taken


async def _let_pass(stream: AsyncIterator[bytes]) -> None:
    """Let the rest run past for a while: who is still sending would otherwise not get to see the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            async for _ in stream:
                pass


async def _read(request: Request, stream: AsyncIterator[bytes], spool: BinaryIO, gate: Gate) -> TakenIn:
    parts, digest, asked = Parts(request.headers.get("content-type", "")), hashlib.sha256(), False
    async for piece in stream:
        content = parts.feed(piece)
        if parts.before_file is not None and not asked:
            asked = True
            await gate(parts.before_file)
        if content:
            digest.update(content)
            await asyncio.to_thread(_write, spool, content)
    parts.finish()
    if not asked:
        await gate(parts.fields)
    # A file field in which nothing was chosen comes as a file without a name and without a byte.
    chosen = bool(parts.given_name or spool.tell())
    spool.flush()
    return TakenIn(parts.fields, spool if chosen else None, parts.given_name, digest.digest())


def _write(spool: BinaryIO, content: bytes) -> None:
    try:
        spool.write(content)
    except OSError:
        raise NotReady("There is no room for files at the moment. Nothing was added; try again later.") from None
