"""Prepare the papers of a case: write down the options, say what members need not see, and circulate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotPermitted, Unprocessable
from app.panels import packs, queries
from app.panels.exceptions import Exceptional, note_exception
from app.panels.items import lock_item, must_be_open
from app.panels.paper_parts import PanelOption
from app.panels.papers import digest, places, withhold, written


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """The options between which the panel chooses; they take the place of those written before."""

    meeting_id: int
    reference: str
    options: Sequence[PanelOption]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdPart:
    """What members need not see from now on, by its place in the papers; without a reason it is shown."""

    meeting_id: int
    reference: str
    part: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculatePapers:
    """Give the papers out as they stand. `why` says what has changed, from the second version on."""

    meeting_id: int
    reference: str
    why: str | None = None


_CLEAR = text("DELETE FROM panel_options WHERE item_id = :item_id")
_WRITE = text(
    """
    INSERT INTO panel_options (item_id, position, name, cost, meaning, written_by)
    VALUES (:item_id, :position, :name, :cost, :meaning, :written_by)
    """
)
_WITHHOLD = text(
    """
    INSERT INTO panel_redactions (item_id, part, reason, redacted_by) VALUES (:item_id, :part, :reason, :by)
    ON CONFLICT (item_id, part) DO UPDATE
      SET reason = excluded.reason, redacted_by = excluded.redacted_by, redacted_at = now()
    """
)
_SHOW = text("DELETE FROM panel_redactions WHERE item_id = :item_id AND part = :part")
_CIRCULATE = text(
    """
    INSERT INTO panel_packs (item_id, version, content, sha256, why, circulated_by, circulated_at)
    VALUES (:item_id, :version, CAST(:content AS jsonb), :sha256, :why, :by, :at)
    """
)
_CASE_IS_SEEN = text("SELECT EXISTS (SELECT FROM cases WHERE id = :id)")


async def write_options(session: Session, actor: Actor, command: WriteOptions) -> None:
    """Write the options down. Whoever works on the case may, and the coordinator.

    Raises NotFound, NotPermitted, Conflict once the case is off the agenda.
    """
    item = await lock_item(session, command.meeting_id, command.reference)
    if not await session.scalar(_CASE_IS_SEEN, {"id": item.case_id}):
        raise NotPermitted("The case is closed to you, so its papers are prepared by others.")
    if not permits(actor, Permission.PANEL_MANAGE):
        require(actor, Permission.CASE_CONVERSE)
    must_be_open(item)
    await session.execute(_CLEAR, {"item_id": item.id})
    for position, one in enumerate(command.options, 1):
        values = {"item_id": item.id, "position": position, "written_by": actor.user_id}
        await session.execute(_WRITE, values | {"name": one.name, "cost": one.cost, "meaning": one.meaning})


async def withhold_part(
    session: Session, actor: Actor, command: WithholdPart, *, casework: Casework, now: datetime
) -> None:
    """Write down that members need not see a part, or that they may again.

    It is kept from what they read at once. While anything is withheld, the case itself is closed to them too.
    Raises NotFound, NotPermitted, Unprocessable for a place that the papers do not have, Conflict once the case is off
    the agenda.
    """
    item = await _locked(session, actor, command)
    if command.reason is None:
        if command.part not in await packs.withheld(session, item.id):
            raise Unprocessable([FieldProblem("/reason", "Say why members need not see it: they read that instead.")])
        await session.execute(_SHOW, {"item_id": item.id, "part": command.part})
        return
    prepared = await packs.draft(session, item, casework=casework, today=casework.timekeeper.day(now))
    if command.part not in dict(places(prepared.pack)):
        raise Unprocessable([FieldProblem("/part", "The papers have no such part. Choose one that they have.")])
    values = {"item_id": item.id, "part": command.part, "reason": command.reason, "by": actor.user_id}
    await session.execute(_WITHHOLD, values)


async def circulate_papers(
    session: Session, actor: Actor, command: CirculatePapers, *, casework: Casework, now: datetime
) -> int:
    """Freeze the papers as they stand, and give the version's number. Partners that spoke before are asked again.

    Raises NotFound, NotPermitted, Unprocessable for a later version without saying why, Conflict once the case is off
    the agenda or where nothing has changed. Papers that come late are an exception, on record.
    """
    item = await _locked(session, actor, command)
    today = casework.timekeeper.day(now)
    prepared = await packs.draft(session, item, casework=casework, today=today)
    content = written(withhold(prepared.pack, prepared.withheld))
    before = await packs.circulated(session, item.id)
    if before and before[0].content == content:
        raise Conflict("Members have these papers already: nothing in them has changed.", code="unchanged")
    if before and command.why is None:
        raise Unprocessable([FieldProblem("/why", "Say what has changed: members read it above the papers.")])
    version = before[0].version + 1 if before else 1
    values = {
        "item_id": item.id,
        "version": version,
        "content": orjson.dumps(content).decode(),
        "sha256": digest(content),
        "why": command.why,
        "by": actor.user_id,
        "at": now,
    }
    await session.execute(_CIRCULATE, values)
    meeting = await queries.find_meeting(session, command.meeting_id)
    if today > meeting.papers_due_on:
        kind = "papers_changed" if before else "papers_late"
        what = Exceptional(
            kind=kind, panel_id=meeting.panel_id, meeting_id=meeting.id, item_id=item.id, case_id=item.case_id
        )
        await note_exception(session, what, by=actor.user_id)
    return version


async def _locked(session: Session, actor: Actor, command: WithholdPart | CirculatePapers) -> Row[Any]:
    item = await lock_item(session, command.meeting_id, command.reference)
    require(actor, Permission.PANEL_MANAGE)
    must_be_open(item)
    return item
