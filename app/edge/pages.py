"""What every page is made with: one transaction, somebody signed in, the answer written after the commit.

`read` shows a page. `submit` takes a form: once, however often it is sent; and what it refuses is shown again with
what was typed and what is wrong.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Request, Response
from starlette.responses import HTMLResponse

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.edge import csrf, drafts, forms, idempotency, sessions
from app.edge.brand import Brand
from app.edge.doors import enter_session
from app.edge.forms import Filled
from app.edge.idempotency import Stored
from app.edge.templating import render
from app.kernel.clock import Clock
from app.kernel.database import Database, Session
from app.kernel.problems import NotSignedIn, Problem, Unprocessable

SIGN_IN: Final = "/sign-in"
KEY: Final = "form_key"
"""The hidden field that makes a form one form: sent twice, it gives the same answer."""
LEAVE_OUT: Final = frozenset({csrf.FIELD, KEY, "draft_path"})
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
_IN_ADDRESSES: Final = "/?#&=%:@!$'()*+,;[]"
_SHOWN_AGAIN: Final = frozenset({200, 403, 404, 409, 412, 413, 422, 503})


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: a template and what it is filled in with."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a form; `field` is the id of its input, or empty for the form as a whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation; shown to those who have the permission somewhere, or to all when it is None."""

    label: str
    path: str
    permission: Permission | None = None
    shown: Callable[[Request, Actor], bool] = lambda _request, _actor: True
    """For what a permission cannot tell."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where somebody was, and what was typed there, when the session was gone."""

    path: str
    form: Filled


class AlreadySent(Problem):
    """The same form was sent before, with other answers, and was taken."""

    status, slug, title = 409, "already-sent", "You have already sent this form"


class AnotherRow(Problem):
    """No fault: somebody asks for one more row of a form."""

    status, slug, title = 200, "another-row", "There is another row now"


Work = Callable[[Session, Actor], Awaitable[View | Response]]
Take = Callable[[Session, Actor, Filled], Awaitable[str]]
"""Do what a form asks for; the path of the page to show then."""
Again = Callable[[Session, Actor, Filled, Problem], Awaitable[View]]
"""Show a form again, with what was typed and why it was refused."""


