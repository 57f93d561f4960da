"""When a case is due: pure arithmetic over its state, the pathway's targets and a calendar.

A hold gives the stage's clock back the working days it took; the end-to-end clock runs through holds, as pathway.md
says. While a case is on hold, what is due is the hold's review.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from app.cases.rules import CaseState
from app.kernel.calendars import Calendar
from app.kernel.clock import local_date
from app.pathways.targets import Target, add_months

DueStatus = Literal["overdue", "due_soon", "on_track", "on_hold", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Days on which something is due; None where nothing is."""

    due_on: date | None = None
    due_soon_on: date | None = None
    end_to_end_due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The targets that apply to a case as it stands."""

    stage: Target | None
    end_to_end: Target | None


def deadlines(state: CaseState, targets: Targets, calendar: Calendar, zone: ZoneInfo) -> Deadlines:
    """Work out what is due when."""
    if state.stage_group == "ended":
        return Deadlines()
    whole = None
    if targets.end_to_end is not None and state.solution_at is None:
        whole = due_on(targets.end_to_end, episode_start(state, zone), (), calendar, zone)
    if state.stage_group == "held":
        review = _review_date(state)
        return Deadlines(due_on=review, due_soon_on=review, end_to_end_due_on=whole)
    if targets.stage is None:
        return Deadlines(end_to_end_due_on=whole)
    start = stage_start(state, targets.stage, zone)
    due = due_on(targets.stage, start, state.memory.get("holds", ()), calendar, zone)
    return Deadlines(due_on=due, due_soon_on=_soon(due, targets.stage, calendar), end_to_end_due_on=whole)


def due_on(target: Target, start: date, holds: Sequence[Mapping[str, Any]], calendar: Calendar, zone: ZoneInfo) -> date:
    """Add a target to a start day; working days that holds took since then are given back, but not a limit in law."""
    if target.choice_of == "law":
        return target.due_on(start, calendar)
    given_back = sum(held_days(hold, start, calendar, zone) for hold in holds)
    if target.months is not None:
        return add_months(start, target.months) + timedelta(days=given_back)
    assert target.working_days is not None
    return calendar.add_working_days(start, target.working_days + given_back)


def due_status(state_group: str, due: date | None, due_soon: date | None, today: date) -> DueStatus:
    """Say how a due date stands today, in the words of the contract."""
    if due is None or state_group == "ended":
        return "none"
    if today > due:
        return "overdue"
    if state_group == "held":
        return "on_hold"
    return "due_soon" if due_soon is not None and today >= due_soon else "on_track"


def _soon(due: date, target: Target, calendar: Calendar) -> date:
    day = due
    for _ in range(target.due_soon):
        day -= timedelta(days=1)
        while not calendar.is_working_day(day):
            day -= timedelta(days=1)
    return day


def held_days(hold: Mapping[str, Any], start: date, calendar: Calendar, zone: ZoneInfo) -> int:
    """Count the working days since `start` that a hold which has ended took."""
    if hold["to"] is None:
        return 0
    began, ended = (local_date(datetime.fromisoformat(hold[end]), zone) for end in ("from", "to"))
    return calendar.working_days(max(began, start), ended) if ended > start else 0


def stage_start(state: CaseState, target: Target, zone: ZoneInfo) -> date:
    """The day from which a stage's target is counted."""
    return local_date(entered_at(state.memory.get("entered", {}), state.stage, state.stage_since, target), zone)


def entered_at(entered: Mapping[str, str], stage: str, stage_since: datetime, target: Target) -> datetime:
    """Say when a target's count began: with the stage, or with an earlier one that the target names."""
    since = entered.get(target.since_stage) if target.since_stage else None
    moment = since or entered.get(stage)
    return datetime.fromisoformat(moment) if moment else stage_since


def episode_start(state: CaseState, zone: ZoneInfo) -> date:
    """The day on which the end-to-end clock started: first contact, or the day the case was reopened."""
    reopened = state.memory.get("episode_from")
    return local_date(datetime.fromisoformat(reopened), zone) if reopened else state.first_contact_on


def _review_date(state: CaseState) -> date | None:
    holds = state.memory.get("holds")
    review = holds[-1].get("review_on") if holds else None
    return date.fromisoformat(review) if review else None
