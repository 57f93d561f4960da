"""Time told from a journal: in each stage, with each organisation, on hold, and end to end. Pure.

Every count is of local days: working and calendar days after one day, up to and including another. Stages, custody and
holds are cut at local days too, so that the parts add up to the whole exactly, whatever the hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.cases.rules import Event, day
from app.kernel.calendars import Calendar, calendar_days
from app.kernel.clock import LONDON, local_date
from app.pathways.facts import State

END_TO_END = (
    "From first contact, the day on which the need was first notified by or for the person, until the solution is in"
    " place: works completed, rehoused, or other solution provided. It runs through changes of tier, holds and the"
    " panel. A fault found in the works lets it run on until they are completed again; a reopened case is counted anew"
    " from the day it was reopened. Days are those after the first day, up to and including the last."
)
NET = "The same, without the days on hold while waiting for the person."
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Days:
    """A length of time, in calendar days and in working days."""

    calendar: int = 0
    working: int = 0

    def __add__(self, other: "Days") -> "Days":
        return Days(self.calendar + other.calendar, self.working + other.working)

    def __sub__(self, other: "Days") -> "Days":
        return Days(self.calendar - other.calendar, self.working - other.working)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay of a case in a stage. `left_at` is None while it lasts; an ended case waits for nothing, so 0 days.

    `journey_unknown` says that the case left by steps nobody wrote down: the days are an upper limit.
    """

    tier: str
    stage: str
    entered_at: datetime
    left_at: datetime | None
    days: Days
    journey_unknown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """How long an organisation held the case without a break. `held_to` is None for the one that holds it."""

    organisation_id: int
    held_from: datetime
    held_to: datetime | None
    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold and whom it waits on. `held_to` is None while it lasts."""

    waits_on: str
    cause: str
    held_from: datetime
    held_to: datetime | None
    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class EndToEnd:
    """The end-to-end clock over one episode of a case.

    `stopped_on` is the day of the solution; None when there is none (yet). `counted_to` is that day, else the day on
    which the episode ended without a solution, else today, and then the clock is `running`.
    """

    episode: int
    tier: str
    started_on: date
    stopped_on: date | None
    counted_to: date
    running: bool
    gross: Days
    net: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimes:
    """Everything about a case's time. `before_referral` lies between first contact and the first event.

    Visits add up to the same days as custody. `before_referral` and the visits, as far as they lie within the first
    episode, add up to that episode's gross days.
    """

    as_of: datetime
    first_contact_on: date
    before_referral: Days
    visits: tuple[Visit, ...]
    custody: tuple[Custody, ...]
    holds: tuple[Hold, ...]
    end_to_end: tuple[EndToEnd, ...]


def case_times(events: Sequence[Event], *, calendar: Calendar, now: datetime, zone: ZoneInfo = LONDON) -> CaseTimes:
    """Tell the time of a case from its whole journal with corrected times (`rules.as_corrected`), never empty."""
    counter = Counter(calendar, zone)
    as_of = max(now, events[-1].occurred_at)
    horizon = _ended_at(events) or as_of
    started_on = _first_contact(events, counter)
    holds = tuple(_holds(events, horizon, counter))
    return CaseTimes(
        as_of=as_of,
        first_contact_on=started_on,
        before_referral=counter.between(started_on, counter.day(events[0].occurred_at)),
        visits=tuple(_visits(events, horizon, counter)),
        custody=tuple(_custody(events, horizon, counter)),
        holds=holds,
        end_to_end=tuple(_episodes(events, started_on, as_of, holds, counter)),
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts days in a calendar, for the people of a time zone."""

    calendar: Calendar
    zone: ZoneInfo

    def day(self, moment: datetime) -> date:
        """The day that a moment falls on."""
        return local_date(moment, self.zone)

    def between(self, start: date, end: date) -> Days:
        """The days after `start` up to and including `end`; none when the end is not after the start."""
        if end <= start:
            return Days()
        return Days(calendar_days(start, end), self.calendar.working_days(start, end))

    def spent(self, start: datetime, end: datetime) -> Days:
        """The days between the days of two moments."""
        return self.between(self.day(start), self.day(end))


def begins_visit(event: Event) -> bool:
    """Whether a stay in a stage begins with this event; the same events that set a case's `stage_since`."""
    return event.kind == "moved" or (event.kind == "milestone_imported" and event.from_ != event.to)


