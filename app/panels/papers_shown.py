"""Circulated papers as they are shown, to pages, the API and in print alike; every read is on record."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.reads import note_read
from app.edge.templating import day, moment
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.panels import items, packs, queries
from app.panels.paper_schemas import ChangeOut, PackOut, PartOut, QuestionOut, VersionOut
from app.panels.papers import changes, withheld_in, withhold

_QUESTIONS = text(
    """
    SELECT q.id, q.kind, q.told, u.name AS asked_by, q.asked_at, q.answer, a.name AS answered_by, q.answered_at
      FROM panel_questions q JOIN users u ON u.id = q.asked_by LEFT JOIN users a ON a.id = q.answered_by
     WHERE q.item_id = :item_id ORDER BY q.id
    """
)
_OF_MEETING = text(
    """
    SELECT id, meeting_id, case_id, reference FROM panel_items
     WHERE meeting_id = :id AND coalesce(decision, '') NOT IN ('withdrawn', 'moved') ORDER BY position, id
    """
)
CONFIDENTIAL = "Confidential. For the members of this panel only."


async def open_papers(
    session: Session, actor: Actor, meeting_id: int, reference: str, *, version: int | None, route: str
) -> PackOut:
    """The papers of a case in a version, the newest unless one is named. Raises NotFound, NotPermitted."""
    item = await items.find_item(session, meeting_id, reference)
    require(actor, Permission.PANEL_VIEW)
    await note_read(session, actor, route, [item.case_id])
    versions = await packs.circulated(session, item.id)
    chosen = next((row for row in versions if version in (None, row.version)), None)
    if chosen is None:
        raise NotFound(
            "No papers of this case have been circulated yet." if not versions else "There is no such version."
        )
    return await _shown(session, item, versions, chosen)


async def papers_of_meeting(session: Session, actor: Actor, meeting_id: int, route: str) -> list[PackOut]:
    """The newest papers of every case on the agenda that the reader may see, in the agenda's order."""
    require(actor, Permission.PANEL_VIEW)
    found, case_ids = [], []
    await queries.find_meeting(session, meeting_id)
    for item in (await session.execute(_OF_MEETING, {"id": meeting_id})).all():
        versions = await packs.circulated(session, item.id)
        if versions:
            found.append(await _shown(session, item, versions, versions[0]))
            case_ids.append(item.case_id)
    await note_read(session, actor, route, case_ids)
    return found


async def _shown(session: Session, item: Row[Any], versions: Sequence[Row[Any]], chosen: Row[Any]) -> PackOut:
    # What is withheld now was in papers before: whoever had read it has read it, and nobody reads it here again.
    withheld = withheld_in(packs.pack_of(versions[0])) | await packs.withheld(session, item.id)
    pack = withhold(packs.pack_of(chosen), withheld)
    earlier = next((row for row in versions if row.version == chosen.version - 1), None)
    changed = changes(withhold(packs.pack_of(earlier), withheld), pack) if earlier else []
    return PackOut(
        meeting=item.meeting_id,
        reference=item.reference,
        version=chosen.version,
        newest=versions[0].version,
        sha256=bytes(chosen.sha256).hex(),
        why=chosen.why,
        circulated_at=chosen.circulated_at,
        circulated_by=chosen.circulated_by,
        parts=[PartOut.model_validate(asdict(part)) for part in pack.parts],
        documents=[one.id for one in pack.documents],
        changes=[ChangeOut.model_validate(asdict(one)) for one in changed],
        versions=[VersionOut.model_validate(row, from_attributes=True) for row in versions],
        questions=await questions_of(session, item.id),
    )


async def questions_of(session: Session, item_id: int) -> list[QuestionOut]:
    """What members asked and remarked, and what was answered."""
    rows = (await session.execute(_QUESTIONS, {"item_id": item_id})).all()
    return [QuestionOut.model_validate(row, from_attributes=True) for row in rows]


async def printed(session: Session, meeting_id: int, papers: Sequence[PackOut]) -> dict[str, Any]:
    """The same for `app.panels.pack_pdf`."""
    meeting = await queries.find_meeting(session, meeting_id)
    one = f" about {papers[0].reference}" if len(papers) == 1 else ""
    return {
        "title": f"Papers{one} for {meeting.panel_name}, {day(meeting.held_on)}",
        "confidential": CONFIDENTIAL,
        "about": [f"{meeting.panel_name}: meeting of {day(meeting.held_on)}.", CONFIDENTIAL],
        "cases": [_case(pack) for pack in papers],
    }


def _case(pack: PackOut) -> dict[str, Any]:
    about = [f"Version {pack.version}, circulated {moment(pack.circulated_at)}.", f"Fingerprint: {pack.sha256}"]
    return {
        "title": f"Case {pack.reference}",
        "about": [*about, *([f"What has changed: {pack.why}"] if pack.why else [])],
        "changes": [change_words(change) for change in pack.changes],
        "parts": [
            {"title": part.title, "lines": [{"label": line.label, "texts": line.texts} for line in part.lines]}
            for part in pack.parts
        ],
    }


def change_words(change: ChangeOut) -> str:
    """One change as a sentence."""
    before, after = " ".join(change.before), " ".join(change.after)
    match change.kind:
        case "came":
            return f"{change.part}, {change.label}: new: {after}"
        case "went":
            return f"{change.part}, {change.label}: left out. It said: {before}"
        case _:
            return f"{change.part}, {change.label}: it said: {before}. Now it says: {after}"
