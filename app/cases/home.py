"""What the home page shows: one's own list first, who of it has waited longest, and what others have done meanwhile."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.cases.asked import list_address
from app.cases.casework import Casework
from app.cases.list_view import lines_of, said
from app.cases.lists import LISTS, ListName, NamedList
from app.cases.work_lines import WorkLine
from app.cases.worklist import Wanted, condition, count_lists, worklist
from app.kernel.database import Session
from app.pathways.pathway import UnknownAction

ROWS: Final = 10
_NEWS: Final = 10
_COUNTED: Final[tuple[ListName, ...]] = ("mine", "waiting", "unassigned", "overdue", "handovers")
_HAPPENED: Final[Mapping[str, str]] = {
    "milestone_imported": "A milestone was imported",
    "conversation_recorded": "A Housing Solutions conversation was recorded",
    "assigned": "It was assigned",
    "note_added": "A note was added",
    "document_added": "A document was added",
    "contact_made": "A contact was recorded",
    "handover_offered": "It was offered to another organisation",
    "handed_over": "It was handed over",
    "handover_declined": "A handover was declined",
    "corrected": "Something was corrected",
    "consent_recorded": "Consent was recorded",
    "repeat_linked": "It was linked to a repeat",
    "repeat_separated": "A possible repeat was found to be separate",
    "pathway_migrated": "It was moved to a new version of its pathway",
}
"""Kinds of events in words; of another kind it is said only that something was recorded."""
_SINCE = text(
    """
    SELECT c.id, c.reference, p.name AS person, c.pathway_key, c.pathway_version, e.kind, e.action, e.recorded_at,
           CASE e.actor_kind WHEN 'user' THEN u.name END AS actor
      FROM (SELECT id, reference, person_id, pathway_key, pathway_version FROM cases
             WHERE assigned_to = :me AND ended_at IS NULL ORDER BY worklist_key LIMIT 200) c
      JOIN people p ON p.id = c.person_id
      JOIN case_events e ON e.case_id = c.id
      LEFT JOIN users u ON u.id = e.actor_id
     WHERE e.recorded_at >= :since AND e.actor_id IS DISTINCT FROM :me
     ORDER BY e.recorded_at DESC LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class HomeNote:
    """A line on the home page about what waits elsewhere, and the page where it waits. No person is named in it."""

    told: str
    path: str


NoteSource = Callable[[Session, Actor, date], Awaitable[Sequence[HomeNote]]]
"""Gives the lines that another part of the service has for somebody today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that somebody else recorded on one of one's cases."""

    case_id: int
    reference: str
    person: str
    happened: str
    actor: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A list that is one click away."""

    label: str
    address: str
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything on the page, and the numbers of the cases on it for the record of reads."""

    list: NamedList
    lines: Sequence[WorkLine]
    more: bool
    longest: WorkLine | None
    doors: Sequence[Door]
    news: Sequence[News]
    since: date
    case_ids: Sequence[int]


async def home(session: Session, actor: Actor, *, casework: Casework, today: date) -> Home:
    """One's own cases, else those that wait on one, else whatever one sees."""
    counts = await count_lists(session, actor, _COUNTED, casework=casework, today=today)
    name: ListName = next((one for one in ("mine", "waiting") if counts[one]), "open")
    where = await condition(session, actor, Wanted(list=name), casework=casework, today=today)
    page = await worklist(session, where, today=today, limit=ROWS)
    first = await worklist(session, where, order="waited", today=today, limit=1)
    lines, longest = (lines_of(one, actor, casework=casework, today=today) for one in (page, first))
    since = _day_before(casework, today)
    news = await _news(session, actor, casework, since) if counts["mine"] else []
    return Home(
        list=LISTS[name],
        lines=lines,
        more=page.following is not None,
        longest=longest[0] if longest and name != "open" else None,
        doors=[Door(label=LISTS[one].label, address=list_address(one), count=said(counts[one])) for one in _COUNTED],
        news=news,
        since=since,
        case_ids=list(dict.fromkeys([*page.ids, *first.ids, *(one.case_id for one in news)])),
    )


def _day_before(casework: Casework, today: date) -> date:
    """The working day before today: on a Monday one wants to know since Friday."""
    calendar = casework.timekeeper.calendars[casework.pathways.latest(casework.default_pathway).calendar_key]
    day = today - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


async def _news(session: Session, actor: Actor, casework: Casework, since: date) -> Sequence[News]:
    start = datetime.combine(since, time(), tzinfo=casework.timekeeper.zone)
    rows = await session.execute(_SINCE, {"me": actor.user_id, "since": start, "most": _NEWS})
    return [
        News(
            case_id=row.id,
            reference=row.reference,
            person=row.person,
            happened=_happened(casework, row.pathway_key, row.pathway_version, row.kind, row.action),
            actor=row.actor,
            at=row.recorded_at,
        )
        for row in rows
    ]


def _happened(casework: Casework, key: str, version: int, kind: str, action: str | None) -> str:
    if kind == "moved" and action is not None:
        try:
            return casework.pathways.get(key, version).past_label(action)
        except UnknownAction:
            return action.replace("_", " ").capitalize()
    return _HAPPENED.get(kind, "Something was recorded")


_MAY: Final[Mapping[Permission, str]] = {
    Permission.STAFF_MANAGE: "add colleagues and organisations, and give and end roles",
    Permission.TRAINING_RECORD: "record training that colleagues have completed",
    Permission.STAFF_VIEW: "see colleagues, their roles and their training",
    Permission.TOKEN_OWN: "make tokens of your own for programs",
}


def may_do(actor: Actor) -> Sequence[str]:
    """What somebody who sees no case can do, in words."""
    return [words for permission, words in _MAY.items() if permits(actor, permission)]
