"""The pages on which documents are added and taken away."""

from fastapi import APIRouter, Response
from pydantic import ValidationError

from app.access.actor import Actor
from app.cases.casework import Casework
from app.documents.actions.add_document import AddDocument, AddVersion, add_document, add_version
from app.documents.actions.withdraw_document import WithdrawDocument, withdraw_document
from app.documents.file_forms import submit_file
from app.documents.queries import documents_path
from app.documents.receiving import Received
from app.documents.schemas import DocumentForm, VersionForm, WithdrawalIn
from app.documents.views import (
    ASKED,
    NEW,
    VERSIONS,
    WHY,
    WITHDRAWAL,
    Sheet,
    new_view,
    refused_sheet,
    version_view,
    withdrawal_view,
)
from app.edge import drafts
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, FieldFault, View
from app.edge.parameters import Id
from app.edge.problem_answers import from_validation
from app.edge.questions import read_answers
from app.kernel.database import Session
from app.kernel.problems import Problem
from app.kernel.references import parse_reference

router = APIRouter(include_in_schema=False)


@router.get(NEW)
async def get_new(reference: str, desk: AtPageDesk) -> Response:
    """The form for a document."""

    async def work(session: Session, actor: Actor) -> View:
        draft = await desk.draft(session, actor)
        faults = [FieldFault("file", "Choose the file again. What you typed was kept.")] if draft else []
        return await new_view(session, actor, desk, reference, Sheet(draft.form if draft else NOTHING, faults))

    return await desk.read(work)


@router.post(NEW)
async def post_new(reference: str, desk: AtPageDesk) -> Response:
    """Add a document, then show the list with it."""
    casework: Casework = desk.request.app.state.casework

    async def take(session: Session, actor: Actor, came: Received[DocumentForm]) -> str:
        command = AddDocument(reference=reference, kind=came.form.kind, about=came.form.about, file=came.file)
        added = await add_document(session, actor, command, casework=casework)
        came.recorded = True
        await drafts.drop(session, actor.user_id, desk.path)
        return f"{_list_of(reference)}#document-{added.document_id}"

    async def again(session: Session, actor: Actor, form: Filled, refusal: Problem) -> View:
        return await new_view(session, actor, desk, reference, refused_sheet(form, refusal, ASKED))

    return await submit_file(desk, reference, DocumentForm, take, again)


@router.get(VERSIONS)
async def get_versions(reference: str, document_id: Id, desk: AtPageDesk) -> Response:
    """The form for a newer version."""

    async def work(session: Session, actor: Actor) -> View:
        return await version_view(session, actor, desk, (reference, document_id), Sheet())

    return await desk.read(work)


@router.post(VERSIONS)
async def post_version(reference: str, document_id: Id, desk: AtPageDesk) -> Response:
    """Add a newer version, then show the document."""
    casework: Casework = desk.request.app.state.casework

    async def take(session: Session, actor: Actor, came: Received[VersionForm]) -> str:
        command = AddVersion(reference=reference, document_id=document_id, file=came.file)
        await add_version(session, actor, command, casework=casework)
        came.recorded = True
        return f"{_list_of(reference)}/{document_id}"

    async def again(session: Session, actor: Actor, form: Filled, refusal: Problem) -> View:
        return await version_view(session, actor, desk, (reference, document_id), refused_sheet(form, refusal))

    return await submit_file(desk, reference, VersionForm, take, again)


@router.get(WITHDRAWAL)
async def get_withdrawal(reference: str, document_id: Id, desk: AtPageDesk) -> Response:
    """Ask why a document is taken away, and say what comes of it."""

    async def work(session: Session, actor: Actor) -> View:
        return await withdrawal_view(session, actor, desk, (reference, document_id), Sheet())

    return await desk.read(work)


@router.post(WITHDRAWAL)
async def post_withdrawal(reference: str, document_id: Id, desk: AtPageDesk) -> Response:
    """Take a document away, then show the list."""
    casework: Casework = desk.request.app.state.casework

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        try:
            body = WithdrawalIn.model_validate(read_answers(WHY, form))
        except ValidationError as wrong:
            raise from_validation(list(wrong.errors())) from None
        command = WithdrawDocument(reference=reference, document_id=document_id, reason=body.reason)
        await withdraw_document(session, actor, command, casework=casework)
        return f"{_list_of(reference)}#document-{document_id}"

    async def again(session: Session, actor: Actor, form: Filled, refusal: Problem) -> View:
        return await withdrawal_view(session, actor, desk, (reference, document_id), refused_sheet(form, refusal, WHY))

    return await desk.submit(take, again)


def _list_of(reference: str) -> str:
    """Where the documents of a case that was found are, however its reference was written in the address."""
    return documents_path("", parse_reference(reference))
