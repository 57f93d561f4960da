"""The JSON API of documents: add them, list them, read them, take them away."""

from typing import Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.api import IfMatch, casework_of
from app.documents import served
from app.documents.actions.add_document import AddDocument, Added, AddVersion, add_document, add_version
from app.documents.actions.withdraw_document import WithdrawDocument, withdraw_document
from app.documents.described import NEW, NEXT, bytes_of
from app.documents.formats import FORMATS, JPEG
from app.documents.intake import Gate
from app.documents.queries import documents_path, show_document, show_documents
from app.documents.reading import case_of_documents, version_to_read
from app.documents.receiving import documents_of, received
from app.documents.schemas import DocumentForm, DocumentOut, DocumentPage, VersionForm, WithdrawalIn
from app.edge.desk import Desk, ReadingDesk, WritingDesk, if_match
from app.edge.doors import enter
from app.edge.parameters import LARGEST_ID, Cursor, Id, Limit
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode_number

router = APIRouter(tags=["documents"])
BASE: Final = "/api/v1"
_ALL: Final = "/cases/{reference}/documents"
_ONE: Final = f"{_ALL}/{{document_id}}"
_CONTENT: Final = f"{_ONE}/versions/{{version}}/content"
_THUMBNAIL: Final = f"{_ONE}/versions/{{version}}/thumbnail"


@router.get(_ALL, response_model=DocumentPage, summary="Documents of a case")
async def get_documents(
    reference: str, desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """The documents of a case, newest first; what was withdrawn is named without its contents."""
    place = decode_number(cursor)
    before = LARGEST_ID if place is None else min(place, LARGEST_ID)

    async def work(session: Session, actor: Actor) -> DocumentPage:
        case = await case_of_documents(session, actor, reference, f"GET {_ALL}")
        base = documents_path(BASE, case.reference)
        return await show_documents(session, case.id, base, before=before, limit=limit)

    return await desk.read(work)


@router.post(
    _ALL,
    status_code=201,
    response_model=DocumentOut,
    openapi_extra=NEW,
    summary="Add a document",
)
async def post_document(reference: str, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Add a document or a photograph. What it is, is judged by its content.

    Images are made anew: turned upright, without place and camera. Their original bytes are not kept.
    """
    casework = casework_of(desk.request)
    async with received(desk.request, DocumentForm, _gate(desk, reference)) as came:
        command = AddDocument(
            reference=reference,
            kind=came.form.kind,
            about=came.form.about,
            file=came.file,
            expected_sequence=if_match(match),
        )

        async def work(session: Session, actor: Actor) -> DocumentOut:
            added = await add_document(session, actor, command, casework=casework)
            came.recorded = True
            return await _shown(session, command.reference, added)

        return await desk.write(work, fingerprint=came.fingerprint)


@router.get(_ONE, response_model=DocumentOut, summary="A document with its versions")
async def get_document(reference: str, document_id: Id, desk: ReadingDesk) -> Response:
    """A document: who added which version when."""

    async def work(session: Session, actor: Actor) -> DocumentOut:
        case = await case_of_documents(session, actor, reference, f"GET {_ONE}")
        return await show_document(session, case.id, document_id, documents_path(BASE, case.reference))

    return await desk.read(work)


@router.post(
    f"{_ONE}/versions",
    status_code=201,
    response_model=DocumentOut,
    openapi_extra=NEXT,
    summary="Add a new version of a document",
)
async def post_version(reference: str, document_id: Id, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Add a newer version; the earlier ones can still be read."""
    casework = casework_of(desk.request)
    async with received(desk.request, VersionForm, _gate(desk, reference)) as came:
        seen = if_match(match)
        command = AddVersion(reference=reference, document_id=document_id, file=came.file, expected_sequence=seen)

        async def work(session: Session, actor: Actor) -> DocumentOut:
            added = await add_version(session, actor, command, casework=casework)
            came.recorded = True
            return await _shown(session, command.reference, added)

        return await desk.write(work, fingerprint=came.fingerprint)


@router.post(
    f"{_ONE}/withdrawal",
    status_code=201,
    response_model=DocumentOut,
    summary="Take a document away",
)
async def post_withdrawal(
    reference: str, document_id: Id, body: WithdrawalIn, desk: WritingDesk, match: IfMatch = None
) -> Response:
    """Take away a document that should not be there. It can be read no more, and its contents are erased."""
    casework = casework_of(desk.request)
    seen = if_match(match)
    command = WithdrawDocument(reference=reference, document_id=document_id, reason=body.reason, expected_sequence=seen)

    async def work(session: Session, actor: Actor) -> DocumentOut:
        case_id = await withdraw_document(session, actor, command, casework=casework)
        return await show_document(session, case_id, document_id, documents_path(BASE, cases.canonical(reference)))

    return await desk.write(work)


@router.get(
    _CONTENT,
    response_class=Response,
    responses=bytes_of("The contents", *FORMATS),
    summary="The contents of a version",
)
async def get_content(reference: str, document_id: Id, version: Id, desk: ReadingDesk) -> Response:
    """The contents, as what they are. The read is recorded."""

    async def work(session: Session, actor: Actor) -> Response:
        found = await version_to_read(session, actor, reference, (document_id, version), f"GET {_CONTENT}")
        return served.content_of(documents_of(desk.request).store, found)

    return await desk.read(work)


@router.get(
    _THUMBNAIL,
    response_class=Response,
    responses=bytes_of("A small picture", JPEG.media_type),
    summary="A small picture of a version",
)
async def get_thumbnail(reference: str, document_id: Id, version: Id, desk: ReadingDesk) -> Response:
    """A small picture of a version that is an image. The read is recorded."""

    async def work(session: Session, actor: Actor) -> Response:
        found = await version_to_read(session, actor, reference, (document_id, version), f"GET {_THUMBNAIL}")
        return served.thumbnail_of(documents_of(desk.request).store, found)

    return await desk.read(work)


def _gate(desk: Desk, reference: str) -> Gate:
    """Ask who it is, and whether this is their case, before the file is taken in."""

    async def gate(fields: object) -> None:
        del fields
        async with desk.db.transaction() as session:
            actor = await enter(session, desk.request.headers.get("authorization"), scope="write")
            case = await cases.find(session, reference)
            require(actor, Permission.DOCUMENT_ADD, case.state.acting_party_ids)

    return gate


async def _shown(session: Session, reference: str, added: Added) -> DocumentOut:
    base = documents_path(BASE, cases.canonical(reference))
    return await show_document(session, added.case_id, added.document_id, base)
