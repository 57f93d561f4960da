"""Pages of a case's documents: the list, one document with its versions, and what is in them."""

from typing import Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.cases.opened import CaseTab
from app.documents import served
from app.documents.queries import show_documents
from app.documents.reading import version_to_read
from app.documents.receiving import documents_of
from app.documents.views import ALL, CONTENT, ONE, PART, THUMBNAIL, document_view, shown_of
from app.edge.pages import AtPageDesk, View
from app.edge.parameters import LARGEST_ID, Cursor, Id
from app.kernel.database import Session
from app.kernel.paging import decode_number

router = APIRouter(include_in_schema=False)
CASE_TABS: Final = (CaseTab("Documents", PART),)
ROWS: Final = 25


@router.get(ALL)
async def get_documents(reference: str, desk: AtPageDesk, cursor: Cursor = None) -> Response:
    """The documents of a case, newest first."""
    place = decode_number(cursor)
    before = LARGEST_ID if place is None else min(place, LARGEST_ID)

    async def work(session: Session, actor: Actor) -> View:
        case, shown = await shown_of(session, actor, desk, reference)
        page = await show_documents(session, case.id, shown["documents_base"], before=before, limit=ROWS)
        context = {"documents": page.items, "following": page.next_cursor, "later": cursor is not None}
        return View("documents/templates/documents.html", {**shown, **context})

    return await desk.read(work)


@router.get(ONE)
async def get_document(reference: str, document_id: Id, desk: AtPageDesk) -> Response:
    """A document with its versions."""

    async def work(session: Session, actor: Actor) -> View:
        return await document_view(session, actor, desk, (reference, document_id))

    return await desk.read(work)


@router.get(CONTENT)
async def get_content(reference: str, document_id: Id, version: Id, desk: AtPageDesk) -> Response:
    """The contents of a version."""

    async def work(session: Session, actor: Actor) -> Response:
        found = await version_to_read(session, actor, reference, (document_id, version), f"GET {CONTENT}")
        return served.content_of(documents_of(desk.request).store, found)

    return await desk.read(work)


@router.get(THUMBNAIL)
async def get_thumbnail(reference: str, document_id: Id, version: Id, desk: AtPageDesk) -> Response:
    """A small picture of a version."""

    async def work(session: Session, actor: Actor) -> Response:
        found = await version_to_read(session, actor, reference, (document_id, version), f"GET {THUMBNAIL}")
        return served.thumbnail_of(documents_of(desk.request).store, found)

    return await desk.read(work)
