"""Due dates: what a hold gives back, what it does not, and what stands while a case is on hold."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.cases.deadlines import Targets, deadlines, due_status
from app.cases.rules import CaseState
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON
from app.pathways.targets import Target

WEEKDAYS = Calendar(key="weekdays", title="Weekdays", closed_days=frozenset(), source="a test")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def state(**changes: Any) -> CaseState:
    plain: dict[str, Any] = {
        "sequence": 1, "tier": "moderate", "stage": "funding", "stage_group": "deciding", "resume_stage": None,
        "stage_since": MONDAY, "custody_id": 1, "party_ids": (1,), "assigned_to": None, "priority": None,
        "fast_track": None, "proposed_tier": "moderate", "consent_to_share": True, "pathway_version": 1,
        "first_contact_on": date(2026, 2, 2), "received_at": MONDAY, "last_occurred_at": MONDAY, "ended_at": None,
        "outcome": None, "solution": None, "solution_at": None, "memory": {"entered": {"funding": MONDAY.isoformat()}},
    }  # fmt: skip
    return CaseState(**{**plain, **changes})


def hold(began: datetime, ended: datetime | None, review_on: str | None = None) -> dict[str, Any]:
    return {
        "from": began.isoformat(),
        "to": ended.isoformat() if ended else None,
        "waits_on": "landlord",
        "review_on": review_on,
    }


def due(case: CaseState, stage: Target | None, whole: Target | None = None) -> Any:
    return deadlines(case, Targets(stage=stage, end_to_end=whole), WEEKDAYS, LONDON)


def test_a_stage_is_due_so_many_working_days_after_it_began() -> None:
    found = due(state(), Target(working_days=10, due_soon=2))
    assert found.due_on == date(2026, 3, 16)
    assert found.due_soon_on == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        # Tuesday to Thursday: two working days after the first up to and including the second.
        ([hold(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=UTC))], date(2026, 3, 18)),
        # Over a weekend only: nothing was lost but the Monday.
        ([hold(datetime(2026, 3, 6, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC))], date(2026, 3, 17)),
        # A hold that was over before the stage began is another stage's.
        ([hold(datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 2, 20, 9, tzinfo=UTC))], date(2026, 3, 16)),
    ],
)
def test_working_days_on_hold_are_given_back(holds: list[dict[str, Any]], expected: date) -> None:
    memory = {"entered": {"funding": MONDAY.isoformat()}, "holds": holds}
    assert due(state(memory=memory), Target(working_days=10, due_soon=2)).due_on == expected


def test_a_limit_in_law_does_not_wait_for_a_hold() -> None:
    holds = [hold(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 4, 3, 9, tzinfo=UTC))]
    memory = {"entered": {"funding": datetime(2026, 8, 31, 9, tzinfo=UTC).isoformat()}, "holds": holds}
    law = Target(working_days=None, due_soon=5, months=6, choice_of="law")
    assert due(state(memory=memory), law).due_on == date(2027, 2, 28)


def test_a_target_may_count_from_an_earlier_stage() -> None:
    memory = {"entered": {"ordered": MONDAY.isoformat(), "works": datetime(2026, 3, 10, 9, tzinfo=UTC).isoformat()}}
    works = state(stage="works", stage_group="delivering", memory=memory)
    assert due(works, Target(working_days=10, due_soon=2, since_stage="ordered")).due_on == date(2026, 3, 16)


def test_while_on_hold_the_review_is_what_is_due() -> None:
    memory = {"holds": [hold(MONDAY, None, review_on="2026-04-01")]}
    held = state(stage="on_hold", stage_group="held", resume_stage="funding", memory=memory)
    assert due(held, None).due_on == date(2026, 4, 1)


def test_nothing_is_due_once_a_case_has_ended() -> None:
    ended = state(stage="completed", stage_group="ended", ended_at=MONDAY)
    assert due(ended, None, Target(working_days=90, due_soon=18)).end_to_end_due_on is None


def test_the_whole_runs_from_first_contact_and_through_holds() -> None:
    memory = {"holds": [hold(datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 2, 20, 9, tzinfo=UTC))]}
    assert due(state(memory=memory), None, Target(working_days=5, due_soon=1)).end_to_end_due_on == date(2026, 2, 9)


@pytest.mark.parametrize(
    ("group", "today", "expected"),
    [
        ("deciding", date(2026, 3, 11), "on_track"),
        ("deciding", date(2026, 3, 12), "due_soon"),
        ("deciding", date(2026, 3, 16), "due_soon"),  # the last day is still in time
        ("deciding", date(2026, 3, 17), "overdue"),
        ("held", date(2026, 3, 16), "on_hold"),
        ("held", date(2026, 3, 17), "overdue"),  # the review has passed
        ("ended", date(2026, 3, 17), "none"),
    ],
)
def test_a_due_date_stands_in_words(group: str, today: date, expected: str) -> None:
    assert due_status(group, date(2026, 3, 16), date(2026, 3, 12), today) == expected
