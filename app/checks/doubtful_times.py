"""Times that may be right but look wrong: everybody sees them, and they are corrected by appending only."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from app.cases.models import Case
from app.cases.rules import Event
from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.kernel.database import Session

LONG_BEFORE: Final = timedelta(days=90)
"""First contact this long before the referral was logged is unusual."""
AT_ONCE: Final = timedelta(minutes=1)
QUIET: Final = timedelta(days=365)
"""An imported case that is open and has been quiet this long was probably never closed in the old records."""
IN_ONE_MINUTE: Final = 10
"""Events that one person recorded within a minute, each dated a day or more earlier: typed in from a list."""
AT_A_WEEKEND: Final = 20
"""Events of earlier days that one person recorded on one day of a weekend."""
ASK = "Ask whoever recorded it, and correct the time if it is wrong."


def _doubts(case: Case, events: Sequence[Event], surroundings: Surroundings) -> Iterator[str]:
    if not events:
        return
    received = events[0].occurred_at
    for event in events:
        if event.occurred_at < received:
            yield f"Event {event.sequence} is dated before the referral was received. {ASK}"
        if event.occurred_at > surroundings.now:
            yield f"Event {event.sequence} is dated in the future. {ASK}"
    yield from _contact(case, received, surroundings)
    if any(event.kind == "milestone_imported" for event in events):
        yield from _imported(case, surroundings)
    elif (ended := case.state.ended_at) is not None and timedelta() <= ended - case.state.received_at < AT_ONCE:
        yield f"It ended within a minute of being received. {ASK}"


def _contact(case: Case, received: datetime, surroundings: Surroundings) -> Iterator[str]:
    first, day = case.state.first_contact_on, surroundings.casework.timekeeper.day(received)
    if first > day:
        yield f"First contact on {first.isoformat()} is after the referral was received. {ASK}"
    elif day - first > LONG_BEFORE:
        waited = (day - first).days
        yield f"First contact on {first.isoformat()} is {waited} days before the referral was received. {ASK}"


def _imported(case: Case, surroundings: Surroundings) -> Iterator[str]:
    last = case.state.last_occurred_at
    if case.state.ended_at is None and surroundings.now - last > QUIET:
        yield (
            f"It was imported as open and nothing is known of it since {last:%d %B %Y}."
            " Ask the organisation that holds it whether it goes on, and close it if not."
        )


_MINUTES = text(
    """
    SELECT e.actor_id, date_trunc('minute', e.recorded_at) AS moment, count(*) AS events,
           count(DISTINCT e.case_id) AS cases, min(c.reference) AS reference
      FROM case_events e JOIN cases c ON c.id = e.case_id
     WHERE e.actor_kind = 'user' AND e.occurred_at < e.recorded_at - interval '1 day'
     GROUP BY e.actor_id, moment HAVING count(*) >= :many ORDER BY moment, e.actor_id
    """
)
_WEEKENDS = text(
    """
    SELECT e.actor_id, (e.recorded_at AT TIME ZONE :zone)::date AS moment, count(*) AS events,
           count(DISTINCT e.case_id) AS cases, min(c.reference) AS reference
      FROM case_events e JOIN cases c ON c.id = e.case_id
     WHERE e.actor_kind = 'user' AND extract(isodow FROM e.recorded_at AT TIME ZONE :zone) >= 6
       AND (e.occurred_at AT TIME ZONE :zone)::date < (e.recorded_at AT TIME ZONE :zone)::date
     GROUP BY e.actor_id, moment HAVING count(*) >= :many ORDER BY moment, e.actor_id
    """
)


async def _batches(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    zone = surroundings.casework.timekeeper.zone.key
    for row in await session.execute(_MINUTES, {"many": IN_ONE_MINUTE}):
        when = f"within the minute {row.moment:%d %B %Y %H:%M} UTC"
        yield Finding(row.reference, _typed_in(row.events, row.cases, row.actor_id, when))
    for row in await session.execute(_WEEKENDS, {"many": AT_A_WEEKEND, "zone": zone}):
        when = f"at the weekend, on {row.moment:%d %B %Y}"
        yield Finding(row.reference, _typed_in(row.events, row.cases, row.actor_id, when))


def _typed_in(events: int, cases: int, actor_id: int, when: str) -> str:
    return (
        f"User {actor_id} recorded {events} events of {cases} cases {when}, all dated earlier; this case is one of"
        " them. Ask whether the days are right or only roughly so."
    )


DOUBTFUL_TIMES = Rule(
    key="doubtful_times",
    title="Times that look wrong",
    severity=Severity.WARNING,
    means="A time is unlikely: before the referral, in the future, a case ended in the minute in which it came, first"
    " contact after or long before the referral, an imported case that is open and silent for a year, many events of"
    " earlier days recorded within a minute or at a weekend.",
    mend="Ask whoever recorded it. If it is wrong, correct it with a reason: the first entry stays, reports use the"
    " correction. If it is right, leave it.",
    find=_batches,
    judge=_doubts,
)
