"""Refuse what is too large or of the wrong kind before anything reads it: a plain ASGI layer, nothing is buffered."""

from contextlib import suppress

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.problem_answers import answer
from app.kernel.problems import TooLarge, WrongContentType

API = "/api/v1/"
UPLOADS = ("/api/v1/imports",)


class _BodyTooLarge(Exception):
    """Raised inside the app's receive channel when more came than was allowed."""


class Limits:
    """`max_body` for JSON and forms, `max_upload` for the routes that take files; both in bytes."""

    def __init__(self, app: ASGIApp, *, max_body: int, max_upload: int) -> None:
        self.app = app
        self.max_body = max_body
        self.max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the declared size and kind, then count what really arrives."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        upload = scope["path"].rstrip("/") in UPLOADS
        limit = self.max_upload if upload else self.max_body
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await answer(request, _too_large(limit))(scope, receive, send)
            return
        wrong = _wrong_content_type(request, upload=upload)
        if wrong is not None:
            await answer(request, wrong)(scope, receive, send)
            return
        await self._counted(scope, receive, send, limit)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        taken = 0
        over = False

        async def counting() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
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
            await answer(Request(scope), _too_large(limit))(scope, receive, send)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"At most {limit:,} bytes are taken here. Send less, or split it.")


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
