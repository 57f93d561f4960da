"""What those who answer for a panel look at: waits, decisions, deferrals, attendance, what is overdue, exceptions.

Rows come scoped to what the reader may see; counting is pure. Waits are in working days, from the referral to the panel
to the decision that ends its work, through deferrals and holds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final

from sqlalchemy import Row, text

from app.kernel.database import Session

# An item of before decisions were kept with how they were taken has only its day of closing.
_DAY: Final = "coalesce(d.decided_on, CAST(i.closed_at AT TIME ZONE 'Europe/London' AS date))"
_CLOSED: Final = f"""
      FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id JOIN cases c ON c.id = i.case_id
      LEFT JOIN panel_decisions d ON d.item_id = i.id
     WHERE m.panel_id = :panel_id AND i.closed_at IS NOT NULL AND i.decision NOT IN ('withdrawn', 'moved')
       AND {_DAY} BETWEEN :since AND :until
"""
_DECIDED = text(
    f"""
    SELECT i.case_id, i.reference, i.decision, {_DAY} AS decided_on, c.tenure,
           (SELECT max(e.occurred_at) FROM events_as_corrected e WHERE e.case_id = i.case_id
               AND e.action = 'refer_to_panel' AND e.occurred_at <= i.closed_at) AS referred_at
    {_CLOSED} ORDER BY {_DAY}, i.id
    """
)
_DEFERRALS = text(
    f"""
    SELECT i.case_id, i.reference, {_DAY} AS decided_on, i.decision, e.what, e.from_whom, e.by_when
      FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id JOIN cases c ON c.id = i.case_id
      LEFT JOIN panel_decisions d ON d.item_id = i.id
      LEFT JOIN LATERAL (
        SELECT e.details ->> 'what_is_needed' AS what, e.details ->> 'from_whom' AS from_whom,
               CAST(e.details ->> 'by_when' AS date) AS by_when
          FROM events_as_corrected e
         WHERE e.case_id = i.case_id AND e.action = 'panel_defer' AND e.occurred_at <= i.closed_at
         ORDER BY e.sequence DESC LIMIT 1) e ON true
     WHERE m.panel_id = :panel_id AND i.decision IN ('deferred', 'referred_on')
       AND {_DAY} BETWEEN :since AND :until ORDER BY {_DAY}, i.id LIMIT 500
    """
)
_UNDECIDED = text(
    """
    SELECT i.case_id, i.reference, m.held_on FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id
     WHERE m.panel_id = :panel_id AND i.closed_at IS NULL AND m.cancelled_at IS NULL AND m.held_on < :today
     ORDER BY m.held_on, i.id LIMIT 500
    """
)
_UNTOLD = text(
    """
    SELECT i.case_id, i.reference, d.tell_by FROM panel_decisions d JOIN panel_items i ON i.id = d.item_id
      JOIN panel_meetings m ON m.id = i.meeting_id LEFT JOIN panel_letters l ON l.item_id = i.id
      JOIN cases c ON c.id = i.case_id
     WHERE m.panel_id = :panel_id AND d.decision NOT IN ('deferred', 'referred_on') AND l.sent_on IS NULL
       AND d.tell_by < :today ORDER BY d.tell_by, i.id LIMIT 500
    """
)
_CONDITIONS = text(
    """
    SELECT t.case_id, i.reference, t.told, t.due_on, t.outcome, t.result FROM panel_tasks t
      JOIN panel_items i ON i.id = t.item_id JOIN panel_meetings m ON m.id = i.meeting_id
     WHERE m.panel_id = :panel_id AND t.kind = 'condition'
       AND (t.outcome = 'not_met' AND CAST(t.ended_at AS date) BETWEEN :since AND :until
            OR t.outcome IS NULL AND t.due_on < :today)
     ORDER BY t.due_on, t.id LIMIT 500
    """
)
_WAITING = text(
    """
    SELECT c.id AS case_id, c.reference, c.due_on,
           (SELECT max(e.occurred_at) FROM events_as_corrected e
             WHERE e.case_id = c.id AND e.action = 'refer_to_panel') AS referred_at
      FROM cases c WHERE c.stage IN ('panel_referred', 'panel_scheduled') ORDER BY c.id LIMIT 2000
    """
)
_SEATS = text(
    """
    SELECT m.held_on, o.name AS organisation, u.name AS member, a.present, coalesce(a.apologies, false) AS apologies,
           a.substitute_id IS NOT NULL AS substituted
      FROM panel_meetings m
      JOIN panel_members pm ON pm.panel_id = m.panel_id AND pm.member_from <= m.held_on
                           AND (pm.member_to IS NULL OR pm.member_to > m.held_on)
      JOIN users u ON u.id = pm.user_id JOIN organisations o ON o.id = pm.organisation_id
      LEFT JOIN panel_attendance a ON a.meeting_id = m.id AND a.member_id = pm.id
     WHERE m.panel_id = :panel_id AND m.kind = 'meeting' AND m.cancelled_at IS NULL AND m.held_on < :today
       AND m.held_on BETWEEN :since AND :until
    """
)
_EXCEPTIONS = text(
    """
    SELECT x.case_id, coalesce(i.reference, c.reference) AS reference, x.kind, x.told, x.recorded_at
      FROM panel_exceptions x LEFT JOIN panel_items i ON i.id = x.item_id LEFT JOIN cases c ON c.id = x.case_id
     WHERE x.panel_id = :panel_id AND CAST(x.recorded_at AT TIME ZONE 'Europe/London' AS date) BETWEEN :since AND :until
     ORDER BY x.recorded_at DESC, x.id DESC LIMIT 500
    """
)
ENDS: Final = frozenset({"agreed", "agreed_with_conditions", "refused", "rehouse"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Working days, of those who are told of; None where nobody is."""

    count: int
    median: float | None
    ninetieth: int | None
    longest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How often a seat was taken in half a year. `unknown` is where nothing was recorded."""

    half: str
    organisation: str
    member: str
    meetings: int
    came: int
    substituted: int
    apologies: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the database holds about a panel's work, for one reader and one time."""

    decided: Sequence[Row[Any]]
    deferrals: Sequence[Row[Any]]
    undecided: Sequence[Row[Any]]
    untold: Sequence[Row[Any]]
    conditions: Sequence[Row[Any]]
    waiting: Sequence[Row[Any]]
    seats: Sequence[Row[Any]]
    exceptions: Sequence[Row[Any]]

    def case_ids(self) -> list[int]:
        """The cases that are told of by their references."""
        told = (self.deferrals, self.undecided, self.untold, self.conditions, self.exceptions)
        return sorted({row.case_id for rows in told for row in rows if row.case_id is not None and row.reference})


