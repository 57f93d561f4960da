"""The journal as open event data, pseudonymised and streamed: memory does not grow with the number of cases."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.reads import note_read_of_all
from app.edge.desk import Desk, ReadingDesk
from app.edge.doors import enter
from app.kernel.database import Session
from app.reports.exports.ocel import ocel
from app.reports.exports.xes import xes
from app.reports.formats import as_attachment

router = APIRouter(tags=["exports"])
Writer = Callable[[Session], AsyncIterator[bytes]]
XES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "An XES 1.0 log", "content": {"application/xml": {"schema": {"type": "string"}}}}
}
OCEL: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "An OCEL 2.0 log", "content": {"application/json": {"schema": {"type": "object"}}}}
}
# A slow reader may take its time between two pieces; one that has gone away may not hold a snapshot for ever.
_PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")


@router.get(
    "/exports/journal.xes", response_class=StreamingResponse, responses=XES, summary="The journal as an XES log"
)
async def journal_xes(desk: ReadingDesk) -> Response:
    """Every event of the cases one may see, a trace a case: no names, nothing that a person wrote."""
    return await _stream(desk, xes, "application/xml", "journal.xes")


@router.get(
    "/exports/journal.ocel.json", response_class=StreamingResponse, responses=OCEL, summary="The journal as an OCEL log"
)
async def journal_ocel(desk: ReadingDesk) -> Response:
    """Every event of the cases one may see, with its case, organisations and staff under pseudonyms."""
    return await _stream(desk, ocel, "application/json", "journal.ocel.json")


async def _stream(desk: Desk, write: Writer, kind: str, name: str) -> Response:
    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.EXPORT_READ)
        pieces = _pieces(desk, write)
        # Whether there is room for it is known before anything is answered or recorded.
        first = await anext(pieces)
        # Under pseudonyms it is still what happened to people: that it was taken is on record before it begins.
        await note_read_of_all(session, actor, f"GET /exports/{name}")
        return StreamingResponse(_whole(first, pieces), media_type=kind, headers=as_attachment(name))

    # Who may not is told so here; once the answer has begun there is no other status to give.
    return await desk.read(work)


async def _whole(first: bytes, others: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(others):
        yield first
        async for piece in others:
            yield piece


async def _pieces(desk: Desk, write: Writer) -> AsyncGenerator[bytes]:
    async with desk.db.snapshot() as session:
        await enter(session, desk.request.headers.get("authorization"), scope="read")
        await session.execute(_PATIENCE)
        async for piece in write(session):
            yield piece
