"""Say who works on a case. Whether their training covers the tier is judged when the assessment starts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.policy import require
from app.cases import journal, queries
from app.cases.casework import Casework
from app.cases.models import Case, Recorded
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Assign the case to a colleague: `me`, a user's number, or an e-mail address."""

    reference: str
    assigned_to: str | int
    note: str | None = None
    occurred_at: datetime | None = None
    expected_sequence: int | None = None


_COLLEAGUE = text(
    """
    SELECT u.id, u.name, u.home_organisation_id,
           array_agg(h.organisation_id) AS organisations, array_agg(h.role) AS roles
      FROM users u JOIN role_holdings h ON h.user_id = u.id AND h.held_from <= current_date
                                       AND (h.held_to IS NULL OR h.held_to > current_date)
     WHERE u.active AND (u.id = :id OR lower(u.email) = lower(:email)) GROUP BY u.id
    """
)
WORKER_ROLES = GRANTS[Permission.CASE_NOTE] - {"referrer"}


async def assign(session: Session, actor: Actor, command: Assign, *, casework: Casework) -> Recorded:
    """Record the assignment; the colleague's organisation becomes party to the case, or could not see it.

    Raises NotFound, NotPermitted, CaseMovedOn, Unprocessable for somebody who cannot take cases, Conflict once ended
    and where that would share the case without the person's consent.
    """
    case = await queries.lock(session, command.reference)
    require(actor, Permission.CASE_ASSIGN, case.state.acting_party_ids)
    await queries.check_sequence(session, case, command.expected_sequence)
    if case.state.stage_group == "ended":
        raise Conflict("The case has ended, so nobody can be assigned. Reopen it first.", code="ended")
    colleague = await colleague_named(session, actor, command.assigned_to)
    joins = _organisation(colleague, case)
    if joins not in case.state.party_ids and not case.state.consent_to_share:
        raise Conflict("The person has not agreed to sharing. Record their consent first.", code="no_consent_to_share")
    details: dict[str, Any] = {"assigned_to": colleague.id, "before": case.state.assigned_to}
    if command.note:
        details["note"] = command.note
    draft = journal.Draft(
        kind="assigned",
        occurred_at=command.occurred_at,
        details=details,
        effects={"sets": {"assigned_to": colleague.id}, "joins": [joins]},
    )
    author = journal.Author.of(actor, case)
    return await journal.append(session, case, draft, author=author, timekeeper=casework.timekeeper)


async def colleague_named(session: Session, actor: Actor, who: str | int) -> Row[Any]:
    """Find a colleague who can take cases, with the roles held where. Raises Unprocessable when there is none."""
    number, email = _named(actor, who)
    row = (await session.execute(_COLLEAGUE, {"id": number, "email": email})).one_or_none()
    if row is None or WORKER_ROLES.isdisjoint(row.roles):
        message = "Nobody who takes cases has this number or e-mail address. Choose a colleague from the staff list."
        raise Unprocessable([FieldProblem("/assigned_to", message)])
    return row


def _named(actor: Actor, who: str | int) -> tuple[int, str]:
    if isinstance(who, int):
        return (who if 0 < who < 2**31 else -1), ""
    if who == "me":
        return actor.user_id, ""
    return (int(who), "") if who.isdecimal() and len(who) < 10 else (-1, who)


def _organisation(colleague: Row[Any], case: Case) -> int:
    """The organisation the colleague will act for: one that is party already, else their home."""
    held = zip(colleague.organisations, colleague.roles, strict=True)
    working: list[int] = [organisation for organisation, role in held if role in WORKER_ROLES]
    already = sorted(set(working) & set(case.state.party_ids))
    if case.state.custody_id in already:
        return case.state.custody_id
    if already:
        return already[0]
    home: int = colleague.home_organisation_id
    return home if home in working else min(working)
