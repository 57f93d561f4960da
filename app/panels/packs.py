"""Papers of a case on an agenda: what they would be now, what was circulated, and what members need not see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text

from app.cases import queries as cases
from app.cases.casework import Casework
from app.cases.events import newest_events
from app.cases.models import Case
from app.cases.shown import show_case
from app.documents.kinds import KINDS, DocumentKind
from app.kernel.database import Session
from app.panels.paper_parts import CaseDocument, CaseForPanel, PanelOption, build
from app.panels.papers import Pack, read

_EVENTS_READ: Final = 1_000
_OPTIONS = text("SELECT name, cost, meaning FROM panel_options WHERE item_id = :item_id ORDER BY position")
_DOCUMENTS = text(
    """
    SELECT d.id, d.kind, d.about, v.version, v.uploaded_at FROM documents d
      JOIN LATERAL (SELECT version, uploaded_at FROM document_versions v
                     WHERE v.document_id = d.id ORDER BY version DESC LIMIT 1) v ON true
     WHERE d.case_id = :case_id AND d.withdrawn_at IS NULL AND d.kind = ANY (:kinds) ORDER BY d.id LIMIT 100
    """
)
_KINDS: Final = [DocumentKind.DRAWING, DocumentKind.PHOTOGRAPH, DocumentKind.REPORT, DocumentKind.QUOTE]
_REDACTIONS = text("SELECT part, reason FROM panel_redactions WHERE item_id = :item_id ORDER BY part")
_PACKS = text(
    """
    SELECT p.version, p.content, p.sha256, p.why, p.circulated_at, u.name AS circulated_by FROM panel_packs p
      JOIN users u ON u.id = p.circulated_by WHERE p.item_id = :item_id ORDER BY p.version DESC
    """
)
_NEWEST = text("SELECT max(version) FROM panel_packs WHERE item_id = :item_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The papers as they would be circulated now: all of them, and where members need not see something, why."""

    pack: Pack
    withheld: Mapping[str, str]
    case: Case


async def draft(session: Session, item: Row[Any], *, casework: Casework, today: date) -> Draft:
    """Put an item's papers together from its case. Raises NotFound for who may not see the case."""
    case = await cases.find(session, item.reference)
    pack = await of_case(session, case, casework=casework, today=today, item_id=item.id)
    return Draft(pack=pack, withheld=await withheld(session, item.id), case=case)


async def of_case(session: Session, case: Case, *, casework: Casework, today: date, item_id: int | None = None) -> Pack:
    """What papers of a case would say now, with the options of an item: of the newest unless one is named."""
    found = CaseForPanel(
        case=await show_case(session, case.id, today=today),
        pathway=casework.pathways.get(case.pathway_key, case.state.pathway_version),
        events=await newest_events(session, case.id, before=None, limit=_EVENTS_READ),
        options=await options(session, item_id or await session.scalar(_LATEST, {"case_id": case.id}) or 0),
        documents=await _documents(session, case.id, casework=casework),
        today=today,
    )
    return build(found)


_LATEST = text("SELECT max(id) FROM panel_items WHERE case_id = :case_id")


async def options(session: Session, item_id: int) -> list[PanelOption]:
    """The options that were written down for an item."""
    rows = (await session.execute(_OPTIONS, {"item_id": item_id})).all()
    return [PanelOption(name=row.name, cost=row.cost, meaning=row.meaning) for row in rows]


async def withheld(session: Session, item_id: int) -> dict[str, str]:
    """Place in the papers -> why members need not see it."""
    return {row.part: row.reason for row in (await session.execute(_REDACTIONS, {"item_id": item_id})).all()}


async def circulated(session: Session, item_id: int) -> Sequence[Row[Any]]:
    """The versions that were circulated, newest first: `content`, `sha256`, why, when and by whom."""
    return (await session.execute(_PACKS, {"item_id": item_id})).all()


async def newest_version(session: Session, item_id: int) -> int | None:
    """The number of the version that counts now; None before any was circulated."""
    version: int | None = await session.scalar(_NEWEST, {"item_id": item_id})
    return version


def pack_of(row: Row[Any]) -> Pack:
    """The papers that a row of `circulated` keeps."""
    return read(row.content)


async def _documents(session: Session, case_id: int, *, casework: Casework) -> list[CaseDocument]:
    rows = (await session.execute(_DOCUMENTS, {"case_id": case_id, "kinds": [str(kind) for kind in _KINDS]})).all()
    return [
        CaseDocument(
            id=row.id,
            version=row.version,
            kind=KINDS[DocumentKind(row.kind)],
            about=row.about,
            added_on=casework.timekeeper.day(row.uploaded_at),
        )
        for row in rows
    ]
