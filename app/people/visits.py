"""A browser before it has a session, and beside one: pages it is given and forms it sends, outside `PageDesk.read`.

Who has no session yet has a cookie that the tokens of these forms are made from; who has one, open or waiting, has the
session's own.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response

from app.access.actor import Actor
from app.edge import csrf, sessions
from app.edge.doors import enter_session
from app.edge.pages import PageDesk, View, html, read_form
from app.kernel.problems import NotReady, NotSignedIn
from app.people.actions.sign_in import Terms, Wait, attempt_sign_in
from app.people.passwords import verify_password
from app.people.second_factor import Vault
from app.settings import Settings

BEFORE: Final = "adapt_sign_in"
"""The cookie that a form's token is made from while there is no session yet."""
ACCOUNT: Final = "/account"
CODE: Final = "/sign-in/code"
SECOND_FACTOR: Final = "/account/second-factor"
STALE: Final = "The page was open too long, or this browser keeps no cookies. Send the form again."


def strangers_page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> Response:
    """Show a page to somebody without a session, with the cookie that its form's token is made from."""
    kept = request.cookies.get(BEFORE)
    secret = kept or sessions.new_secret()
    response = html(View(template, context or {}, status), request=request, token=csrf.token(secret))
    if kept is None:
        sessions.set_cookie(response, request, secret, name=BEFORE)
    return response


async def strangers_form(request: Request) -> tuple[dict[str, str], bool]:
    """The form of such a page, and whether it came from a page of ours in this browser."""
    form = await read_form(request)
    try:
        csrf.check(request, form, request.cookies.get(BEFORE))
    except csrf.ForeignForm:
        return form, False
    return form, True


def own_page(request: Request, view: View, secret: str | None, *, actor: Actor | None) -> Response:
    """Show a page to whoever has the session of this secret, open (then `actor` is who it is) or waiting."""
    return html(view, request=request, actor=actor, token=csrf.token(secret or ""))


async def own_form(request: Request) -> dict[str, str]:
    """The form of such a page. Raises ForeignForm."""
    form = await read_form(request)
    csrf.check(request, form, sessions.secret_of(request))
    return form


async def actor_of(desk: PageDesk) -> Actor | None:
    """Who has come in with this browser; None where nobody has, or the session still waits."""
    try:
        async with desk.db.transaction() as session:
            return await enter_session(session, sessions.secret_of(desk.request))
    except NotSignedIn:
        return None


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """The present password was given: the number of the try, which proves it once."""

    attempt: int


async def given_password(desk: PageDesk, actor: Actor, typed: str) -> GivenPassword | str:
    """Compare what was typed with the actor's own password, as a counted try; else what to tell."""
    async with desk.db.transaction() as session:
        attempt = await attempt_sign_in(session, actor.email, address=sessions.address_of(desk.request))
    if isinstance(attempt, Wait):
        return in_minutes(attempt)
    if not await asyncio.to_thread(verify_password, typed, attempt.password_hash):
        return "This is not your present password."
    return GivenPassword(attempt.number)


def own_hash(request: Request) -> bytes:
    """The hash of the session's secret that the browser sent, whether or not there is such a session."""
    return sessions.secret_hash(sessions.secret_of(request) or "")


def settings_of(request: Request) -> Settings:
    """The settings that the service runs with."""
    settings: Settings = request.app.state.settings
    return settings


def terms_of(request: Request) -> Terms:
    """What the partnership asks of sessions."""
    settings = settings_of(request)
    return Terms(
        idle_minutes=settings.session_idle_minutes,
        hours=settings.session_hours,
        second_factor_roles=tuple(sorted(settings.second_factor_roles)),
    )


def vault_of(request: Request) -> Vault:
    """What second factors are encrypted with. Raises NotReady where the service has no key for it."""
    key = settings_of(request).secret_key
    if key is None:
        raise NotReady("Second factors are not set up for this service: it has no key to keep them with.")
    return Vault(key.get_secret_value())


def in_minutes(wait: Wait) -> str:
    """What somebody is told who has to wait."""
    minutes = -(-wait.seconds // 60)
    return f"There have been too many tries. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
