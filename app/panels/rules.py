"""What makes a panel's decision valid: pure, over who attended and who agreed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.calendars import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A member of the panel at one meeting, for an organisation and a sector, who came or did not."""

    member_id: int
    organisation: str
    sector: str
    present: bool


def quorate(seats: Iterable[Seat], *, number: int, sectors: Collection[str]) -> bool:
    """Tell whether enough members came, at least `number`, and each of the `sectors` was represented by one."""
    present = {seat.member_id: seat.sector for seat in seats if seat.present}
    return len(present) >= number and set(present.values()) >= set(sectors)


def missing_assents(represented: Iterable[str], assenting: Collection[str]) -> tuple[str, ...]:
    """Name the organisations on the panel that have not agreed, in order of name; to dissent is not to agree."""
    return tuple(sorted(set(represented) - set(assenting)))


def papers_due(calendar: Calendar, held_on: date, working_days: int) -> date:
    """Give the last working day on which papers can come in, with `working_days` between it and the meeting.

    They are counted as everywhere: the days after it, up to and including the day of the meeting.
    """
    day, counted = held_on, 0
    while counted < working_days or not calendar.is_working_day(day):
        counted += calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day
