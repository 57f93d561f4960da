"""How long a stage should last at most, and on which day that is over.

Targets are a partnership's own choices, except where the law sets a limit; each says which.
"""

import calendar as gregorian
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Literal

from app.kernel.calendars import Calendar
from app.pathways.definition import TargetRow, TargetsDefinition, UrgentDefinition

DueStatus = Literal["on_track", "due_soon", "overdue"]
_WORKING_DAYS_IN_MONTH = 20


@dataclass(frozen=True, slots=True)
class Target:
    """A limit: so many working days, or so many calendar months; exactly one of the two is given.

    It counts from the beginning of `since_stage`, or of the stage itself when that is None. In the last
    `due_soon` working days it is due soon. `choice_of` says whose number it is: the partnership's or the law's.
    """

    working_days: int | None
    due_soon: int
    since_stage: str | None = None
    months: int | None = None
    choice_of: Literal["partnership", "law"] = "partnership"
    source: str | None = None

    def due_on(self, start: date, calendar: Calendar) -> date:
        """Return the last day on which the target is met, when counting starts on `start`."""
        if self.months is not None:
            return add_months(start, self.months)
        return calendar.add_working_days(start, self.working_days or 0)

    def status(self, start: date, today: date, calendar: Calendar) -> DueStatus:
        """Say how a target stands today."""
        due = self.due_on(start, calendar)
        if today > due:
            return "overdue"
        return "due_soon" if calendar.working_days(today, due) <= self.due_soon else "on_track"


def add_months(start: date, months: int) -> date:
    """Return the same day so many calendar months later, or that month's last day where it is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))


def stage_target(
    targets: TargetsDefinition, tier: str, stage: str, priority: str | None, fast_track: str | None
) -> Target | None:
    """Return the target of a stage for a case, or None where none is set (a hold has its review date)."""
    rows = targets.stages.get(stage, "review_date")
    if rows == "review_date":
        return None
    return _first(targets, rows, tier, urgent=is_urgent(targets.urgent, priority, fast_track))


def end_to_end_target(targets: TargetsDefinition, tier: str) -> Target | None:
    """Return the target from first contact to the solution being in place."""
    return _first(targets, targets.end_to_end, tier, urgent=False)


def is_urgent(urgent: UrgentDefinition, priority: str | None, fast_track: str | None) -> bool:
    """Tell whether a case has the shortened targets."""
    return priority in urgent.priorities or fast_track in urgent.fast_tracks


def _first(targets: TargetsDefinition, rows: Iterable[TargetRow], tier: str, *, urgent: bool) -> Target | None:
    for row in rows:
        if (row.tiers is None or tier in row.tiers) and row.urgent in {None, urgent}:
            return _target(targets, row)
    return None


def _target(targets: TargetsDefinition, row: TargetRow) -> Target:
    days = row.working_days or (row.months or 0) * _WORKING_DAYS_IN_MONTH
    return Target(
        working_days=row.working_days,
        due_soon=max(1, ceil(days * targets.due_soon_percent / 100)),
        since_stage=row.counted_from,
        months=row.months,
        choice_of=row.choice_of or targets.choice_of,
        source=row.source,
    )
