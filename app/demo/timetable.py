"""Puts stories into the calendar: when each step happens and when it is written down. Pure arithmetic."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from app.demo.steps import NO_EVENT, InDays, Mend, NextMeeting, OnTheDay, Step, Story, Take
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON

_ROOM_BETWEEN_REPEATS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A meeting of the panel as the timetable needs it."""

    id: int
    held_on: date
    papers_due_on: date
    capacity: int
    quorate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A step at its moment. `happened_at` is before `at` when it was written down later."""

    story: Story
    step: Step
    place: int
    at: datetime
    happened_at: datetime
    meeting: int | None
    """The panel meeting that the case is on."""
    answers: Mapping[str, Any]
    """A form's answers, or a record's details, with every day in its place."""


@dataclass(slots=True)
class Timetable:
    """The working days from the demo's first day up to yesterday, and the places left at each meeting."""

    days: tuple[date, ...]
    sittings: Sequence[Sitting]
    today: date
    rng: Random
    _taken: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, calendar: Calendar, start: date, today: date, sittings: Sequence[Sitting], rng: Random) -> "Timetable":
        """A timetable from `start` on, in the working days of a calendar."""
        every = (start + timedelta(days=n) for n in range((today - start).days))
        return cls(tuple(day for day in every if calendar.is_working_day(day)), sittings, today, rng)

    def place(self, told: Sequence[Story]) -> list[Timed]:
        """Give every step its moment, all steps in order of time."""
        starts: dict[int, int] = {}
        timed: list[Timed] = []
        for story in sorted(told, key=lambda story: story.logged_before is not None):
            latest = len(self.days)
            if story.logged_before in starts:
                latest = starts[story.logged_before] - _ROOM_BETWEEN_REPEATS
            starts[story.number], steps = self._fitted(story, latest)
            timed += steps
        return sorted(timed, key=lambda step: (step.at, step.story.number, step.place))

    def _fitted(self, story: Story, latest: int) -> tuple[int, list[Timed]]:
        """Find a start from which the whole story fits before today; the meetings it needs decide with."""
        length = sum(step.wait for step in story.steps)
        end = len(self.days) - 1 - (story.rest or 0)
        start = min(end - length, latest)
        if story.rest is None:
            start = self.rng.randint(0, max(0, start))
        while True:
            indexes = self._indexes(story, max(0, start))
            late = indexes[-1] - end
            if late <= 0 or start <= 0:
                break
            start -= late
        return max(0, start), self._steps(story, indexes)

    def _indexes(self, story: Story, start: int) -> list[int]:
        """The working day of each step, by its number."""
        found: list[int] = []
        index, sitting = start, None
        for step in story.steps:
            index += step.wait
            wanted = _meeting_wanted(step)
            if wanted is not None and index < len(self.days):
                sitting = self._sitting(wanted, self.days[index])
            if step.at_meeting and sitting is not None:
                index = max(index, bisect_left(self.days, sitting.held_on))
            found.append(index)
        return found

    def _sitting(self, wanted: NextMeeting, day: date) -> Sitting:
        return next(
            sitting
            for sitting in self.sittings
            if sitting.papers_due_on >= day
            and self._taken.get(sitting.id, 0) < sitting.capacity
            and (sitting.held_on > self.today or not wanted.ahead)
            and (sitting.quorate or not wanted.quorate)
        )

    def _steps(self, story: Story, indexes: Sequence[int]) -> list[Timed]:
        timed: list[Timed] = []
        sitting: Sitting | None = None
        for place, (step, index) in enumerate(zip(story.steps, indexes, strict=True)):
            before = timed[-1] if timed else None
            at = self._moment(index, before.at if before else None)
            happened_at = self._happened(step, index, at, before.happened_at if before else None)
            wanted = _meeting_wanted(step)
            if wanted is not None:
                sitting = self._sitting(wanted, self.days[index])
                self._taken[sitting.id] = self._taken.get(sitting.id, 0) + 1
            meeting = sitting.id if sitting else None
            answers = _resolved(step, at, happened_at, meeting, timed)
            timed.append(
                Timed(
                    story=story,
                    step=step,
                    place=place,
                    at=at,
                    happened_at=happened_at,
                    meeting=meeting,
                    answers=answers,
                )
            )
        return timed

    def _moment(self, index: int, before: datetime | None) -> datetime:
        """Some time in the working day, or soon after the step before when that was on the same day."""
        minutes = self.rng.randint(9 * 60, 15 * 60)
        moment = datetime.combine(self.days[index], time(), tzinfo=LONDON) + timedelta(minutes=minutes)
        if before is not None and moment <= before:
            return before + timedelta(minutes=self.rng.randint(4, 12))
        return moment

    def _happened(self, step: Step, index: int, at: datetime, before: datetime | None) -> datetime:
        """When it happened: on the day it is written down or a little earlier, never before the step before."""
        if step.lag == 0 or before is None:
            return at
        earlier = at - timedelta(days=(self.days[index] - self.days[max(0, index - step.lag)]).days)
        return earlier if earlier > before else at


def start_of(today: date) -> date:
    """Two financial years back: the first working life of the demo."""
    year = today.year if (today.month, today.day) >= (4, 1) else today.year - 1
    return date(year - 2, 4, 1)


def _meeting_wanted(step: Step) -> NextMeeting | None:
    if isinstance(step.deed, Take):
        return next((answer for answer in step.deed.answers.values() if isinstance(answer, NextMeeting)), None)
    return None


def _resolved(
    step: Step, at: datetime, happened_at: datetime, meeting: int | None, before: Sequence[Timed]
) -> Mapping[str, Any]:
    deed = step.deed
    if isinstance(deed, Mend):
        return {"now": deed.now or _mended(deed, before)}
    answers = deed.answers if isinstance(deed, Take) else getattr(deed, "details", {})
    return {name: _day(value, at, happened_at, meeting) for name, value in answers.items()}


def _day(value: Any, at: datetime, happened_at: datetime, meeting: int | None) -> Any:
    match value:
        case OnTheDay():
            return happened_at.date().isoformat()
        case InDays(days):
            return (at.date() + timedelta(days=days)).isoformat()
        case NextMeeting():
            return meeting
        case _:
            return value


def _mended(deed: Mend, before: Sequence[Timed]) -> str:
    events = [timed for timed in before if not isinstance(timed.step.deed, NO_EVENT)]
    target = events[deed.sequence - 1]
    if deed.field == "first_contact_on":
        return (first_contact_on(target) - timedelta(days=7)).isoformat()
    previous = events[deed.sequence - 2].happened_at
    return (previous + (target.happened_at - previous) / 2).astimezone(UTC).isoformat()


def first_contact_on(logged: Timed) -> date:
    """The day of the first contact of a story whose first step is given."""
    return logged.at.date() - timedelta(days=logged.story.first_contact)
