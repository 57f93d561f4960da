"""How long a case has waited where it is, beside its target: pure, and counted as the day it is due on was.

So a wait is longer than its target from the first working day on which the case is overdue. Targets in calendar months
are told in working days too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.cases.deadlines import due_on, entered_at, held_days
from app.kernel.calendars import Calendar
from app.kernel.clock import local_date
from app.pathways.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What is known of a case's stay in its stage: as `cases` and its memory have it."""

    stage: str
    stage_group: str
    stage_since: datetime
    entered: Mapping[str, str]
    holds: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """Working days that the case has waited in its stage, holds left out, and how many it should at most."""

    since: date
    days: int
    target: int | None


def waited(stay: Stay, target: Target | None, *, today: date, calendar: Calendar, zone: ZoneInfo) -> Waited | None:
    """Tell the wait, or None for a case that has ended. On hold it is the hold's own time, and has no target."""
    if stay.stage_group == "ended":
        return None
    if stay.stage_group == "held" or target is None:
        since = local_date(stay.stage_since, zone)
        return Waited(since=since, days=_between(since, today, calendar), target=None)
    since = local_date(entered_at(stay.entered, stay.stage, stay.stage_since, target), zone)
    # A limit in law runs on through holds.
    given_back = 0 if target.choice_of == "law" else sum(held_days(hold, since, calendar, zone) for hold in stay.holds)
    allowed = target.working_days
    if allowed is None:
        allowed = _between(since, due_on(target, since, (), calendar, zone), calendar)
    return Waited(since=since, days=max(_between(since, today, calendar) - given_back, 0), target=allowed)


def _between(start: date, end: date, calendar: Calendar) -> int:
    return calendar.working_days(start, end) if end > start else 0