async def find(session: Session, panel_id: int, *, since: date, until: date, today: date) -> Found:
    """Read what there is. Row-level security leaves out what the reader may not see."""
    known = {"panel_id": panel_id, "since": since, "until": until, "today": today}

    async def rows(statement: Any) -> Sequence[Row[Any]]:
        names = statement.compile().params.keys()
        return (await session.execute(statement, {name: known[name] for name in names})).all()

    return Found(
        decided=await rows(_DECIDED),
        deferrals=await rows(_DEFERRALS),
        undecided=await rows(_UNDECIDED),
        untold=await rows(_UNTOLD),
        conditions=await rows(_CONDITIONS),
        waiting=await rows(_WAITING),
        seats=await rows(_SEATS),
        exceptions=await rows(_EXCEPTIONS),
    )


def waits(days: Iterable[int]) -> Waits:
    """Put waits together. The ninetieth percentile is the shortest wait that nine in ten do not exceed."""
    ordered = sorted(days)
    if not ordered:
        return Waits(count=0, median=None, ninetieth=None, longest=None)
    place = -(-len(ordered) * 9 // 10)
    return Waits(count=len(ordered), median=median(ordered), ninetieth=ordered[place - 1], longest=ordered[-1])


def decisions_by_tenure(decided: Iterable[Any]) -> dict[str, Counter[str]]:
    """Decision -> tenure -> how often."""
    found: dict[str, Counter[str]] = {}
    for row in decided:
        found.setdefault(row.decision, Counter())[row.tenure] += 1
    return found


def half_of(day: date) -> str:
    """The half of the year that a day is in, in words."""
    return f"January to June {day.year}" if day.month <= _JUNE else f"July to December {day.year}"


_JUNE: Final = 6


def attendance(seats: Iterable[Any]) -> list[Attendance]:
    """Each member's attendance by half-year, the latest half first, then by organisation and name."""
    grouped: dict[tuple[date, str, str], list[Any]] = {}
    for seat in seats:
        half = date(seat.held_on.year, 1 if seat.held_on.month <= _JUNE else _JUNE + 1, 1)
        grouped.setdefault((half, seat.organisation, seat.member), []).append(seat)
    ordered = sorted(grouped.items(), key=lambda item: (-item[0][0].toordinal(), *item[0][1:]))
    return [_attendance(half, organisation, member, held) for (half, organisation, member), held in ordered]


def _attendance(half: date, organisation: str, member: str, held: Sequence[Any]) -> Attendance:
    return Attendance(
        half=half_of(half),
        organisation=organisation,
        member=member,
        meetings=len(held),
        came=sum(bool(seat.present) and not seat.substituted for seat in held),
        substituted=sum(bool(seat.present) and seat.substituted for seat in held),
        apologies=sum(seat.apologies and not seat.present for seat in held),
        unknown=sum(seat.present is None for seat in held),
    )


def kinds_of(exceptions: Iterable[Any], known: Mapping[str, str]) -> dict[str, int]:
    """Every kind of exception with how often it came, also those that did not."""
    counted = Counter(row.kind for row in exceptions)
    return {kind: counted[kind] for kind in known}