@dataclass(frozen=True, slots=True)
class PageDesk:
    """One page request's desk."""

    request: Request
    db: Database
    clock: Clock

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    @property
    def path(self) -> str:
        """The path of this page."""
        return self.request.url.path

    async def read(self, work: Work) -> Response:
        """Show what `work` gives; who is not signed in is sent to sign in, and comes back."""
        secret = sessions.secret_of(self.request)
        try:
            async with self.db.transaction() as session:
                actor = await enter_session(session, secret)
                view = await work(session, actor)
        except NotSignedIn:
            return see_other(SIGN_IN if self.path == "/" else f"{SIGN_IN}?next={quote(self.path)}")
        return view if isinstance(view, Response) else self.page(view, actor, secret)

    async def report(self, work: Work, *, recorded: bool = False) -> Response:
        """Show what `work` gives from a read-only snapshot: every figure on the page is of one moment.

        `recorded` where the work writes down what was read.
        """
        secret = sessions.secret_of(self.request)
        try:
            # That somebody was here is written down first: a snapshot writes nothing.
            async with self.db.transaction() as session:
                await enter_session(session, secret)
            moment = self.db.transaction(of_one_moment=True) if recorded else self.db.snapshot()
            async with moment as session:
                actor = await enter_session(session, secret)
                view = await work(session, actor)
        except NotSignedIn:
            return see_other(f"{SIGN_IN}?next={quote(self.path)}")
        return view if isinstance(view, Response) else self.page(view, actor, secret)

    async def show(self, view: View) -> Response:
        """Show a page that everybody may read; who is signed in keeps their navigation."""
        secret = sessions.secret_of(self.request)
        try:
            async with self.db.transaction() as session:
                actor = await enter_session(session, secret)
        except NotSignedIn:
            return html(view, request=self.request)
        return self.page(view, actor, secret)

    async def draft(self, session: Session, actor: Actor) -> drafts.Draft | None:
        """What was kept for this page when it is asked for with `?draft=1`."""
        return await drafts.load(session, actor.user_id, self.path) if self.wants_draft else None

    async def kept(self, session: Session, actor: Actor) -> datetime | None:
        """When something was kept for this page, where it is asked for afresh: so that it can be gone on with."""
        return None if self.wants_draft else await drafts.saved_at(session, actor.user_id, self.path)

    @property
    def wants_draft(self) -> bool:
        """Whether the page is asked for with what was kept for it."""
        return self.request.query_params.get("draft") == "1"

    async def submit(self, take: Take, again: Again) -> Response:
        """Take this page's form, in one transaction, and send the browser on.

        A problem that `take` raises undoes everything and is shown by `again`; a form that was sent twice gets the
        first answer; a form whose session is gone is kept until somebody has signed in again.
        """
        return await self.submit_filled(await forms.read(self.request), take, again)

    async def submit_filled(self, form: Filled, take: Take, again: Again) -> Response:
        """`submit` for a form that has been read already."""
        try:
            return see_other(await self._once(form, sessions.secret_of(self.request), take))
        except Problem as problem:
            return await self.refused(form, again, problem)

    async def refused(self, form: Filled, again: Again, problem: Problem) -> Response:
        """Answer a form that was not taken: shown again, or kept until somebody has signed in again."""
        secret = sessions.secret_of(self.request)
        if isinstance(problem, NotSignedIn):
            return await self._signed_out(form, secret)
        foreign = isinstance(problem, csrf.ForeignForm) and not csrf.came_from_here(self.request)
        if foreign or problem.status not in _SHOWN_AGAIN:
            raise problem
        return await self.again(form, secret, again, problem)

    async def again(self, form: Filled, secret: str | None, again: Again, problem: Problem) -> Response:
        """Show a form again after its problem; who may not see the page any more gets the problem itself."""
        try:
            async with self.db.transaction() as session:
                actor = await enter_session(session, secret)
                view = await again(session, actor, form, problem)
        except NotSignedIn:
            return await self._signed_out(form, secret)
        except Problem:
            raise problem from None
        return self.page(View(view.template, view.context, problem.status), actor, secret)

    async def _once(self, form: Filled, secret: str | None, take: Take) -> str:
        async with self.db.transaction() as session:
            actor = await enter_session(session, secret)
            csrf.check(self.request, form, secret)
            if form.get("add_row"):
                raise AnotherRow("")
            key = form.get(KEY)
            if not key:
                return await take(session, actor, form)
            key = f"page {key}"[:200]
            wanted = idempotency.request_hash("POST", self.path, form.encoded(but_not=LEAVE_OUT).encode())
            try:
                first = await idempotency.recall(session, actor.user_id, key, wanted)
            except Unprocessable:
                raise AlreadySent(
                    "You have sent this form before, and it was taken. What you have changed since has not been sent: "
                    "look at what was recorded, then send it again if it is still needed."
                ) from None
            if first is not None:
                return first.body.decode()
            place = await take(session, actor, form)
            answer = Stored(status=303, content_type="text/plain", body=place.encode())
            await idempotency.remember(session, actor.user_id, key, wanted, answer)
            return place

    async def _signed_out(self, form: Filled, secret: str | None) -> Response:
        """Ask to sign in again, and keep what was typed where the form came from a page of ours."""
        try:
            csrf.check(self.request, form, secret)
        except csrf.ForeignForm:
            if not csrf.came_from_here(self.request):
                return see_other(SIGN_IN)
        response: Response = await self.request.app.state.signed_out_page(self.request, Resumed(self.path, form))
        return response

    def page(self, view: View, actor: Actor, secret: str | None) -> Response:
        """Write a page for somebody who is signed in."""
        return html(view, request=self.request, actor=actor, token=csrf.token(secret or ""))

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


def html(view: View, *, request: Request, actor: Actor | None = None, token: str | None = None) -> Response:
    """Write a page, with the headers that every page carries. `token` is for the forms on it."""
    brand: Brand = request.app.state.brand
    context = {
        "actor": actor,
        "brand": brand,
        "navigation": _navigation(request, actor),
        "here": request.url.path,
        "csrf_field": csrf.FIELD,
        "csrf_token": token,
        "key_field": KEY,
        "form_key": sessions.new_secret(),
        **view.context,
    }
    return HTMLResponse(render(view.template, context), status_code=view.status, headers=_HEADERS)


def fragment(view: View) -> Response:
    """Write a part of a page, for the page's script to put into its place."""
    return HTMLResponse(render(view.template, view.context), status_code=view.status, headers=_HEADERS)


def _navigation(request: Request, actor: Actor | None) -> Sequence[NavItem]:
    if actor is None:
        return ()
    items: Sequence[NavItem] = request.app.state.navigation
    return [
        item
        for item in items
        if (item.permission is None or permits(actor, item.permission)) and item.shown(request, actor)
    ]


def see_other(path: str) -> Response:
    """Send the browser on to another page of ours."""
    # A header is one line of plain letters, whatever somebody wrote into the address that this one is made from.
    return Response(status_code=303, headers={**_HEADERS, "Location": quote(path, safe=_IN_ADDRESSES)})


def faults_of(problem: Problem, ids: Callable[[str], str | None] = lambda _pointer: None) -> list[FieldFault]:
    """A problem as a form shows it; `ids` finds the input that a JSON pointer is about."""
    if isinstance(problem, AnotherRow):
        return []
    if isinstance(problem, Unprocessable) and problem.errors:
        return [FieldFault(ids(error.pointer) or "", error.message) for error in problem.errors]
    blockers = problem.extensions.get("blockers")
    if isinstance(blockers, list):
        return [FieldFault("", blocker["message"]) for blocker in blockers]
    return [FieldFault("", problem.detail)]


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form that has one answer a field; of a name that comes twice the last counts."""
    return {name: values[-1] for name, values in (await forms.read(request)).fields.items()}
