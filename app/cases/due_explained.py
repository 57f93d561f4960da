"""Why a date is what it is: the working behind every due date, in sentences. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.cases.deadlines import episode_start, held_days, stage_start
from app.cases.rules import CaseState
from app.edge.templating import day, plural
from app.kernel.calendars import Calendar
from app.pathways.pathway import CompiledPathway
from app.pathways.targets import Target

MOST_DAYS_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What dates are worked out with: the case's pathway, its calendar and its time zone."""

    pathway: CompiledPathway
    calendar: Calendar
    zone: ZoneInfo


def why_due(state: CaseState, due_on: date | None, terms: Terms) -> tuple[str, ...]:
    """Say how the day on which a case is due came about; nothing where nothing is due."""
    if due_on is None:
        return ()
    if state.stage_group == "held":
        return (f"The case is on hold. Whoever put it on hold said to look at it again on {day(due_on)}.",)
    target = terms.pathway.target(state.tier, state.stage, state.priority, state.fast_track)
    if target is None:
        return ()
    stage = terms.pathway.stage(target.since_stage or state.stage).label
    start = stage_start(state, target, terms.zone)
    tier = terms.pathway.definition.tiers[state.tier].label.lower()
    urgent = terms.pathway.is_urgent(state.priority, state.fast_track)
    case = f"{tier} case" + (" that is urgent" if urgent else "")
    return (
        f"Target for “{terms.pathway.stage(state.stage).label}” in a {case}: {_length(target)}.",
        f"It is counted from the day after {day(start)}, when “{stage}” began.",
        *_given_back(state.memory.get("holds", ()), start, target, terms),
        *_calendar(start, due_on, target, terms.calendar),
        _whose(target, terms.pathway),
    )


def why_end_to_end(state: CaseState, due_on: date | None, terms: Terms) -> tuple[str, ...]:
    """Say how the day by which the whole should be done came about."""
    target = terms.pathway.end_to_end_target(state.tier)
    if due_on is None or target is None:
        return ()
    start = episode_start(state, terms.zone)
    tier = terms.pathway.definition.tiers[state.tier].label.lower()
    began = "first contact" if start == state.first_contact_on else "when the case was reopened"
    return (
        f"Target from first contact to a solution in place, in a {tier} case: {_length(target)}.",
        f"It is counted from the day after {day(start)}: {began}. Holds do not stop it.",
        *_calendar(start, due_on, target, terms.calendar),
        _whose(target, terms.pathway),
    )


def _length(target: Target) -> str:
    if target.months is not None:
        return plural(target.months, "calendar month")
    return plural(target.working_days or 0, "working day")


def _given_back(holds: Sequence[Mapping[str, Any]], start: date, target: Target, terms: Terms) -> Iterator[str]:
    if target.choice_of == "law":
        if holds:
            yield "The law sets this limit, so no hold makes it longer."
        return
    days = sum(held_days(hold, start, terms.calendar, terms.zone) for hold in holds)
    if days:
        yield f"{plural(days, 'working day')} on hold since then were added."


def _calendar(start: date, due_on: date, target: Target, calendar: Calendar) -> Iterator[str]:
    if target.months is not None:
        return
    closed = calendar.closed_weekdays(start, due_on)
    named = ", ".join(day(one) for one in closed[:MOST_DAYS_NAMED])
    if len(closed) > MOST_DAYS_NAMED:
        named += f" and {len(closed) - MOST_DAYS_NAMED} more"
    left_out = f" and left out {named}" if named else ""
    yield f"Working days are those of {calendar.title}: we left out Saturdays and Sundays{left_out}."


def _whose(target: Target, pathway: CompiledPathway) -> str:
    if target.choice_of == "law":
        return f"The law sets this limit{f': {target.source}' if target.source else ''}."
    return pathway.definition.targets.note
