"""Journals for the tests of provision, said in a line an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from app.cases.rules import Event, Kind
from app.pathways.facts import State
from app.provision.fold import provision_of
from app.provision.rules import Provision

WANTED = ("level_access_shower",)
ORDER = {
    "contractor": "Testcase Joiners", "items": ["stairlift", "grab_rails"], "price": "1000.00",
    "expected_start": "2026-03-10", "expected_finish": "2026-03-20",
}  # fmt: skip
_GROUPS = {
    "place_order": "delivering", "start_works": "delivering", "complete_works": "checking", "raise_snag": "delivering",
    "pass_check": "checking", "record_outcome": "ended", "close_not_proceeding": "ended", "escalate": "assessing",
    "hold": "held",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One event: an action, or a kind that moves nothing; on a day of March 2026."""

    what: str
    day: int
    details: Mapping[str, Any] = field(default_factory=dict)
    effects: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = "moved"
    holder: int = 1


def order(day: int, **changes: Any) -> Told:
    return Told("place_order", day, {**ORDER, **changes})


def start(day: int, **details: Any) -> Told:
    return Told("start_works", day, {"started_on": f"2026-03-{day:02}", **details})


def complete(day: int, *paid: tuple[str, str], **more: Any) -> Told:
    cost = [{"source": source, "amount": amount} for source, amount in paid]
    details = {"finished_on": f"2026-03-{day:02}", "final_cost": cost, **more}
    return Told("complete_works", day, details, {"solution": "adapted", "clock": "stops"})


def snag(day: int, what: str = "It squeaks.") -> Told:
    return Told("raise_snag", day, {"what_is_wrong": what}, {"clock": "restarts"})


def check(day: int) -> Told:
    return Told("pass_check", day, {"checked_by": "Tamsin Testcase"})


def recommend(day: int, *goals: str, adaptations: Sequence[str] = ("stairlift",)) -> Told:
    details = {"goals": [{"goal": goal} for goal in goals], "adaptations": list(adaptations)}
    return Told("recommend", day, details, {"sets": {"goals": list(goals), "adaptations": list(adaptations)}})


def outcome(day: int, **results: str) -> Told:
    rows = [{"goal": goal.replace("_", " "), "result": result} for goal, result in results.items()]
    return Told("record_outcome", day, {"results": rows, "satisfaction": "satisfied", "what_changed": "Sleeps."})


def quote(day: int, contractor: str, amount: str, **more: Any) -> Told:
    details = {"contractor": contractor, "amount": amount, "items": ["stairlift"], "received_on": f"2026-03-{day:02}"}
    return Told("quote_received", day, {**details, **more}, kind="quote_received")


def corrected(day: int, sequence: int, detail: str, now: str) -> Told:
    details = {"sequence": sequence, "field": "detail", "detail": detail, "was": "?", "now": now, "why": "A slip."}
    return Told("corrected", day, details, kind="corrected")


def moved_in_time(day: int, sequence: int, to: int) -> Told:
    now = datetime(2026, 3, to, 12, tzinfo=UTC).isoformat()
    details = {"sequence": sequence, "field": "occurred_at", "was": "?", "now": now, "why": "A slip."}
    return Told("corrected", day, details, kind="corrected")


def journal(*told: Told) -> list[Event]:
    """The events, numbered from 1."""
    return [
        Event(
            sequence=sequence,
            kind=one.kind,
            action=one.what if one.kind in ("moved", "milestone_imported") else None,
            from_=None,
            to=State("moderate", "works"),
            custody_id=one.holder,
            occurred_at=datetime(2026, 3, one.day, 12, tzinfo=UTC),
            actor_id=1,
            organisation_id=1,
            details=one.details,
            effects={"stage_group": _GROUPS.get(one.what, "deciding"), **one.effects},
        )
        for sequence, one in enumerate(told, 1)
    ]


def folded(*told: Told) -> Provision:
    """What the events say of provision."""
    return provision_of(journal(*told), adaptations=WANTED, day_of=lambda moment: moment.date())


def march(day: int) -> date:
    return date(2026, 3, day)
