"""Arrive: a session has been opened in this browser, and its person goes on to where they were going."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response
from sqlalchemy import text

from app.access.actor import Actor
from app.edge import csrf, drafts, forms, sessions
from app.edge.doors import enter_session
from app.edge.local_paths import local_path
from app.edge.pages import PageDesk, see_other
from app.people.visits import BEFORE

HOME: Final = "/"
NEXT: Final = "next"
PATH: Final = "resume_path"
FORM: Final = "resume_form"
_TAKE = text("SELECT door.take_resume(:hash)")


def next_of(fields: Mapping[str, str]) -> dict[str, str]:
    """The page that was asked for, from an address: what is not a page of ours is left out.

    A form never comes from an address, nor from another site: it would take the place of what somebody had begun.
    """
    path = local_path(fields.get(NEXT))
    return {} if path is None else {NEXT: path}


def resume_of(fields: Mapping[str, str]) -> dict[str, str]:
    """Where somebody was going, from a form of ours: what is not a page of ours is left out.

    `next` is a page that was asked for; `resume_path` and `resume_form` are a form that was sent when its session had
    gone, and hold on to what was typed.
    """
    path, form = local_path(fields.get(PATH)), fields.get(FORM, "").replace("\x00", "")
    if path is not None and 0 < len(form) <= forms.LONGEST:
        return {PATH: path, FORM: form}
    return next_of(fields)


def resume_sent(request: Request, form: Mapping[str, str], *, ours: bool) -> dict[str, str]:
    """Where somebody was going, from a form that may be another site's: then it brings no form of its own along."""
    return resume_of(form) if ours or csrf.came_from_here(request) else next_of(form)


async def arrive(desk: PageDesk, secret: str) -> Response:
    """Give the browser the secret of its open session and send it on. Raises NotSignedIn."""
    _, onward = await way_on(desk, secret)
    return carry(desk.request, see_other(onward), secret)


async def way_on(desk: PageDesk, secret: str) -> tuple[Actor, str]:
    """Who has come in with an open session, and the page to go on to. Raises NotSignedIn."""
    async with desk.db.transaction() as session:
        actor = await enter_session(session, secret)
        resume: dict[str, str] = await session.scalar(_TAKE, {"hash": sessions.secret_hash(secret)}) or {}
        if FORM in resume:
            await drafts.keep(session, actor.user_id, resume[PATH], forms.parse(resume[FORM]))
            return actor, f"{resume[PATH]}?draft=1"
    return actor, resume.get(NEXT) or HOME


def carry(request: Request, response: Response, secret: str) -> Response:
    """Let an answer give the browser its session's secret; the cookie from before there was one goes."""
    sessions.set_cookie(response, request, secret)
    sessions.drop_cookie(response, request, name=BEFORE)
    return response
