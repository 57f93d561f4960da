"""What the pages of documents show: the same case and person on each, and what its reader may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.models import Case
from app.cases.opened import frame
from app.cases.sheets import open_at
from app.documents.formats import ACCEPT, TAKEN
from app.documents.kinds import KINDS, REASONS
from app.documents.queries import documents_path, show_document
from app.edge.forms import NOTHING, Filled
from app.edge.pages import FieldFault, PageDesk, View, faults_of
from app.edge.questions import Option, Question, field_id
from app.kernel.database import Session
from app.kernel.problems import Conflict, Problem

PART: Final = "documents"
"""The tab of the case on which these pages are."""
ALL: Final = "/cases/{reference}/documents"
NEW: Final = f"{ALL}/new"
ONE: Final = f"{ALL}/{{document_id}}"
VERSIONS: Final = f"{ONE}/versions"
WITHDRAWAL: Final = f"{ONE}/withdrawal"
CONTENT: Final = f"{VERSIONS}/{{version}}/content"
THUMBNAIL: Final = f"{VERSIONS}/{{version}}/thumbnail"
ASKED: Final = (
    Question(
        name="kind",
        kind="choice",
        label="What is it?",
        options=tuple(Option(value=kind.value, label=words) for kind, words in KINDS.items()),
    ),
    Question(
        name="about",
        kind="text",
        label="What does it show or say?",
        hint="A few words, such as: the bath before the works. Everybody who works on the case can read them.",
        required=False,
    ),
)
WHY: Final = (
    Question(
        name="reason",
        kind="choice",
        label="Why is it taken away?",
        options=tuple(Option(value=reason.value, label=words) for reason, words in REASONS.items()),
    ),
)


async def shown_of(session: Session, actor: Actor, desk: PageDesk, reference: str) -> tuple[Case, dict[str, Any]]:
    """The case, and what every page here says and offers. The read is recorded."""
    opened = await open_at(session, actor, desk, reference)
    parties = opened.case.state.acting_party_ids
    return opened.case, {
        **frame(desk.request, opened, part=PART),
        "documents_base": documents_path("", opened.case.reference),
        "kinds": KINDS,
        "reasons": REASONS,
        "may_add": permits(actor, Permission.DOCUMENT_ADD, parties),
        "may_withdraw": permits(actor, Permission.DOCUMENT_WITHDRAW, parties),
    }


def _upload(desk: PageDesk) -> dict[str, Any]:
    """What a field for a file says."""
    megabytes = desk.request.app.state.settings.max_document_bytes // 1_000_000
    return {"accept": ACCEPT, "taken": TAKEN, "most": f"At most {megabytes} MB." if megabytes else ""}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it stands: what was typed, and what is wrong with it."""

    form: Filled = NOTHING
    faults: Sequence[FieldFault] = ()


async def new_view(session: Session, actor: Actor, desk: PageDesk, reference: str, sheet: Sheet) -> View:
    """The form for a document. Raises NotPermitted."""
    case, shown = await shown_of(session, actor, desk, reference)
    require(actor, Permission.DOCUMENT_ADD, case.state.acting_party_ids)
    context = {"questions": ASKED, "form": sheet.form, "faults": sheet.faults, **_upload(desk)}
    return View("documents/templates/new.html", {**shown, **context})


async def document_view(session: Session, actor: Actor, desk: PageDesk, place: tuple[str, int]) -> View:
    """A document, `place` being its case and its number."""
    case, shown = await shown_of(session, actor, desk, place[0])
    document = await show_document(session, case.id, place[1], shown["documents_base"])
    return View("documents/templates/document.html", {**shown, "document": document})


async def version_view(session: Session, actor: Actor, desk: PageDesk, place: tuple[str, int], sheet: Sheet) -> View:
    """The form for a newer version. Raises NotPermitted, Conflict for a document that was withdrawn."""
    context = {"faults": sheet.faults, **_upload(desk)}
    shown = await _living(session, actor, desk, place, Permission.DOCUMENT_ADD)
    return View("documents/templates/version.html", {**shown, **context})


async def withdrawal_view(session: Session, actor: Actor, desk: PageDesk, place: tuple[str, int], sheet: Sheet) -> View:
    """The form on which a document is taken away. Raises NotPermitted, Conflict for one that was already."""
    context = {"questions": WHY, "form": sheet.form, "faults": sheet.faults}
    shown = await _living(session, actor, desk, place, Permission.DOCUMENT_WITHDRAW)
    return View("documents/templates/withdrawal.html", {**shown, **context})


async def _living(
    session: Session, actor: Actor, desk: PageDesk, place: tuple[str, int], wanted: Permission
) -> dict[str, Any]:
    """What is said of a document with which something can still be done."""
    case, shown = await shown_of(session, actor, desk, place[0])
    require(actor, wanted, case.state.acting_party_ids)
    document = await show_document(session, case.id, place[1], shown["documents_base"])
    if document.withdrawn is not None:
        raise Conflict("This document was withdrawn. There is nothing more to do with it.", code="withdrawn")
    return {**shown, "document": document}


def refused_sheet(form: Filled, refusal: Problem, questions: Sequence[Question] = ()) -> Sheet:
    """A form that was refused: what was typed, and what is wrong beside each field."""

    def input_of(pointer: str) -> str | None:
        return "file" if pointer == "/file" else field_id(questions, pointer)

    return Sheet(form, faults_of(refusal, input_of))
