"""Papers before they are circulated, and the documents that go with circulated ones, as they are read."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.casework import Casework
from app.cases.reads import note_read
from app.documents.queries import Version, find_version, not_found
from app.kernel.database import Session
from app.panels import items, packs, queries
from app.panels.packs import Draft
from app.panels.paper_parts import missing
from app.panels.paper_schemas import DraftOut, PartOut, QuestionOut
from app.panels.papers import withhold
from app.panels.papers_shown import questions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDraft:
    """An item's papers in preparation, with its meeting, and how they are shown."""

    item: Row[Any]
    meeting: Row[Any]
    draft: Draft
    shown: DraftOut


async def open_draft(
    session: Session, actor: Actor, meeting_id: int, reference: str, *, casework: Casework, now: datetime, route: str
) -> OpenedDraft:
    """The papers as they would be circulated now. Raises NotFound, NotPermitted: for who may not see the case too."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_VIEW)
    prepared = await packs.draft(session, item, casework=casework, today=casework.timekeeper.day(now))
    if not permits(actor, Permission.PANEL_MANAGE):
        require(actor, Permission.CASE_CONVERSE)
    await note_read(session, actor, route, [item.case_id])
    meeting = await queries.find_meeting(session, meeting_id)
    shown = DraftOut(
        reference=item.reference,
        parts=[PartOut.model_validate(asdict(part)) for part in prepared.pack.parts],
        withheld=dict(prepared.withheld),
        missing=missing(prepared.pack, meeting.checklist, consent=prepared.case.state.consent_to_share is True),
        circulated=await packs.newest_version(session, item.id),
    )
    return OpenedDraft(item=item, meeting=meeting, draft=prepared, shown=shown)


async def document_to_read(
    session: Session, actor: Actor, meeting_id: int, reference: str, document_id: int, *, route: str
) -> Version:
    """A document in the version that was circulated. Raises NotFound, NotPermitted."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_VIEW)
    await note_read(session, actor, route, [item.case_id])
    withheld = await packs.withheld(session, item.id)
    for row in (await packs.circulated(session, item.id))[:1]:
        for document in withhold(packs.pack_of(row), withheld).documents:
            if document.id == document_id:
                return await find_version(session, item.case_id, document.id, document.version)
    raise not_found()


async def questions_at(
    session: Session, actor: Actor, meeting_id: int, reference: str, *, route: str
) -> list[QuestionOut]:
    """What was asked about a case on an agenda."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_VIEW)
    await note_read(session, actor, route, [item.case_id])
    return await questions_of(session, item.id)
