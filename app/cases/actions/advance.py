"""Move a case along its pathway: the only way a case's tier or stage changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.actor import Actor
from app.access.policy import require_role
from app.cases import facts as case_facts
from app.cases import journal, queries
from app.cases.casework import Casework
from app.cases.models import Case, Recorded
from app.kernel.database import Session
from app.kernel.problems import ActionBlocked, BlockerProblem, FieldProblem, NotFound, Unprocessable
from app.pathways.pathway import CompiledPathway
from app.pathways.results import Incomplete, Move, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Take `action` on the case; `details` are the form's fields as they came in."""

    reference: str
    action: str
    details: Mapping[str, Any]
    expected_sequence: int | None = None
    """What the caller last saw (If-Match, or a form's hidden field); None judges the case as it is now."""


async def advance(session: Session, actor: Actor, command: Advance, *, casework: Casework, now: datetime) -> Recorded:
    """Move a case and record the move.

    Raises NotFound, CaseMovedOn, NotPermitted, Unprocessable, or ActionBlocked with every blocker.
    """
    case = await queries.lock(session, command.reference)
    pathway = casework.pathways.get(case.pathway_key, case.state.pathway_version)
    if command.action not in pathway.actions:
        raise unknown_action(pathway, command.action)
    roles = pathway.roles_for(command.action)
    require_role(actor, roles, case.state.acting_party_ids)
    await queries.check_sequence(session, case, command.expected_sequence)
    move = await _decide(session, actor, case, command, pathway, casework=casework, now=now)
    author = journal.Author.of(actor, case, roles)
    draft = _draft(case, move, author, pathway, casework=casework, now=now)
    recorded = await journal.append(session, case, draft, author=author, timekeeper=casework.timekeeper)
    for follower in casework.followers:
        await follower.followed(session, case, recorded)
    return recorded


async def _decide(
    session: Session,
    actor: Actor,
    case: Case,
    command: Advance,
    pathway: CompiledPathway,
    *,
    casework: Casework,
    now: datetime,
) -> Move:
    today = casework.timekeeper.day(now)
    facts = await case_facts.load(
        session, actor, case, pathway.needs(command.action), casework=casework, today=today, details=command.details
    )
    match pathway.decide(case.state.state, command.action, facts, command.details):
        case Incomplete(errors=errors):
            raise Unprocessable([FieldProblem(e.pointer, e.message) for e in errors])
        case Refused(blockers=blockers):
            raise ActionBlocked([BlockerProblem(b.code, b.message) for b in blockers])
        case Move() as move:
            return move


def _draft(
    case: Case, move: Move, author: journal.Author, pathway: CompiledPathway, *, casework: Casework, now: datetime
) -> journal.Draft:
    when = move.occurred_at
    if when is None and move.happened_on is not None:
        when = casework.timekeeper.moment_on(move.happened_on, now=now, previous=case.state.last_occurred_at)
    return journal.Draft(
        kind="moved",
        action=move.action,
        to=move.to,
        custody_id=author.organisation_id if move.custody == "actor" else None,
        occurred_at=when,
        details={**move.details, **move.recorded},
        effects=effects_of(move, pathway, leaves_hold=case.state.stage_group == "held"),
    )


def effects_of(move: Move, pathway: CompiledPathway, *, leaves_hold: bool = False) -> dict[str, Any]:
    """What the journal keeps of a move so that replaying needs no pathway; empty parts are left out."""
    hold = move.hold or ("closes" if leaves_hold else None)
    effects: dict[str, Any] = {
        "stage_group": pathway.stage_group(move.to.stage),
        "resume_stage": move.resume_stage,
        "ends": move.ends,
        "outcome": move.outcome,
        "solution": move.solution if move.clock == "stops" else None,
        "clock": move.clock,
        "hold": hold,
        "hold_details": _hold_details(move) if hold == "opens" else None,
        "sets": dict(move.sets),
        "remembers": list(move.remembers),
    }
    return {name: value for name, value in effects.items() if value}


def _hold_details(move: Move) -> dict[str, Any]:
    names = {"cause": "reason", "waits_on": "waits_on", "review_on": "review_on", "evidence": "evidence"}
    return {ours: move.details.get(theirs) for ours, theirs in names.items()}


def unknown_action(pathway: CompiledPathway, action: str) -> NotFound:
    """The pathway has no such action; say which it has."""
    shown = action if action.isidentifier() and len(action) < 60 else "that name"
    return NotFound(f"This pathway has no action {shown}. Its actions are: {', '.join(pathway.actions)}.")
