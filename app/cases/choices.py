"""What the forms of a case offer that only the database knows: colleagues, organisations, meetings, entries."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.cases.casework import Casework
from app.cases.events import shown_events
from app.cases.models import Case
from app.cases.record_questions import Choices
from app.cases.wording import tell
from app.edge.questions import Option
from app.edge.templating import day, plural
from app.kernel.database import Session
from app.pathways.pathway import CompiledPathway

_WORKERS = sorted(GRANTS[Permission.CASE_NOTE] - {"referrer"})
_COLLEAGUES = text(
    """
    SELECT u.email, u.name, o.name AS organisation,
           (SELECT count(*) FROM cases c WHERE c.assigned_to = u.id AND c.stage_group <> 'ended') AS open
      FROM users u JOIN organisations o ON o.id = u.home_organisation_id
     WHERE u.active AND u.id <> :me
       AND EXISTS (SELECT FROM role_holdings h
                    WHERE h.user_id = u.id AND h.role = ANY (:roles) AND h.organisation_id = ANY (:organisations)
                      AND h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date))
     ORDER BY lower(u.name), u.id LIMIT 500
    """
)
_ORGANISATIONS = text("SELECT key, name FROM organisations WHERE active AND id <> :holder ORDER BY lower(name)")


async def choices_for(
    session: Session, actor: Actor, case: Case, what: str, *, pathway: CompiledPathway, event: int | None
) -> Choices:
    """Read what one form of a case offers, and nothing that it does not."""
    if what == "assignment":
        return Choices(colleagues=await _colleagues(session, actor, case))
    if what == "handover":
        rows = await session.execute(_ORGANISATIONS, {"holder": case.state.custody_id})
        return Choices(organisations=[Option(value=row.key, label=row.name) for row in rows])
    if what == "corrections":
        return await _entries(session, case, pathway, event)
    return Choices()


async def _colleagues(session: Session, actor: Actor, case: Case) -> list[Option]:
    """Oneself first, then who works for an organisation that is party, with how much each one carries."""
    values = {"me": actor.user_id, "roles": _WORKERS, "organisations": list(case.state.party_ids)}
    others = [
        Option(value=row.email, label=f"{row.name}, {row.organisation} ({plural(row.open, 'open case')})")
        for row in await session.execute(_COLLEAGUES, values)
    ]
    return [Option(value="me", label=f"Me ({actor.name})"), *others]


async def _entries(session: Session, case: Case, pathway: CompiledPathway, event: int | None) -> Choices:
    after = event - 1 if event else 0
    shown = await shown_events(session, case.id, after=after, limit=1 if event else 200)
    told = [tell(one, pathway) for one in shown]
    entries = [Option(value=str(t.sequence), label=f"{t.sequence}: {t.title}, {day(t.occurred_at)}") for t in told]
    names = shown[0]["details"] if event and shown else {}
    return Choices(
        events=entries, details=[Option(value=name, label=name.replace("_", " ").capitalize()) for name in names]
    )


async def staff_of(session: Session, organisations: Sequence[int]) -> tuple[Option, ...]:
    """Who works on cases for these organisations, by e-mail address."""
    values = {"me": 0, "roles": _WORKERS, "organisations": list(organisations)}
    rows = await session.execute(_COLLEAGUES, values)
    return tuple(Option(value=row.email, label=f"{row.name}, {row.organisation}") for row in rows)


async def meetings_for(session: Session, casework: Casework, today: date) -> dict[int, str]:
    """Meetings that can still take a case, in words, soonest first."""
    described = await casework.meetings.described(session, today)
    return {meeting.id: day(meeting.held_on) + (f", {meeting.place}" if meeting.place else "") for meeting in described}
