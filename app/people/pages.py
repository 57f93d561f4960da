"""Sign in with a password, and out."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Request, Response

from app.edge import csrf, sessions
from app.edge.pages import LEAVE_OUT, SIGN_IN, AtPageDesk, FieldFault, PageDesk, Resumed, read_form, see_other
from app.people import visits
from app.people.actions.sign_in import Attempt, Opened, Wait, attempt_sign_in, open_session
from app.people.arrival import HOME, arrive, carry, next_of, resume_of, resume_sent
from app.people.passwords import verify_password

router = APIRouter(include_in_schema=False)
_WRONG: Final = "The e-mail address or the password is not right. Check both and try again."
_WAITS: Final[Mapping[Opened, str]] = {"second_factor": visits.CODE, "enrolment": visits.SECOND_FACTOR}


@router.get(SIGN_IN)
async def get_sign_in(desk: AtPageDesk) -> Response:
    """The sign-in page; whoever is signed in already goes on."""
    resume = next_of(desk.request.query_params)
    if await desk.signed_in():
        return see_other(resume.get("next", HOME))
    return sign_in_page(desk.request, resume)


@router.post(SIGN_IN)
async def post_sign_in(desk: AtPageDesk) -> Response:
    """Sign in, or show the page again with what was wrong: never whether there is such a user."""
    request = desk.request
    form, ours = await visits.strangers_form(request)
    resume = resume_sent(request, form, ours=ours)
    if not ours:
        return sign_in_page(request, resume, faults=[FieldFault("email", visits.STALE)], status=403)
    email, password = form.get("email", "").strip(), form.get("password", "")
    faults = _missing(email, password)
    if faults:
        return sign_in_page(request, resume, email=email, faults=faults, status=422)
    answer = await _signed_in(desk, email, password, resume)
    if isinstance(answer, Wait):
        return _too_many(request, resume, email, answer)
    return answer or sign_in_page(request, resume, email=email, faults=[FieldFault("email", _WRONG)], status=422)


async def _signed_in(desk: PageDesk, email: str, password: str, resume: Mapping[str, str]) -> Response | Wait | None:
    """The way on with a new session, how long to wait, or None for a wrong address or password."""
    async with desk.db.transaction() as session:
        attempt = await attempt_sign_in(session, email, address=sessions.address_of(desk.request))
    if isinstance(attempt, Wait):
        return attempt
    # For a user who is not there too, so that nobody can tell by the time it takes.
    if not await asyncio.to_thread(verify_password, password, attempt.password_hash):
        return None
    return await _opened(desk, attempt, resume)


async def _opened(desk: PageDesk, attempt: Attempt, resume: Mapping[str, str]) -> Response | None:
    # Always a new secret: one that somebody else put into this browser never becomes a session.
    secret, before = sessions.new_secret(), sessions.secret_of(desk.request)
    terms, kept = visits.terms_of(desk.request), sessions.secret_hash(secret)
    async with desk.db.transaction() as session:
        opened = await open_session(session, attempt, secret_hash=kept, terms=terms, resume=resume)
        if opened is None:
            return None
        if before is not None:
            await sessions.end_session(session, before)
    return await go_in(desk, secret, opened)


async def go_in(desk: PageDesk, secret: str, opened: Opened) -> Response:
    """Give the browser its session's secret: on to where its person was going, or to what the session waits for."""
    if opened == "open":
        return await arrive(desk, secret)
    return carry(desk.request, see_other(_WAITS[opened]), secret)


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


def _too_many(request: Request, resume: Mapping[str, str], email: str, wait: Wait) -> Response:
    faults = [FieldFault("email", visits.in_minutes(wait))]
    response = sign_in_page(request, resume, email=email, faults=faults, status=429)
    response.headers["Retry-After"] = str(wait.seconds)
    return response


async def signed_out_page(request: Request, resumed: Resumed) -> Response:
    """Ask to sign in again where a session was gone, and keep what was typed until then."""
    resume = resume_of({"resume_path": resumed.path, "resume_form": resumed.form.encoded(but_not=LEAVE_OUT)})
    return sign_in_page(request, resume, status=401)


def sign_in_page(
    request: Request,
    resume: Mapping[str, str],
    *,
    email: str = "",
    faults: Sequence[FieldFault] = (),
    status: int = 200,
) -> Response:
    """Show the sign-in page, with what was wrong; `resume` is where its person is going."""
    labels = {key: provider.label for key, provider in visits.settings_of(request).oidc_providers.items()}
    context = {"email": email, "faults": faults, "resume": resume, "providers": labels}
    return visits.strangers_page(request, "people/templates/sign_in.html", context, status=status)
