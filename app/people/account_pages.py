"""One's own sign-in: where one is signed in, signing out everywhere, another password."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.edge import sessions
from app.edge.doors import enter_session
from app.edge.pages import SIGN_IN, AtPageDesk, FieldFault, PageDesk, View, see_other
from app.edge.templating import day
from app.kernel.clock import LONDON
from app.kernel.database import Session
from app.people import visits
from app.people.actions.change_password import change_password
from app.people.actions.end_sessions import OwnSession, end_sessions, list_sessions
from app.people.arrival import carry
from app.people.new_passwords import fault_of
from app.people.passwords import hash_password

router = APIRouter(include_in_schema=False)
PASSWORD: Final = f"{visits.ACCOUNT}/password"


@router.get(visits.ACCOUNT)
async def get_account(desk: AtPageDesk) -> Response:
    """Where one is signed in, and what one can change."""
    settings = visits.settings_of(desk.request)

    async def work(session: Session, actor: Actor) -> View:
        del actor
        open_ones = await list_sessions(session, session_hash=visits.own_hash(desk.request))
        labels = {key: provider.label for key, provider in settings.oidc_providers.items()}
        context = {"sessions": [_row(one, labels) for one in open_ones], "has_vault": settings.secret_key is not None}
        return View("people/templates/account.html", context)

    return await desk.read(work)


@router.post(f"{visits.ACCOUNT}/sign-out-everywhere")
async def post_sign_out_everywhere(desk: AtPageDesk) -> Response:
    """End every session of one's own, this one too."""
    await visits.own_form(desk.request)
    async with desk.db.transaction() as session:
        await enter_session(session, sessions.secret_of(desk.request))
        await end_sessions(session)
    response = see_other(SIGN_IN)
    sessions.drop_cookie(response, desk.request)
    return response


@router.get(PASSWORD)
async def get_password(desk: AtPageDesk) -> Response:
    """The form for another password."""
    return await _page(desk)


@router.post(PASSWORD)
async def post_password(desk: AtPageDesk) -> Response:
    """Change one's own password, with the present one."""
    form = await visits.own_form(desk.request)
    actor = await visits.actor_of(desk)
    if actor is None:
        return see_other(SIGN_IN)
    wanted = form.get("password", "")
    fault = fault_of(wanted, about=(actor.email, actor.name))
    if fault is not None:
        return await _page(desk, [FieldFault("password", fault)])
    given = await visits.given_password(desk, actor, form.get("present", ""))
    if isinstance(given, str):
        return await _page(desk, [FieldFault("present", given)])
    kept, secret = await asyncio.to_thread(hash_password, wanted), sessions.new_secret()
    own, new = visits.own_hash(desk.request), sessions.secret_hash(secret)
    async with desk.db.transaction() as session:
        changed = await change_password(session, own, attempt=given.attempt, new_hash=new, password_hash=kept)
    return carry(desk.request, see_other(visits.ACCOUNT), secret) if changed else see_other(SIGN_IN)


async def _page(desk: PageDesk, faults: Sequence[FieldFault] = ()) -> Response:
    async def work(session: Session, actor: Actor) -> View:
        del session, actor
        return View("people/templates/password.html", {"faults": faults}, 422 if faults else 200)

    return await desk.read(work)


def _row(one: OwnSession, labels: Mapping[str, str]) -> dict[str, Any]:
    by = "Password" if one.opened_by == "password" else labels.get(one.opened_by, one.opened_by)
    return {"since": _at(one.created_at), "last": _at(one.last_seen_at), "by": by, "this_one": one.this_one}


def _at(moment: datetime) -> str:
    """A moment as people read it: "3 November 2026, 09:14"."""
    local = moment.astimezone(LONDON)
    return f"{day(local.date())}, {local:%H:%M}"
