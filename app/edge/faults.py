"""Answer 500 to what nobody expected, and log where it happened without what it said."""

import traceback
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.problem_answers import problem
from app.kernel.database import sqlstate

_log = structlog.get_logger("adapt.problem")
_FRAMES = 8


class Faults:
    """The outermost layer of our own: no exception gets past it.

    An exception handler would not do. Starlette raises the exception anew once it has answered, the server logs it with
    its text, and the text of a database's or a validator's message can quote a person's data.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; an answer that has begun is broken off, so that nobody takes it for whole."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:  # noqa: BLE001 # nothing may get past
            response = fault(Request(scope), error)
            if not begun:
                await response(scope, receive, send)


def fault(request: Request, error: BaseException) -> Response:
    """Log a fault of ours, by its kind and place and never by its text, and write the answer to it."""
    route = getattr(request.scope.get("route"), "path", "")
    _log.error("fault", kind=type(error).__name__, sqlstate=sqlstate(error), route=route, where=_where(error))
    return problem(
        500,
        "fault",
        "Something went wrong",
        "The fault has been noted. If you were changing something, look whether it is there before you try again.",
        request,
    )


def _where(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
