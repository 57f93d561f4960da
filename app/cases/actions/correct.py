"""Correct a mistaken date or detail. The first entry stays; what counts from now on is the correction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import journal, queries, rules
from app.cases.casework import Casework
from app.cases.events import load_events
from app.cases.models import Case, Recorded
from app.cases.rules import Event
from app.kernel.clock import EARLIEST
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """What is to count instead of what event `sequence` says, and why."""

    reference: str
    sequence: int
    field: Literal["occurred_at", "first_contact_on", "detail"]
    detail: str | None
    now: str
    why: str
    expected_sequence: int | None = None


async def correct(session: Session, actor: Actor, command: Correct, *, casework: Casework, now: datetime) -> Recorded:
    """Record the correction and work out the case's state anew from its whole journal.

    Raises NotFound, NotPermitted, CaseMovedOn, Unprocessable: a time must stay between its neighbours' and not be in
    the future.
    """
    case = await queries.lock(session, command.reference)
    require(actor, Permission.CASE_CORRECT, case.state.acting_party_ids)
    await queries.check_sequence(session, case, command.expected_sequence)
    events = await load_events(session, case.id)
    target = next((event for event in events if event.sequence == command.sequence), None)
    if target is None:
        raise Unprocessable([FieldProblem("/sequence", "The case has no event with this number.")])
    draft = _draft(case, events, target, command, casework=casework, now=now)
    author = journal.Author.of(actor, case)
    timekeeper = casework.timekeeper
    if command.field == "occurred_at":
        recorded = await journal.append_correction(session, case, events, draft, author=author, timekeeper=timekeeper)
    else:
        recorded = await journal.append(session, case, draft, author=author, timekeeper=timekeeper)
    for follower in casework.followers:
        await follower.followed(session, case, recorded)
    return recorded


def _draft(
    case: Case, events: list[Event], target: Event, command: Correct, *, casework: Casework, now: datetime
) -> journal.Draft:
    details: dict[str, Any] = {"sequence": target.sequence, "field": command.field, "why": command.why}
    match command.field:
        case "occurred_at":
            moment = _moment(command.now, events, target, now)
            if target.sequence == 1 and casework.timekeeper.day(moment) < case.state.first_contact_on:
                message = "This is before the first contact. If that day is wrong, correct it first."
                raise Unprocessable([FieldProblem("/now", message)])
            was = next(e for e in rules.as_corrected(events) if e.sequence == target.sequence).occurred_at
            details |= {"was": was.isoformat(), "now": moment.isoformat()}
            return journal.Draft(kind="corrected", details=details)
        case "first_contact_on":
            day = _first_contact(command.now, case, casework)
            details |= {"was": case.state.first_contact_on.isoformat(), "now": day.isoformat()}
            effects = {"sets": {"first_contact_on": day.isoformat()}}
            return journal.Draft(kind="corrected", details=details, effects=effects)
        case "detail":
            if command.detail is None or command.detail not in target.details:
                names = ", ".join(sorted(target.details)) or "none"
                raise Unprocessable([FieldProblem("/detail", f"Name a detail that the event has: {names}.")])
            details |= {"detail": command.detail, "was": target.details[command.detail], "now": command.now}
            return journal.Draft(kind="corrected", details=details)


def _moment(text: str, events: list[Event], target: Event, now: datetime) -> datetime:
    unreadable = Unprocessable([FieldProblem("/now", "Give a time with its zone, for example 2026-03-02T09:30:00Z.")])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise unreadable from None
    if moment.tzinfo is None or not 1900 <= moment.year <= 2199:
        raise unreadable
    times = {event.sequence: event.occurred_at for event in rules.as_corrected(events)}
    earliest, latest = times.get(target.sequence - 1), times.get(target.sequence + 1, now)
    if moment > now:
        raise Unprocessable([FieldProblem("/now", "An event cannot have happened in the future.")])
    if (earliest is not None and moment < earliest) or moment > latest:
        message = "This would put the event before the one that came before it, or after the one that followed."
        raise Unprocessable([FieldProblem("/now", message)])
    return moment


def _first_contact(text: str, case: Case, casework: Casework) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unprocessable([FieldProblem("/now", "Give a day, for example 2026-03-02.")]) from None
    if day < EARLIEST:
        raise Unprocessable([FieldProblem("/now", f"Nothing here happened before {EARLIEST.year}. Look at the year.")])
    if day > casework.timekeeper.day(case.state.received_at):
        raise Unprocessable([FieldProblem("/now", "The first contact cannot be after the referral was received.")])
    return day
