"""Random journals for reports: solutions, faults, holds, endings, reopenings, corrections, and late records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.cases import rules
from app.cases.rules import Event
from app.kernel.clock import LONDON, local_date
from tests.support.journals import Step, events_of

BEGINNING = datetime(2024, 11, 25, 9, tzinfo=UTC)
TIERS = ("direct_access", "non_complex", "moderate", "complex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A case to be written."""

    steps: tuple[Step, ...]
    first_contact_on: date
    tenure: str

    def known_on(self, day: date | None, custody_id: int) -> Sequence[Event]:
        """The events recorded by the end of a day, with the times that corrections recorded by then gave them."""
        events = events_of(self.steps, custody_id=custody_id, first_contact_on=self.first_contact_on)
        recorded = [step.recorded_at or step.at for step in self.steps]
        known = [e for e, at in zip(events, recorded, strict=True) if day is None or local_date(at, LONDON) <= day]
        return rules.as_corrected(known)


def _choices(stage: str) -> list[tuple[str, dict[str, Any]]]:
    hold = {"hold": "opens", "hold_details": {"cause": "ill"}}
    match stage:
        case "completed":
            return [("received", {"clock": "new_episode"})]
        case "not_proceeding":
            return [("received", {"clock": "new_episode"}), ("appeal", {})]
        case "on_hold":
            return [("works", {"hold": "closes"})]
        case "installed":
            return [("works", {"clock": "restarts"}), ("completed", {"ends": True, "outcome": "adapted"})]
        case _:
            return [
                ("works", {}),
                ("installed", {"clock": "stops", "solution": "adapted"}),
                ("not_proceeding", {"ends": True, "outcome": "withdrawn"}),
                ("on_hold", hold | {"hold_details": {"cause": "ill", "waits_on": "person"}}),
                ("on_hold", hold | {"hold_details": {"cause": "snow", "waits_on": "weather"}}),
            ]


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """One case's walk, with hours that cross midnights and days that cross Christmas."""
    moment = BEGINNING + timedelta(hours=draw(st.integers(0, 400)))
    first = local_date(moment, LONDON) - timedelta(days=draw(st.integers(0, 30)))
    recorded = moment
    stage = "received"
    steps = [Step(at=moment, to=stage)]
    for _ in range(draw(st.integers(0, 9))):
        moment += timedelta(hours=draw(st.integers(0, 300)))
        recorded = max(recorded, moment + timedelta(hours=draw(st.sampled_from([0, 0, 30, 500]))))
        kind = draw(st.sampled_from(["moves", "moves", "moves", "note", "contact", "time"]))
        if kind == "moves":
            stage, effects = draw(st.sampled_from(_choices(stage)))
            steps.append(Step(at=moment, to=stage, recorded_at=recorded, effects=effects))
        elif kind == "note":
            steps.append(Step(at=moment, kind="note_added", recorded_at=recorded))
        else:
            details = _first_contact(draw, first) if kind == "contact" else _time(draw, steps)
            steps.append(Step(at=moment, kind="corrected", recorded_at=recorded, details=details))
    return Walk(steps=tuple(steps), first_contact_on=first, tenure=draw(st.sampled_from(["rsl_tenant", "other"])))


def _first_contact(draw: st.DrawFn, first: date) -> dict[str, Any]:
    now = first + timedelta(days=draw(st.integers(-20, 20)))
    return {"sequence": 1, "field": "first_contact_on", "now": now.isoformat(), "why": "made up"}


def _time(draw: st.DrawFn, steps: Sequence[Step]) -> dict[str, Any]:
    """A correction of one event's time to one between its neighbours'."""
    events = events_of(steps, custody_id=1, first_contact_on="2024-11-01")
    times = [event.occurred_at for event in rules.as_corrected(events)]
    which = draw(st.integers(0, len(times) - 1))
    earliest = times[which - 1] if which else times[0] - timedelta(days=3)
    latest = times[which + 1] if which + 1 < len(times) else times[which]
    share = draw(st.sampled_from([0.0, 0.25, 1.0]))
    now = earliest + (latest - earliest) * share
    return {"sequence": which + 1, "field": "occurred_at", "now": now.isoformat(), "why": "made up"}
