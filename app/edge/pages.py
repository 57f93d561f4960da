"""What every page is made with: one transaction, somebody signed in, the answer written after the commit."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from starlette.responses import HTMLResponse

from app.access.actor import Actor
from app.edge import csrf, sessions
from app.edge.doors import enter_session
from app.edge.templating import render
from app.kernel.clock import Clock
from app.kernel.database import Database, Session
from app.kernel.problems import NotSignedIn, Unprocessable, WrongContentType

SIGN_IN: Final = "/sign-in"
MOST_FIELDS: Final = 500
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: a template and what it is filled in with."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a form; `field` is its name and its id on the page."""

    field: str
    message: str


Work = Callable[[Session, Actor], Awaitable[View]]


@dataclass(frozen=True, slots=True)
class PageDesk:
    """One page request's desk."""

    request: Request
    db: Database
    clock: Clock

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    async def read(self, work: Work) -> Response:
        """Show what `work` gives; who is not signed in is sent to sign in."""
        secret = sessions.secret_of(self.request)
        try:
            async with self.db.transaction() as session:
                actor = await enter_session(session, secret)
                view = await work(session, actor)
        except NotSignedIn:
            return see_other(SIGN_IN)
        return html(view, actor=actor, token=csrf.token(secret or ""))

    async def signed_in(self) -> bool:
        """Whether the browser's session is a living one."""
        try:
            async with self.db.transaction() as session:
                await enter_session(session, sessions.secret_of(self.request))
        except NotSignedIn:
            return False
        return True


async def page_desk(request: Request) -> PageDesk:
    """The desk for a page."""
    return PageDesk(request, request.app.state.db, request.app.state.clock)


AtPageDesk = Annotated[PageDesk, Depends(page_desk)]


def html(view: View, *, actor: Actor | None = None, token: str | None = None) -> Response:
    """Write a page, with the headers that every page carries. `token` is for the forms on it."""
    context = {"actor": actor, "csrf_field": csrf.FIELD, "csrf_token": token, **view.context}
    return HTMLResponse(render(view.template, context), status_code=view.status, headers=_HEADERS)


def see_other(path: str) -> Response:
    """Send the browser on to another page of ours."""
    return Response(status_code=303, headers={**_HEADERS, "Location": path})


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a page's form; of a name that comes twice the last counts.

    Raises WrongContentType for anything that a form of ours does not send, Unprocessable for too many fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise WrongContentType("Send the form from its own page.")
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Unprocessable([], f"A form has at most {MOST_FIELDS} fields.") from None
