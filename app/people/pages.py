"""Sign in and out."""

import asyncio
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response

from app.edge import csrf, sessions
from app.edge.pages import (
    LEAVE_OUT,
    SIGN_IN,
    AtPageDesk,
    FieldFault,
    PageDesk,
    Resumed,
    View,
    html,
    read_form,
    see_other,
)
from app.people.actions.sign_in import Attempt, Wait, attempt_sign_in, open_session
from app.people.passwords import verify_password

router = APIRouter(include_in_schema=False)
BEFORE: Final = "adapt_sign_in"
"""The cookie that the form's token is made from while there is no session yet."""
HOME: Final = "/"
_WRONG: Final = "The e-mail address or the password is not right. Check both and try again."


@router.get(SIGN_IN)
async def get_sign_in(desk: AtPageDesk) -> Response:
    """The sign-in page; whoever is signed in already goes home."""
    if await desk.signed_in():
        return see_other(HOME)
    return _page(desk.request)


@router.post(SIGN_IN)
async def post_sign_in(desk: AtPageDesk) -> Response:
    """Sign in, or show the page again with what was wrong: never whether there is such a user."""
    request = desk.request
    form = await read_form(request)
    try:
        csrf.check(request, form, request.cookies.get(BEFORE))
    except csrf.ForeignForm:
        stale = "The page was open too long, or this browser keeps no cookies. Sign in again."
        return _page(request, faults=[FieldFault("email", stale)], status=403)
    email, password = form.get("email", "").strip(), form.get("password", "")
    faults = _missing(email, password)
    if faults:
        return _page(request, email=email, faults=faults, status=422)
    answer = await _signed_in(desk, email, password)
    if isinstance(answer, Wait):
        return _too_many(request, email, answer)
    return answer or _page(request, email=email, faults=[FieldFault("email", _WRONG)], status=422)


async def _signed_in(desk: PageDesk, email: str, password: str) -> Response | Wait | None:
    """The way home with a new session, how long to wait, or None for a wrong address or password."""
    async with desk.db.transaction() as session:
        attempt = await attempt_sign_in(session, email, address=sessions.address_of(desk.request))
    if isinstance(attempt, Wait):
        return attempt
    # For a user who is not there too, so that nobody can tell by the time it takes.
    if not await asyncio.to_thread(verify_password, password, attempt.password_hash):
        return None
    return await _opened(desk, attempt)


async def _opened(desk: PageDesk, attempt: Attempt) -> Response | None:
    # Always a new secret: one that somebody else put into this browser never becomes a session.
    secret, before = sessions.new_secret(), sessions.secret_of(desk.request)
    async with desk.db.transaction() as session:
        if not await open_session(session, attempt, secret_hash=sessions.secret_hash(secret)):
            return None
        if before is not None:
            await sessions.end_session(session, before)
    response = see_other(HOME)
    sessions.set_cookie(response, desk.request, secret)
    sessions.drop_cookie(response, desk.request, name=BEFORE, path=SIGN_IN)
    return response


@router.post("/sign-out")
async def post_sign_out(desk: AtPageDesk) -> Response:
    """End the session here and on the server."""
    secret = sessions.secret_of(desk.request)
    if secret is not None and await desk.signed_in():
        csrf.check(desk.request, await read_form(desk.request), secret)
        async with desk.db.transaction() as session:
            await sessions.end_session(session, secret)
    response = see_other(HOME)
    sessions.drop_cookie(response, desk.request)
    return response


def _missing(email: str, password: str) -> list[FieldFault]:
    asked = (("email", email, "Enter your e-mail address."), ("password", password, "Enter your password."))
    return [FieldFault(name, message) for name, typed, message in asked if not typed]


def _too_many(request: Request, email: str, wait: Wait) -> Response:
    minutes = -(-wait.seconds // 60)
    message = f"There have been too many tries. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
    response = _page(request, email=email, faults=[FieldFault("email", message)], status=429)
    response.headers["Retry-After"] = str(wait.seconds)
    return response


async def signed_out_page(request: Request, resumed: Resumed) -> Response:
    """Ask to sign in again where a session was gone, and keep what was typed until then."""
    return _page(request, resumed=resumed, status=401)


def _page(
    request: Request,
    *,
    email: str = "",
    faults: Sequence[FieldFault] = (),
    status: int = 200,
    resumed: Resumed | None = None,
) -> Response:
    kept = request.cookies.get(BEFORE)
    secret = kept or sessions.new_secret()
    context = {"email": email, "faults": faults, "resumed": resumed, "leave_out": LEAVE_OUT}
    response = html(View("people/templates/sign_in.html", context, status), request=request, token=csrf.token(secret))
    if kept is None:
        sessions.set_cookie(response, request, secret, name=BEFORE, path=SIGN_IN)
    return response
