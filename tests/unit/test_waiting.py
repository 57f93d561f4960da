"""How long a case has waited, beside its target: the same count as the day it is due on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.deadlines import due_on
from app.cases.waiting import Stay, Waited, waited
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON
from app.pathways.targets import Target

# Good Friday and Easter Monday of 2026.
EASTER = Calendar(
    key="easter", title="Easter", closed_days=frozenset({date(2026, 4, 3), date(2026, 4, 6)}), source="a test"
)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = Target(working_days=10, due_soon=2)


def stay(**changes: Any) -> Stay:
    plain: dict[str, Any] = {
        "stage": "funding",
        "stage_group": "deciding",
        "stage_since": MONDAY,
        "entered": {"funding": MONDAY.isoformat()},
        "holds": (),
    }
    return Stay(**{**plain, **changes})


def hold(began: datetime, ended: datetime | None) -> dict[str, Any]:
    return {"from": began.isoformat(), "to": ended.isoformat() if ended else None}


def wait(of: Stay, target: Target | None, today: date) -> Waited | None:
    return waited(of, target, today=today, calendar=EASTER, zone=LONDON)


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 3, 2), 0),  # the day it came
        (date(2026, 3, 3), 1),
        (date(2026, 3, 7), 4),  # a Saturday adds nothing
        (date(2026, 3, 16), 10),  # the last day
        (date(2026, 3, 17), 11),  # late
        (date(2026, 4, 7), 24),  # over Easter
        (date(2026, 3, 1), 0),  # a clock that is behind
    ],
)
def test_working_days_in_the_stage_are_counted_after_the_first(today: date, days: int) -> None:
    assert wait(stay(), TEN, today) == Waited(since=date(2026, 3, 2), days=days, target=10)


def test_days_on_hold_are_left_out_and_those_of_other_stages_are_not() -> None:
    holds = [
        hold(datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 2, 20, 9, tzinfo=UTC)),
        hold(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=UTC)),
    ]
    found = wait(stay(holds=holds), TEN, date(2026, 3, 16))
    assert found is not None
    assert (found.days, found.target) == (8, 10)
    in_law = Target(working_days=10, due_soon=2, choice_of="law")
    assert wait(stay(holds=holds), in_law, date(2026, 3, 16)) == Waited(since=date(2026, 3, 2), days=10, target=10)


def test_a_target_that_began_with_an_earlier_stage_is_counted_from_there() -> None:
    entered = {"ordered": datetime(2026, 2, 23, 9, tzinfo=UTC).isoformat(), "works": MONDAY.isoformat()}
    works = stay(stage="works", entered=entered)
    target = Target(working_days=40, due_soon=8, since_stage="ordered")
    assert wait(works, target, date(2026, 3, 3)) == Waited(since=date(2026, 2, 23), days=6, target=40)


def test_on_hold_the_hold_s_own_time_is_told_and_has_no_target() -> None:
    held = stay(stage="on_hold", stage_group="held", stage_since=datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert wait(held, TEN, date(2026, 3, 12)) == Waited(since=date(2026, 3, 9), days=3, target=None)


def test_what_has_ended_waits_for_nothing() -> None:
    assert wait(stay(stage="completed", stage_group="ended"), None, date(2026, 3, 12)) is None


def test_a_stage_without_a_target_has_none() -> None:
    assert wait(stay(), None, date(2026, 3, 4)) == Waited(since=date(2026, 3, 2), days=2, target=None)


def test_months_are_told_in_working_days() -> None:
    in_months = Target(working_days=None, due_soon=5, months=1, choice_of="law")
    assert wait(stay(), in_months, date(2026, 3, 4)) == Waited(since=date(2026, 3, 2), days=2, target=23)


@given(st.integers(1, 60), st.integers(0, 90), st.integers(0, 20), st.integers(0, 20))
def test_a_wait_is_over_its_target_from_the_first_working_day_that_is_overdue(
    allowed: int, passed: int, began: int, lasted: int
) -> None:
    start, target = date(2026, 3, 2), Target(working_days=allowed, due_soon=1)
    today = start + timedelta(days=passed)
    ended = MONDAY + timedelta(days=began + lasted)
    # A hold that is over: one that lasts is no stay in this stage.
    holds = [hold(MONDAY + timedelta(days=began), ended)] if began + lasted <= passed else []
    found = wait(stay(holds=holds), target, today)
    assert found is not None
    assert found.target is not None
    late = today > due_on(target, start, holds, EASTER, LONDON)
    if EASTER.is_working_day(today):
        assert (found.days > found.target) == late
    else:
        assert late or found.days <= found.target
