"""What a measure counts, worked out from a case's events one after another: shares no code with the SQL.

Slow and plain on purpose. It reads the measure's file as a person would: find where the count begins, find where it
ends, and count the days of the calendar between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.cases.rules import Event
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON, local_date
from app.pathways.measure_definition import Point
from app.pathways.measures import Measure

MOVES = {"moved", "milestone_imported"}


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One thing that a measure counts."""

    status: str
    started_on: date
    ended_on: date
    calendar: int
    working: int
    net_working: int
    amount: float
    doubtful: bool
    of: int = 0
    """Of an amount: which event told it."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event with what a count needs beside it."""

    event: Event
    day: date
    doubtful: bool


def episodes(events: Sequence[Told]) -> list[list[Told]]:
    """Split a journal where a case was reopened."""
    found: list[list[Told]] = [[]]
    for told in events:
        if told.event.effects.get("clock") == "new_episode":
            found.append([])
        found[-1].append(told)
    return found


def is_point(point: Point, told: Told) -> bool:
    event = told.event
    if point.at == "action":
        if event.action not in point.any_of:
            return False
        return point.where is None or event.details.get(point.where.field) in point.where.is_
    if point.at == "stage_entered":
        return event.kind in MOVES and event.to.stage in point.any_of and event.from_ != event.to
    return False


def choose(point: Point, among: Sequence[Told]) -> Told | None:
    fitting = [told for told in among if is_point(point, told)]
    if not fitting:
        return None
    return fitting[0] if point.which == "first" else fitting[-1]


def solution(episode: Sequence[Told]) -> Told | None:
    clocks = [told for told in episode if told.event.effects.get("clock") in ("stops", "restarts")]
    return clocks[-1] if clocks and clocks[-1].event.effects["clock"] == "stops" else None


def ending(episode: Sequence[Told]) -> Told | None:
    """The end that still stands: a move away from it, such as an appeal, takes it back; a note about it does not."""
    standing = None
    for told in episode:
        if told.event.effects.get("ends"):
            standing = told
        elif told.event.kind in MOVES:
            standing = None
    return standing


def count(
    measure: Measure, events: Sequence[Told], first_contact: date, *, calendar: Calendar, today: date
) -> Iterator[Unit]:
    one = measure.definition
    if not events:
        return
    if one.kind == "stays":
        yield from _stays(measure, events, calendar, today)
    elif one.kind == "cost":
        assert one.to is not None
        for told in events:
            if is_point(one.to, told):
                rows = told.event.details.get("final_cost") or [{}]
                for row in rows:
                    amount = float(row.get("amount", 0))
                    yield Unit("done", told.day, told.day, 0, 0, 0, amount, told.doubtful, told.event.sequence)
    else:
        for number, episode in enumerate(episodes(events)):
            begun = min(first_contact, events[0].day) if number == 0 else episode[0].day
            yield from _episode(measure, episode, begun, calendar, today)


def _episode(measure: Measure, episode: Sequence[Told], begun: date, calendar: Calendar, today: date) -> Iterator[Unit]:
    one, start = measure.definition, measure.start
    began_at, started_on, doubtful = 0, begun, False
    if start is not None and start.at == "referral":
        started_on = episode[0].day
    elif start is not None and start.at in ("action", "stage_entered"):
        chosen = choose(start, episode)
        if chosen is None:
            return
        began_at, started_on, doubtful = chosen.event.sequence, chosen.day, chosen.doubtful
    later = [told for told in episode if told.event.sequence > began_at]
    finish: Told | None
    assert one.to is not None
    match one.to.at:
        case "solution":
            finish = solution(episode)
        case "end":
            finish = ending(episode)
        case "first_contact":
            yield _unit("done", begun, begun, calendar, [], False)
            return
        case _:
            finish = choose(one.to, later)
    if finish is not None and finish.event.sequence <= began_at:
        finish = None
    if finish is not None:
        status, last = "done", finish.day
        doubtful = doubtful or finish.doubtful
    elif (left := ending(episode)) is not None:
        status, last = "left", left.day
        doubtful = doubtful or left.doubtful
    else:
        status, last = "open", max(today, started_on)
    if start is None:
        started_on = begun
    if last < started_on:
        return
    yield _unit(status, started_on, last, calendar, _holds(measure, episode, last), doubtful)


def _holds(measure: Measure, episode: Sequence[Told], until: date) -> list[tuple[date, date]]:
    wanted = measure.definition.leave_out.waits_on
    found: list[tuple[date, date]] = []
    since: date | None = None
    for told in episode:
        effect = told.event.effects.get("hold")
        if effect is None:
            continue
        if since is not None:
            found.append((since, told.day))
            since = None
        if effect == "opens" and told.event.effects["hold_details"]["waits_on"] in wanted:
            since = told.day
    if since is not None:
        found.append((since, until))
    return found


def _unit(
    status: str, start: date, end: date, calendar: Calendar, holds: list[tuple[date, date]], doubtful: bool
) -> Unit:
    days = _days(start, end)
    working = [day for day in days if calendar.is_working_day(day)]
    held = {day for since, until in holds for day in _days(since, until)}
    net = [day for day in working if day not in held]
    return Unit(status, start, end, len(days), len(working), len(net), 0.0, doubtful)


def _days(start: date, end: date) -> list[date]:
    """The days after one, up to and including another."""
    return [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]


def _stays(measure: Measure, events: Sequence[Told], calendar: Calendar, today: date) -> Iterator[Unit]:
    wanted = measure.definition.stages
    moves = [
        told for told in events
        if told.event.kind == "moved" or (told.event.kind == "milestone_imported" and told.event.from_ != told.event.to)
    ]  # fmt: skip
    for place, told in enumerate(moves):
        if told.event.to.stage not in wanted:
            continue
        if place + 1 == len(moves):
            yield _unit("open", told.day, max(today, told.day), calendar, [], told.doubtful)
            continue
        after = moves[place + 1]
        unknown = after.event.details.get("journey") == "unknown"
        status = "unknown" if unknown and measure.definition.leave_out.journey_unknown else "done"
        yield _unit(status, told.day, after.day, calendar, [], told.doubtful or after.doubtful)


def told_of(walk: Any, known_on: date | None, custody_id: int, *, actor_kind: str = "system") -> list[Told]:
    """A walk's events as they were known, each with its day and whether its time is doubtful."""
    corrected = walk.known_on(known_on, custody_id)
    by_step = dict(enumerate(walk.steps, 1))
    found = []
    for event in corrected:
        step = by_step[event.sequence]
        late = (step.recorded_at or step.at) > event.occurred_at + timedelta(days=14)
        doubtful = (
            event.occurred_at != step.at
            or event.details.get("journey") == "unknown"
            or (actor_kind == "user" and event.kind != "corrected" and late)
        )
        found.append(Told(event, local_date(event.occurred_at, LONDON), doubtful))
    return found
