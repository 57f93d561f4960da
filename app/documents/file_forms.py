"""A page's form that brings a file: the page's own rules (token, one-time key, one transaction), and the file streamed.

The token stands before the file in the form, so a file that did not come from a page of ours is never kept.
"""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import TypeVar

from fastapi import Response
from pydantic import BaseModel

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.documents.multipart import FILE
from app.documents.receiving import Received, received
from app.edge import csrf, sessions
from app.edge.doors import enter_session
from app.edge.forms import Filled
from app.edge.pages import LEAVE_OUT, Again, PageDesk
from app.kernel.database import Session
from app.kernel.problems import Problem

F = TypeVar("F", bound=BaseModel)
TakeFile = Callable[[Session, Actor, Received[F]], Awaitable[str]]
"""Record the file that came; the path of the page to show then."""


async def submit_file(desk: PageDesk, reference: str, model: type[F], take: TakeFile[F], again: Again) -> Response:
    """Take the form once, however often it is sent; show it again with what was typed when it is refused.

    A browser does not let a page fill in a file, so that has to be chosen again: the page says so.
    """
    said: dict[str, str] = {}
    secret = sessions.secret_of(desk.request)

    async def gate(fields: Mapping[str, str]) -> None:
        said.update(fields)
        async with desk.db.transaction() as session:
            actor = await enter_session(session, secret)
            csrf.check(desk.request, _filled(fields), secret)
            case = await cases.find(session, reference)
            require(actor, Permission.DOCUMENT_ADD, case.state.acting_party_ids)

    try:
        async with received(desk.request, model, gate, beside=LEAVE_OUT) as came:
            # With the file's hash in it another file makes it another form.
            form = _filled({**said, FILE: sha256(came.fingerprint).hexdigest()})
            return await desk.submit_filled(form, lambda session, actor, _: take(session, actor, came), again)
    except Problem as problem:
        return await desk.refused(_filled(said), again, problem)


def _filled(fields: Mapping[str, str]) -> Filled:
    return Filled({name: (value.replace("\x00", "\ufffd"),) for name, value in fields.items()})