def _ended_at(events: Sequence[Event]) -> datetime | None:
    moves = [event for event in events if event.kind in ("moved", "milestone_imported")]
    return moves[-1].occurred_at if moves and moves[-1].effects.get("ends") else None


def _first_contact(events: Sequence[Event], counter: Counter) -> date:
    """The day first said, or what the newest correction says; never after the referral itself was logged."""
    corrected = [e for e in events if e.kind == "corrected" and e.details.get("field") == "first_contact_on"]
    said = day(corrected[-1].details["now"] if corrected else events[0].effects["sets"]["first_contact_on"])
    received = counter.day(events[0].occurred_at)
    return min(said, received) if said else received


def _visits(events: Sequence[Event], horizon: datetime, counter: Counter) -> Iterator[Visit]:
    starts = [event for event in events if begins_visit(event)]
    for entered, left in pairwise([*starts, None]):
        assert entered is not None
        # A new version of the pathway may have renamed the stage meanwhile: it is called what it was called last.
        state: State = (left.from_ if left else None) or (entered.to if left else events[-1].to)
        yield Visit(
            tier=state.tier,
            stage=state.stage,
            entered_at=entered.occurred_at,
            left_at=left.occurred_at if left else None,
            days=counter.spent(entered.occurred_at, left.occurred_at if left else horizon),
            journey_unknown=left is not None and left.details.get("journey") == "unknown",
        )


def _custody(events: Sequence[Event], horizon: datetime, counter: Counter) -> Iterator[Custody]:
    handed = [events[0], *(e for before, e in pairwise(events) if e.custody_id != before.custody_id)]
    for taken, passed_on in pairwise([*handed, None]):
        assert taken is not None
        end = min(passed_on.occurred_at, horizon) if passed_on else horizon
        yield Custody(
            organisation_id=taken.custody_id,
            held_from=taken.occurred_at,
            held_to=passed_on.occurred_at if passed_on else None,
            days=counter.spent(taken.occurred_at, end),
        )


def _holds(events: Sequence[Event], horizon: datetime, counter: Counter) -> Iterator[Hold]:
    marks = [event for event in events if event.effects.get("hold")]
    for opened, closed in pairwise([*marks, None]):
        assert opened is not None
        if opened.effects["hold"] != "opens":
            continue
        end = closed.occurred_at if closed else horizon
        details = opened.effects.get("hold_details") or {}
        yield Hold(
            waits_on=details.get("waits_on") or "other",
            cause=details.get("cause") or "other",
            held_from=opened.occurred_at,
            held_to=closed.occurred_at if closed else None,
            days=counter.spent(opened.occurred_at, end),
        )


def _episodes(
    events: Sequence[Event], started_on: date, as_of: datetime, holds: Sequence[Hold], counter: Counter
) -> Iterator[EndToEnd]:
    first = 0
    for number, (start, end) in enumerate(pairwise([0, *_reopenings(events), len(events)]), 1):
        episode = events[start:end]
        began = started_on if start == first else counter.day(episode[0].occurred_at)
        stopped, ended = _stopped_at(episode), _ended_at(episode)
        counted_to = counter.day(stopped or ended or as_of)
        gross = counter.between(began, counted_to)
        yield EndToEnd(
            episode=number,
            tier=episode[-1].to.tier,
            started_on=began,
            stopped_on=counter.day(stopped) if stopped else None,
            counted_to=counted_to,
            running=stopped is None and ended is None,
            gross=gross,
            net=gross - _waiting_for_person(holds, began, counted_to, counter),
        )


def _reopenings(events: Sequence[Event]) -> list[int]:
    return [place for place, event in enumerate(events) if place and event.effects.get("clock") == "new_episode"]


def _stopped_at(episode: Sequence[Event]) -> datetime | None:
    """When the solution came that still stands at the end of an episode."""
    marks = [event for event in episode if event.effects.get("clock") in ("stops", "restarts")]
    return marks[-1].occurred_at if marks and marks[-1].effects["clock"] == "stops" else None


def _waiting_for_person(holds: Sequence[Hold], began: date, counted_to: date, counter: Counter) -> Days:
    waited = Days()
    for hold in holds:
        if hold.waits_on == PERSON:
            end = counter.day(hold.held_to) if hold.held_to else counted_to
            waited += counter.between(max(counter.day(hold.held_from), began), min(end, counted_to))
    return waited
