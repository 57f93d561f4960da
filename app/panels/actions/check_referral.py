"""Check a referral to the panel against its checklist: accept it, or send it back for what is missing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.panels import packs, queries
from app.panels.paper_parts import CHECKLIST, missing
from app.panels.tasks import About, NewTask, set_task

Outcome = Literal["accepted", "sent_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReferral:
    """What the coordinator finds. Sent back, `note` says what is missing, `due_on` by when it is wanted.

    `owner` is the e-mail address of who brings it; else whoever holds the case does.
    """

    panel: str
    reference: str
    outcome: Outcome
    note: str | None = None
    due_on: date | None = None
    owner: str | None = None


_CHECK = text(
    """
    INSERT INTO panel_referral_checks (case_id, panel_id, outcome, missing, note, sequence, checked_by, checked_at)
    VALUES (:case_id, :panel_id, :outcome, CAST(:missing AS text[]), :note, :sequence, :by, :at)
    """
)
_CUSTODY = text("SELECT key FROM organisations WHERE id = :id")


async def check_referral(
    session: Session, actor: Actor, command: CheckReferral, *, casework: Casework, now: datetime
) -> None:
    """Write the check down; what is missing becomes a task of who has to bring it. The case's clock goes on.

    Raises NotFound, NotPermitted, Conflict for a case that is not waiting for a place on an agenda, Unprocessable for
    sending back without saying what is missing and by when.
    """
    panel = await queries.find_panel(session, command.panel)
    case = await cases.lock(session, command.reference)
    require(actor, Permission.PANEL_MANAGE)
    if case.state.stage != "panel_referred":
        raise Conflict("This case is not waiting for a place on an agenda.", code="not_referred")
    today = casework.timekeeper.day(now)
    if command.outcome == "sent_back":
        wanted = {"/note": command.note, "/due_on": command.due_on}
        told = {"/note": "Say what is missing: whoever brings it reads this.", "/due_on": "Say by when it is wanted."}
        errors = [FieldProblem(pointer, told[pointer]) for pointer, given in wanted.items() if given is None]
        if errors:
            raise Unprocessable(errors)
    pack = await packs.of_case(session, case, casework=casework, today=today)
    lacks = missing(pack, panel.checklist, consent=case.state.consent_to_share is True)
    values = {
        "case_id": case.id,
        "panel_id": panel.id,
        "outcome": command.outcome,
        "missing": lacks,
        "note": command.note,
        "sequence": case.state.sequence,
        "by": actor.user_id,
        "at": now,
    }
    await session.execute(_CHECK, values)
    if command.outcome == "sent_back" and command.note is not None and command.due_on is not None:
        about = About(case_id=case.id, item_id=None, parties=case.state.party_ids)
        custody = None if command.owner else await session.scalar(_CUSTODY, {"id": case.state.custody_id})
        listed = "; ".join(CHECKLIST[key] for key in lacks)
        told_to_them = f"{command.note} Not found in the referral: {listed}." if listed else command.note
        task = NewTask(
            kind="information",
            told=told_to_them[:2000],
            due_on=command.due_on,
            owner=command.owner,
            organisation=custody,
        )
        await set_task(session, task, about, by=actor.user_id)
