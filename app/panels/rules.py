"""What makes a panel's decision valid: pure, over who sat, who had an interest and what each partner said."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from app.kernel.calendars import Calendar

Effect = Literal["stays", "speaks_only", "leaves"]
"""What a declared interest does: `speaks_only` is there but has no part in the decision, `leaves` is not there."""
AssentRule = Literal["every_partner_agrees", "every_partner_answers"]
Way = Literal["meeting", "correspondence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A seat on the panel, for an organisation and a sector, as one item found it.

    `effect` is that of an interest in the item which whoever sits there has declared; `user_id` is who sits there, the
    member or its substitute.
    """

    member_id: int
    organisation: str
    sector: str
    present: bool
    user_id: int = 0
    effect: Effect | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts towards the quorum: who left does not."""
        return self.present and self.effect != "leaves"

    @property
    def decides(self) -> bool:
        """Whether who sits there may have a part in the decision, whether it has come or not."""
        return self.effect in (None, "stays")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What an organisation said, and who gave it: a member, or the coordinator who passed it on.

    It is not `current` once other papers were circulated than those that it was about.
    """

    organisation: str
    assents: bool
    given_by: int
    current: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumRule:
    """The part of a panel's terms that makes a decision valid.

    `correspondence_number` is how many members must answer by correspondence; None is every one of them.
    """

    number: int
    sectors: frozenset[str]
    assent: AssentRule = "every_partner_agrees"
    correspondence_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an item stands: whether it can be decided, and what is missing. Organisations in order of name."""

    quorate: bool
    missing: tuple[str, ...]
    dissenting: tuple[str, ...]
    stood_aside: tuple[str, ...]
    """Partners all of whose members have an interest that keeps them from deciding: nobody asks for their word."""


def quorate(seats: Iterable[Seat], *, number: int, sectors: Collection[str]) -> bool:
    """Tell whether enough members were there, at least `number`, and each of the `sectors` was represented by one."""
    there = {seat.member_id: seat.sector for seat in seats if seat.counts}
    return len(there) >= number and set(there.values()) >= set(sectors)


def missing_assents(represented: Iterable[str], assenting: Collection[str]) -> tuple[str, ...]:
    """Name the organisations on the panel that have not agreed, in order of name; to dissent is not to agree."""
    return tuple(sorted(set(represented) - set(assenting)))


def standing(seats: Sequence[Seat], words: Sequence[Word], *, rule: QuorumRule, way: Way = "meeting") -> Standing:
    """Tell how an item stands. By correspondence who has answered is there, and every partner must agree."""
    asked = {seat.organisation for seat in seats if seat.decides}
    valid = [
        word for word in words if word.current and word.organisation in asked and word.given_by not in _barred(seats)
    ]
    by_letter = way == "correspondence"
    agrees_only = by_letter or rule.assent == "every_partner_agrees"
    heard = {word.organisation for word in valid if word.assents or not agrees_only}
    return Standing(
        quorate=_answered(seats, valid, rule)
        if by_letter
        else quorate(seats, number=rule.number, sectors=rule.sectors),
        missing=missing_assents(asked, heard),
        dissenting=tuple(sorted({word.organisation for word in valid if not word.assents})),
        stood_aside=tuple(sorted({seat.organisation for seat in seats} - asked)),
    )


def _barred(seats: Iterable[Seat]) -> set[int]:
    return {seat.user_id for seat in seats if not seat.decides}


def _answered(seats: Sequence[Seat], words: Sequence[Word], rule: QuorumRule) -> bool:
    """By correspondence: who may decide and whose organisation has answered."""
    heard = {word.organisation for word in words}
    deciding = [seat for seat in seats if seat.decides]
    there = {seat.member_id: seat.sector for seat in deciding if seat.organisation in heard}
    wanted = rule.correspondence_number or len({seat.member_id for seat in deciding})
    return len(there) >= max(wanted, rule.number) and set(there.values()) >= rule.sectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a panel meets: every so many weeks or months, on a weekday (0 is Monday).

    For months, `week_of_month` is which of these weekdays in the month: 1 to 4, or 5 for the last.
    """

    every: int
    unit: Literal["weeks", "months"]
    weekday: int
    first_on: date
    last_on: date
    week_of_month: int | None = None


def meeting_days(rhythm: Rhythm, calendar: Calendar) -> list[date]:
    """The days on which a series meets, in order: a day that is no working day gives way to the next one that is."""
    which = -1 if rhythm.week_of_month == _LAST else rhythm.week_of_month
    found = rrule(
        MONTHLY if rhythm.unit == "months" else WEEKLY,
        interval=rhythm.every,
        byweekday=weekday(rhythm.weekday, which),
        dtstart=datetime.combine(rhythm.first_on, time()),
        until=datetime.combine(rhythm.last_on, time()),
    )
    moved = (_working_day(calendar, day.date()) for day in found)
    return sorted({day for day in moved if day <= rhythm.last_on})


_LAST: Final = 5


def _working_day(calendar: Calendar, day: date) -> date:
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def papers_due(calendar: Calendar, held_on: date, working_days: int) -> date:
    """Give the last working day on which papers can come in, with `working_days` between it and the meeting.

    They are counted as everywhere: the days after it, up to and including the day of the meeting.
    """
    day, counted = held_on, 0
    while counted < working_days or not calendar.is_working_day(day):
        counted += calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day
