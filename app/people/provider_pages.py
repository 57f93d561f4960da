"""Sign in with a partner organisation's own sign-in."""

from collections.abc import Mapping
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Path, Response

from app.edge import sessions
from app.edge.pages import SIGN_IN, AtPageDesk, FieldFault, PageDesk, see_other
from app.kernel.problems import NotFound, NotReady
from app.people import visits
from app.people.actions.sign_in_by_provider import SignInByProvider, begin_journey, end_journey, sign_in_by_provider
from app.people.arrival import HOME, resume_sent
from app.people.openid import Identity, Journey, OpenIdProvider, Unbelievable
from app.people.pages import go_in, sign_in_page
from app.people.reset_links import public_base

router = APIRouter(include_in_schema=False)
WITH: Final = f"{SIGN_IN}/with"
Key = Annotated[str, Path(max_length=40)]
_STALE: Final = "This took too long, or was begun in another browser. Sign in again."
_NOT_BELIEVED: Final = (
    "{label} sent an answer that cannot be accepted. Nothing was changed. Try again, or tell an administrator."
)
_DECLINED: Final = "{label} did not sign you in. Try again, or sign in another way."
_UNKNOWN: Final = "{label} knows you, but there is no account here that belongs to you there. Ask an administrator."
_log = structlog.get_logger("adapt.sign_in")


@router.post(f"{WITH}/{{key}}")
async def post_with_provider(desk: AtPageDesk, key: Key) -> Response:
    """Send the browser to the provider."""
    request, provider = desk.request, _provider(desk, key)
    form, ours = await visits.strangers_form(request)
    resume, browser = resume_sent(request, form, ours=ours), request.cookies.get(visits.BEFORE)
    if not ours or browser is None:
        return sign_in_page(request, resume, faults=[FieldFault("", visits.STALE)], status=403)
    journey = Journey.of(browser)
    try:
        address = await provider.address(journey, back=_back(desk, key), now=desk.now())
    except NotReady as away:
        return sign_in_page(request, resume, faults=[FieldFault("", away.detail)], status=503)
    except Unbelievable as unbelievable:
        return _refused(desk, key, resume, unbelievable.why, _NOT_BELIEVED, 503)
    async with desk.db.transaction() as session:
        await begin_journey(session, key, state=journey.state, browser=browser, resume=resume)
    context = {"label": provider.provider.label, "address": address}
    response = visits.strangers_page(request, "people/templates/going_on.html", context)
    # A form may not lead to another site by our own policy, and should not; the page it gives may go on.
    response.headers["Refresh"] = f"0; url={address}"
    return response


@router.get(f"{WITH}/{{key}}/back")
async def get_back_from_provider(desk: AtPageDesk, key: Key) -> Response:
    """Take in whoever comes back, or show the sign-in page again with what was wrong."""
    request, provider = desk.request, _provider(desk, key)
    query, browser = request.query_params, request.cookies.get(visits.BEFORE, "")
    state = query.get("state", "")
    async with desk.db.transaction() as session:
        resume = await end_journey(session, key, state=state, browser=browser)
    if resume is None:
        # The back button, perhaps, after all went well.
        return see_other(HOME) if await desk.signed_in() else _refused(desk, key, {}, "no such journey", _STALE, 403)
    if "code" not in query or query.get("iss", provider.provider.issuer) != provider.provider.issuer:
        return _refused(desk, key, resume, "declined", _DECLINED, 403)
    try:
        journey, back = Journey.of(browser, state), _back(desk, key)
        identity = await provider.identity(journey, query["code"], back=back, now=desk.now())
    except NotReady as away:
        return sign_in_page(request, resume, faults=[FieldFault("", away.detail)], status=503)
    except Unbelievable as unbelievable:
        return _refused(desk, key, resume, unbelievable.why, _NOT_BELIEVED, 403)
    return await _opened(desk, key, identity, resume)


async def _opened(desk: PageDesk, key: str, identity: Identity, resume: Mapping[str, str]) -> Response:
    command = SignInByProvider(key=key, provider=_provider(desk, key).provider, identity=identity)
    secret, before = sessions.new_secret(), sessions.secret_of(desk.request)
    kept, terms = sessions.secret_hash(secret), visits.terms_of(desk.request)
    async with desk.db.transaction() as session:
        opened = await sign_in_by_provider(session, command, secret_hash=kept, terms=terms, resume=resume)
        if opened is not None and before is not None:
            await sessions.end_session(session, before)
    if opened is None:
        return _refused(desk, key, resume, "no account", _UNKNOWN, 403)
    return await go_in(desk, secret, opened)


def _provider(desk: PageDesk, key: str) -> OpenIdProvider:
    providers: Mapping[str, OpenIdProvider] = desk.request.app.state.openid
    if key not in providers:
        raise NotFound("There is no such sign-in.")
    return providers[key]


def _back(desk: PageDesk, key: str) -> str:
    base = public_base(visits.settings_of(desk.request), desk.request)
    if base is None:
        raise NotReady("This service has not been told where people find it. Tell an administrator.")
    return f"{base}{WITH}/{key}/back"


def _refused(desk: PageDesk, key: str, resume: Mapping[str, str], why: str, message: str, status: int) -> Response:
    _log.warning("sign-in by provider refused", provider=key, why=why)
    fault = FieldFault("", message.format(label=_provider(desk, key).provider.label))
    return sign_in_page(desk.request, resume, faults=[fault], status=status)
