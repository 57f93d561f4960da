"""Whether the times of a case add up: its stages, its holders and the whole, with no gap and no overlap."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from app.cases.actions.renew_deadlines import renewed
from app.cases.clocks import CaseTimes, Counter, Days, Visit, case_times
from app.cases.models import Case
from app.cases.rules import Event
from app.checks.findings import Rule, Severity, Surroundings

Span = tuple[datetime, datetime | None]
CORRECT = "Look at the events' times and correct the one that is wrong."


def _times(case: Case, events: Sequence[Event], surroundings: Surroundings) -> CaseTimes:
    return case_times(events, calendar=_counter(case, surroundings).calendar, now=surroundings.now)


def _counter(case: Case, surroundings: Surroundings) -> Counter:
    timekeeper = surroundings.casework.timekeeper
    return Counter(timekeeper.calendar(case.pathway_key, case.state.pathway_version), timekeeper.zone)


def partition_faults(spans: Sequence[Span], start: datetime) -> Iterator[str]:
    """Say where spans do not follow one another from `start` to an open end, each beginning where the last ended."""
    if not spans or spans[0][0] != start:
        yield "does not begin with the first event"
    for (began, ended), (following, _) in pairwise(spans):
        if ended is None or ended != following:
            yield f"has a gap or an overlap at {following:%d %B %Y %H:%M}"
        elif ended < began:
            yield f"ends before it begins at {began:%d %B %Y %H:%M}"
    if spans and spans[-1][1] is not None:
        yield "has no end that is still open"


def _custody(case: Case, events: Sequence[Event], surroundings: Surroundings) -> Iterator[str]:
    if not events:
        return
    times = _times(case, events, surroundings)
    spans = [(held.held_from, held.held_to) for held in times.custody]
    for fault in partition_faults(spans, events[0].occurred_at):
        yield f"The time with each organisation {fault}. {CORRECT}"
    held, waited = _sum([c.days for c in times.custody]), _sum([v.days for v in times.visits])
    if held != waited:
        yield (
            f"With the organisations it was {held.calendar} days, in the stages {waited.calendar}; both must be the"
            f" same. {CORRECT}"
        )
    if times.custody[-1].organisation_id != case.state.custody_id:
        yield "The organisation that holds the case is not the one that its journal ends with."


def _stages(case: Case, events: Sequence[Event], surroundings: Surroundings) -> Iterator[str]:
    if not events:
        return
    times = _times(case, events, surroundings)
    spans = [(visit.entered_at, visit.left_at) for visit in times.visits]
    for fault in partition_faults(spans, events[0].occurred_at):
        yield f"The time in the stages {fault}. {CORRECT}"
    for before, event in pairwise(events):
        if event.from_ != before.to:
            yield f"Event {event.sequence} leaves a stage that the case was not in. `adapt journal verify` tells more."
    counter, whole = _counter(case, surroundings), times.end_to_end[0]
    parts = times.before_referral + _sum([_until(visit, whole.counted_to, counter) for visit in times.visits])
    if parts != whole.gross:
        yield (
            f"From first contact to the end it was {whole.gross.calendar} days, but its parts make {parts.calendar}."
            f" {CORRECT}"
        )


def _until(visit: Visit, end: date, counter: Counter) -> Days:
    """The days of a stay, as far as they lie before the end of the first episode."""
    left = counter.day(visit.left_at) if visit.left_at else end
    return counter.between(counter.day(visit.entered_at), min(left, end))


def _sum(days: Sequence[Days]) -> Days:
    return sum(days, Days())


def _deadlines(case: Case, events: Sequence[Event], surroundings: Surroundings) -> Iterator[str]:
    del events
    if (due := renewed(case, surroundings.casework.timekeeper)) is not None:
        shown, right = (day.isoformat() if day else "never" for day in (case.due_on, due.due_on))
        told = f"Due on {shown}, should be {right}." if shown != right else "The end-to-end date or “due soon” is old."
        yield f"{told} `adapt deadlines` works it out anew."


CUSTODY_ADDS_UP = Rule(
    key="custody_adds_up",
    title="At every moment one organisation held the case",
    severity=Severity.ERROR,
    means="The time with each organisation has a gap or an overlap, or makes another sum than the time in the stages.",
    mend="Look at the case's events. A mistaken time is corrected with a reason; the first entry stays. If no time is"
    " wrong, run `adapt journal verify REFERENCE`.",
    judge=_custody,
)
STAGE_TIME_ADDS_UP = Rule(
    key="stage_time_adds_up",
    title="The parts of a case's time make the whole",
    severity=Severity.ERROR,
    means="The stages do not follow one another without gap or overlap, or the time before the referral and the time"
    " in the stages do not make the end-to-end time.",
    mend="Look at the case's events. A mistaken time is corrected with a reason; the first entry stays. If no time is"
    " wrong, run `adapt journal verify REFERENCE`.",
    judge=_stages,
)
DEADLINES_CURRENT = Rule(
    key="deadlines_current",
    title="What is due is due on the right day",
    severity=Severity.WARNING,
    means="The day on which a case is due is not what today's targets, calendar and local days give.",
    mend="Run `adapt deadlines`; the nightly job does the same.",
    judge=_deadlines,
)
