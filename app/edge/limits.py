"""Refuse what is too large or of the wrong kind before anything reads it: a plain ASGI layer, nothing is buffered."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.problem_answers import answer
from app.kernel.problems import TooLarge, WrongContentType

API = "/api/v1/"
UPLOADS = ("/api/v1/imports",)
DOCUMENTS: Final = re.compile(
    r"/api/v1/cases/[^/]+/documents|(?:/api/v1)?/cases/[^/]+/documents/(?:new|[^/]+/versions)"
)
"""The routes that take a document, of the API and of the pages."""
FORM_AROUND: Final = 64_000
"""Bytes that a form may have around its file."""
LINGER_SECONDS: Final = 10
MEGABYTE: Final = 1_000_000
_INSTEAD: Final = "Make the file smaller, or split it. Instead of a film, add a few photographs."


class _BodyTooLarge(Exception):
    """Raised inside the app's receive channel when more came than was allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """How many bytes a route takes, whether it takes a file, and what to do with more."""

    most: int
    file: bool = False
    advice: str = "Send less, or split it."


class Limits:
    """In bytes: `max_body` for JSON and forms, `max_upload` for imports, `max_document` for a document's file."""

    def __init__(self, app: ASGIApp, *, max_body: int, max_upload: int, max_document: int) -> None:
        self.app = app
        self.max_body = max_body
        self.max_upload = max_upload
        self.max_document = max_document

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the declared size and kind, then count what really arrives."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        allowed = self._allowed(scope["path"].rstrip("/"))
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > allowed.most:
            await _refuse(scope, receive, send, allowed)
            return
        wrong = _wrong_content_type(request, upload=allowed.file)
        if wrong is not None:
            await answer(request, wrong)(scope, receive, send)
            return
        await self._counted(scope, receive, send, allowed)

    def _allowed(self, path: str) -> Allowed:
        if DOCUMENTS.fullmatch(path):
            return Allowed(most=self.max_document + FORM_AROUND, file=True, advice=_INSTEAD)
        return Allowed(most=self.max_upload, file=True) if path in UPLOADS else Allowed(most=self.max_body)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, allowed: Allowed) -> None:
        taken = 0
        over = False

        async def counting() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > allowed.most:
                over = True
                raise _BodyTooLarge
            return message

        async def unless_over(message: Message) -> None:
            # Whatever the app made of the broken-off body, the answer is ours.
            if not over:
                await send(message)

        with suppress(_BodyTooLarge):
            await self.app(scope, counting, unless_over)
        if over:
            await _refuse(scope, receive, send, allowed)


async def _refuse(scope: Scope, receive: Receive, send: Send, allowed: Allowed) -> None:
    """Answer, then let what is still being sent run past for a while.

    A connection that is closed on somebody who is still sending takes the answer with it: a browser would show that
    the connection was reset, and not why.
    """
    response = answer(Request(scope), _too_large(allowed))
    response.headers["Connection"] = "close"
    start = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
    await send(start)
    await send({"type": "http.response.body", "body": bytes(response.body), "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _too_large(allowed: Allowed) -> TooLarge:
    most = f"{allowed.most:,} bytes" if allowed.most < MEGABYTE else f"{allowed.most // MEGABYTE:,} MB"
    return TooLarge(f"This is too large, and nothing of it was kept. At most {most} are taken here. {allowed.advice}")


def _wrong_content_type(request: Request, *, upload: bool) -> WrongContentType | None:
    if not request.url.path.startswith(API):
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if upload:
        return None if kind == "multipart/form-data" else WrongContentType("Send the file as multipart/form-data.")
    if has_body and kind != "application/json":
        return WrongContentType("Send JSON, with Content-Type: application/json.")
    return None
