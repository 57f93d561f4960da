"""The second step of signing in, and setting a second factor up or giving it up."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.edge import sessions
from app.edge.pages import SIGN_IN, AtPageDesk, FieldFault, PageDesk, View, see_other
from app.people import second_factor, visits
from app.people.actions.pass_second_factor import (
    CodeTry,
    RightCode,
    drop_second_factor,
    pass_second_factor,
    read_code,
    try_code,
)
from app.people.actions.set_up_second_factor import begin_second_factor, confirm_second_factor, own_second_factor
from app.people.actions.sign_in import Opened, Wait, what_it_awaits
from app.people.arrival import HOME, arrive, carry, way_on

router = APIRouter(include_in_schema=False)
_WRONG: Final = "This code is not right, or has been used already. Wait for the next one and enter that."


@router.get(visits.CODE)
async def get_code(desk: AtPageDesk) -> Response:
    """Ask for the code; whoever does not wait for it is sent to where they are."""
    elsewhere = await _not_waiting_here(desk)
    return elsewhere or _code_page(desk.request)


@router.post(visits.CODE)
async def post_code(desk: AtPageDesk) -> Response:
    """Take the code and open the session, under a new secret."""
    elsewhere = await _not_waiting_here(desk)
    if elsewhere is not None:
        return elsewhere
    form = await visits.own_form(desk.request)
    tried = await _tried(desk, form.get("code", ""))
    if isinstance(tried, Wait):
        return _code_page(desk.request, wait=tried)
    if isinstance(tried, RightCode):
        secret = sessions.new_secret()
        own, new = visits.own_hash(desk.request), sessions.secret_hash(secret)
        async with desk.db.transaction() as session:
            passed = await pass_second_factor(session, own, tried, new_hash=new)
        if passed:
            return await arrive(desk, secret)
    return _code_page(desk.request, fault=_WRONG)


@router.get(visits.SECOND_FACTOR)
async def get_second_factor(desk: AtPageDesk) -> Response:
    """How it stands, and what can be done: set it up, confirm it, give it up."""
    return await _own_page(desk)


@router.post(f"{visits.SECOND_FACTOR}/begin")
async def post_begin(desk: AtPageDesk) -> Response:
    """Put a secret by and show it; whoever is signed in gives the password again first."""
    form = await visits.own_form(desk.request)
    vault, own_hash = visits.vault_of(desk.request), visits.own_hash(desk.request)
    async with desk.db.transaction() as session:
        own = await own_second_factor(session, own_hash, vault=vault)
    if own is None:
        return see_other(SIGN_IN)
    actor = await visits.actor_of(desk)
    attempt = None
    if own.asks_password and actor is not None:
        given = await visits.given_password(desk, actor, form.get("password", ""))
        if isinstance(given, str):
            return await _own_page(desk, FieldFault("password", given))
        attempt = given.attempt
    async with desk.db.transaction() as session:
        await begin_second_factor(session, own_hash, user_id=own.user_id, attempt=attempt, vault=vault)
    return see_other(visits.SECOND_FACTOR)


@router.post(f"{visits.SECOND_FACTOR}/confirm")
async def post_confirm(desk: AtPageDesk) -> Response:
    """Let it count, and show the recovery codes: this once."""
    form = await visits.own_form(desk.request)
    vault, own_hash = visits.vault_of(desk.request), visits.own_hash(desk.request)
    counted = await _counted(desk)
    if not isinstance(counted, CodeTry):
        return await _own_page(desk, _fault(counted))
    secret, typed = sessions.new_secret(), form.get("code", "")
    new = sessions.secret_hash(secret)
    async with desk.db.transaction() as session:
        codes = await confirm_second_factor(
            session, own_hash, counted, typed, new_hash=new, vault=vault, now=desk.now()
        )
    if codes is None:
        return await _own_page(desk, _fault(None))
    actor, onward = await way_on(desk, secret)
    view = View("people/templates/recovery_codes.html", {"codes": codes, "onward": onward})
    return carry(desk.request, visits.own_page(desk.request, view, secret, actor=actor), secret)


@router.post(f"{visits.SECOND_FACTOR}/drop")
async def post_drop(desk: AtPageDesk) -> Response:
    """Give it up, by a code; whose role asks for one sets up another before going on."""
    form = await visits.own_form(desk.request)
    tried = await _tried(desk, form.get("code", ""))
    if not isinstance(tried, RightCode):
        return await _own_page(desk, _fault(tried))
    roles = visits.terms_of(desk.request).second_factor_roles
    async with desk.db.transaction() as session:
        dropped = await drop_second_factor(session, visits.own_hash(desk.request), tried, roles=roles)
    if dropped is None:
        return await _own_page(desk, _fault(None))
    return see_other(visits.SECOND_FACTOR)


async def _awaits(desk: PageDesk) -> Opened | None:
    async with desk.db.transaction() as session:
        return await what_it_awaits(session, visits.own_hash(desk.request))


async def _not_waiting_here(desk: PageDesk) -> Response | None:
    match await _awaits(desk):
        case "second_factor":
            return None
        case "enrolment":
            return see_other(visits.SECOND_FACTOR)
        case _:
            return see_other(HOME if await desk.signed_in() else SIGN_IN)


async def _counted(desk: PageDesk) -> CodeTry | Wait | None:
    async with desk.db.transaction() as session:
        return await try_code(session, visits.own_hash(desk.request), address=sessions.address_of(desk.request))


async def _tried(desk: PageDesk, typed: str) -> RightCode | Wait | None:
    counted = await _counted(desk)
    if not isinstance(counted, CodeTry):
        return counted
    return read_code(visits.vault_of(desk.request), counted, typed, now=desk.now())


def _fault(tried: Wait | None) -> FieldFault:
    return FieldFault("code", visits.in_minutes(tried) if tried is not None else _WRONG)


def _code_page(request: Request, *, fault: str | None = None, wait: Wait | None = None) -> Response:
    message = visits.in_minutes(wait) if wait is not None else fault
    faults = [FieldFault("code", message)] if message is not None else []
    status = 429 if wait is not None else 422 if faults else 200
    view = View("people/templates/code.html", {"faults": faults}, status)
    response = visits.own_page(request, view, sessions.secret_of(request), actor=None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait.seconds)
    return response


async def _own_page(desk: PageDesk, *faults: FieldFault) -> Response:
    async with desk.db.transaction() as session:
        own = await own_second_factor(session, visits.own_hash(desk.request), vault=visits.vault_of(desk.request))
    if own is None:
        # Nobody is signed in, or there is a code to enter first.
        return see_other(visits.CODE)
    picture = second_factor.picture_of(own.secret, own.email) if own.secret is not None else None
    key = second_factor.spaced(own.secret) if own.secret is not None else None
    actor = await visits.actor_of(desk)
    context = {"own": own, "picture": picture, "key": key, "faults": faults, "must": actor is None}
    view = View("people/templates/second_factor.html", context, 422 if faults else 200)
    return visits.own_page(desk.request, view, sessions.secret_of(desk.request), actor=actor)
