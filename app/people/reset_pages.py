"""A forgotten password: ask for a link, and set another by it."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response

from app.edge import sessions
from app.edge.pages import AtPageDesk, FieldFault, see_other
from app.people import visits
from app.people.actions.reset_password import ask_for_reset, find_reset, use_reset
from app.people.new_passwords import fault_of
from app.people.passwords import hash_password
from app.people.reset_links import RESET, public_base

router = APIRouter(include_in_schema=False)
FORGOT: Final = "/forgot-password"
SENT: Final = f"{FORGOT}/sent"
DONE: Final = f"{RESET}/done"


@router.get(FORGOT)
async def get_forgot_password(request: Request) -> Response:
    """Ask for the e-mail address."""
    return _forgot(request)


@router.post(FORGOT)
async def post_forgot_password(desk: AtPageDesk) -> Response:
    """Let a link be sent; the answer is the same whether there is such a user, and however often it was asked."""
    form, ours = await visits.strangers_form(desk.request)
    email = form.get("email", "").strip()
    if not ours:
        return _forgot(desk.request, email, visits.STALE, status=403)
    if not email:
        return _forgot(desk.request, email, "Enter your e-mail address.", status=422)
    base = public_base(visits.settings_of(desk.request), desk.request)
    if base is None:
        return _forgot(desk.request, email)
    async with desk.db.transaction() as session:
        await ask_for_reset(session, email, address=sessions.address_of(desk.request), base=base)
    return see_other(SENT)


@router.get(SENT)
async def get_sent(request: Request) -> Response:
    """Say what happens now."""
    return visits.strangers_page(request, "people/templates/reset_sent.html")


@router.get(RESET)
async def get_reset(desk: AtPageDesk) -> Response:
    """Ask for the new password. The link is not used up by looking: programs look at links in messages too."""
    return await _reset(desk.request, desk, desk.request.query_params.get("token", ""))


@router.post(RESET)
async def post_reset(desk: AtPageDesk) -> Response:
    """Set the password; signing in with it is the next step, so that a second factor is asked for as ever."""
    form, ours = await visits.strangers_form(desk.request)
    secret, password = form.get("token", ""), form.get("password", "")
    if not ours:
        return await _reset(desk.request, desk, secret, visits.STALE, status=403)
    async with desk.db.transaction() as session:
        reset = await find_reset(session, secret)
    if reset is None:
        return await _reset(desk.request, desk, secret)
    fault = fault_of(password, about=(reset.email, reset.name))
    if fault is not None:
        return await _reset(desk.request, desk, secret, fault, status=422)
    kept = await asyncio.to_thread(hash_password, password)
    async with desk.db.transaction() as session:
        used = await use_reset(session, secret, password_hash=kept)
    if not used:
        return await _reset(desk.request, desk, secret)
    response = see_other(DONE)
    sessions.drop_cookie(response, desk.request)
    return response


@router.get(DONE)
async def get_done(request: Request) -> Response:
    """Say that it is done."""
    return visits.strangers_page(request, "people/templates/reset_done.html")


def _forgot(request: Request, email: str = "", message: str | None = None, *, status: int = 200) -> Response:
    can = public_base(visits.settings_of(request), request) is not None
    faults = [FieldFault("email", message)] if message is not None else []
    context = {"email": email, "faults": faults, "can": can}
    return visits.strangers_page(
        request, "people/templates/forgot_password.html", context, status=status if can else 503
    )


async def _reset(
    request: Request, desk: AtPageDesk, secret: str, message: str | None = None, *, status: int = 200
) -> Response:
    async with desk.db.transaction() as session:
        reset = await find_reset(session, secret)
    if reset is None:
        return visits.strangers_page(request, "people/templates/reset_gone.html", status=404)
    faults = [FieldFault("password", message)] if message is not None else []
    context = {"secret": secret, "email": reset.email, "faults": faults}
    return visits.strangers_page(request, "people/templates/reset_password.html", context, status=status)
