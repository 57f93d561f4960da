"""The JSON API of imports: bring in an extract, read its report, take the rejected rows back to mend them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.edge.desk import Desk, ReadingDesk, WritingDesk
from app.edge.doors import enter
from app.edge.parameters import LARGEST_ID, Cursor, Id, Limit
from app.imports import shown
from app.imports.actions.run_import import RunImport, run_import
from app.imports.extracts import open_extract
from app.imports.limits import SheetRefused
from app.imports.schemas import ConflictPage, ImportedRowOut, ImportOut, ImportPage
from app.imports.uploads import FORM, received
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode_number
from app.kernel.problems import FieldProblem, Unprocessable

router = APIRouter(tags=["imports"])
REJECTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The rejected rows", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
# A slow reader may take its time between two pieces; one that has gone away may not hold a snapshot for ever.
_PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")


@router.post(
    "/imports", status_code=201, response_model=ImportOut, openapi_extra=FORM, summary="Bring in a milestone extract"
)
async def post_import(desk: WritingDesk) -> Response:
    """Bring in an extract under the name of its source; the answer is the report.

    A dry run answers the same and writes its report only. A file that cannot be imported at all is refused whole.
    """
    await _let_in(desk)
    async with received(desk.request) as upload:
        with _refusals_told():
            extract = await asyncio.to_thread(open_extract, upload.path)
            command = RunImport(extract=extract, source=upload.source, dry_run=upload.dry_run)

            async def work(session: Session, actor: Actor) -> ImportOut:
                casework = casework_of(desk.request)
                import_id = await run_import(session, actor, command, casework=casework, now=desk.now())
                return await shown.show_import(session, import_id)

            sameness = (extract.file_hash, upload.source.encode(), str(upload.dry_run).encode())
            return await desk.write(work, fingerprint=b"\0".join(sameness))


@router.get("/imports", response_model=ImportPage, summary="Every import")
async def get_imports(desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """The imports, newest first, without their errors."""
    place = decode_number(cursor)
    before = LARGEST_ID if place is None else min(place, LARGEST_ID)

    async def work(session: Session, actor: Actor) -> ImportPage:
        require(actor, Permission.IMPORT_RUN)
        return await shown.show_imports(session, before=before, limit=limit)

    return await desk.read(work)


@router.get("/imports/{import_id}", response_model=ImportOut, summary="An import's report")
async def get_import(import_id: Id, desk: ReadingDesk) -> Response:
    """The report that the import answered with."""

    async def work(session: Session, actor: Actor) -> ImportOut:
        require(actor, Permission.IMPORT_RUN)
        return await shown.show_import(session, import_id)

    return await desk.read(work)


@router.get(
    "/imports/{import_id}/rejected.csv",
    response_class=StreamingResponse,
    responses=REJECTED,
    summary="The rejected rows, to be mended",
)
async def get_rejected(import_id: Id, desk: ReadingDesk) -> Response:
    """The rejected rows under the file's own header, with an `Error` column; mended, the file can be imported."""

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.IMPORT_RUN)
        await shown.find_import(session, import_id)
        headers = {"Content-Disposition": f'attachment; filename="rejected-{import_id}.csv"'}
        return StreamingResponse(_rejected(desk, import_id), media_type="text/csv; charset=utf-8", headers=headers)

    # Who may not is told so here; once the answer has begun there is no other status to give.
    return await desk.read(work)


@router.get("/imports/{import_id}/conflicts", response_model=ConflictPage, summary="Rows that contradict their case")
async def get_conflicts(
    import_id: Id, desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Rows whose reference an earlier import brought in with other content. The read is recorded."""
    after = min(decode_number(cursor) or 0, LARGEST_ID)

    async def work(session: Session, actor: Actor) -> ConflictPage:
        require(actor, Permission.IMPORT_RUN)
        await shown.find_import(session, import_id)
        page, case_ids = await shown.show_conflicts(session, import_id, after=after, limit=limit)
        await note_read(session, actor, "/imports/{import_id}/conflicts", case_ids)
        return page

    return await desk.read(work)


@router.get("/cases/{reference}/imported-row", response_model=ImportedRowOut, summary="The row that a case came from")
async def get_imported_row(reference: str, desk: ReadingDesk) -> Response:
    """The row as it was read, with the columns that the import does not know. The read is recorded."""

    async def work(session: Session, actor: Actor) -> ImportedRowOut:
        case = await queries.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        row = await shown.show_imported_row(session, case.id)
        await note_read(session, actor, "/cases/{reference}/imported-row", [case.id])
        return row

    return await desk.read(work)


async def _let_in(desk: Desk) -> None:
    """Ask who it is before the file is taken in: nobody else can make us keep megabytes."""
    async with desk.db.transaction() as session:
        actor = await enter(session, desk.request.headers.get("authorization"), scope="write")
        require(actor, Permission.IMPORT_RUN)


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except SheetRefused as refused:
        raise Unprocessable([FieldProblem("/file", refused.message)]) from None


async def _rejected(desk: Desk, import_id: int) -> AsyncIterator[str]:
    async with desk.db.snapshot() as session:
        await enter(session, desk.request.headers.get("authorization"), scope="read")
        await session.execute(_PATIENCE)
        async for line in shown.rejected_lines(session, import_id):
            yield line
