"""Forecasts find a season that is there, say when they know too little, and queues obey arithmetic."""

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.projecting import LEAST, Capacity, TooShort, forecast, month_after, simulate

FIRST = date(2020, 4, 1)


def seasonal(months: int) -> list[float]:
    """Forty a month, ten more in winter, with a little unevenness that never repeats."""
    return [40 + 10 * math.sin(2 * math.pi * m / 12) + (m * 7919 % 5) / 2 for m in range(months)]


def test_a_season_is_found_and_beats_taking_last_year() -> None:
    found = forecast(FIRST, seasonal(72), 24)
    assert [one.month for one in found.ahead][:2] == [date(2026, 4, 1), date(2026, 5, 1)]
    for place, one in enumerate(found.ahead):
        assert one.low95 <= one.low80 <= one.expected <= one.high80 <= one.high95
        assert abs(one.expected - seasonal(96)[72 + place]) < 5
    assert found.test.of == 12
    assert found.test.within_80 >= 5
    assert found.test.better
    assert found.test.mean_error < 1.5


def test_the_same_history_gives_the_same_answer() -> None:
    assert forecast(FIRST, seasonal(48), 12) == forecast(FIRST, seasonal(48), 12)


def test_too_little_history_is_said_to_be_too_little() -> None:
    with pytest.raises(TooShort, match=f"{LEAST} are needed"):
        forecast(FIRST, seasonal(LEAST - 1), 12)


def test_nothing_stays_nothing_and_is_never_below_it() -> None:
    found = forecast(FIRST, [0.0] * 40, 6)
    assert all(one.expected == pytest.approx(0, abs=1e-6) and one.low95 >= 0 for one in found.ahead)


@given(months=st.integers(-200, 200))
def test_months_are_counted_through_years(months: int) -> None:
    found = month_after(FIRST, months)
    assert (found.year * 12 + found.month) - (FIRST.year * 12 + FIRST.month) == months


def queue(**changes: float) -> Capacity:
    known = {"assessors": 4, "assessments_a_week": 2.5, "arrivals": (40.0,) * 12, "waiting": 60, **changes}
    return Capacity(**known)  # type: ignore[arg-type]


def test_one_more_assessor_shortens_the_queue() -> None:
    as_is, more = simulate(queue()), simulate(queue(assessors=5))
    assert more.waiting[-1] < as_is.waiting[-1]
    assert more.median_weeks[-1] <= as_is.median_weeks[-1]


def test_direct_provision_takes_people_out_of_the_queue() -> None:
    assert simulate(queue(direct_share=0.3)).waiting[-1] < simulate(queue()).waiting[-1]


def test_more_than_can_be_done_grows_by_the_difference() -> None:
    # 4 x 2.5 a week is 43.3 a month; 60 a month come: some 16.7 more wait each month.
    found = simulate(queue(arrivals=(60.0,) * 12, waiting=0))
    assert found.waiting[-1] == pytest.approx(12 * 16.7, rel=0.25)


@settings(max_examples=10, deadline=None)
@given(waiting=st.integers(0, 100), assessors=st.integers(1, 8))
def test_a_queue_is_never_negative_and_the_same_each_time(waiting: int, assessors: int) -> None:
    one = queue(waiting=waiting, assessors=assessors, arrivals=(10.0, 10.0))
    found = simulate(one)
    assert min(found.waiting) >= 0
    assert simulate(one) == found


def test_a_short_history_is_tried_on_what_it_has() -> None:
    short = forecast(FIRST, seasonal(LEAST), 12)
    assert short.test.of == LEAST - 12
    assert forecast(FIRST, seasonal(30), 12).test.of == 12
    assert len(short.ahead) == 12
    assert all(one.low95 <= one.low80 <= one.expected <= one.high80 <= one.high95 for one in short.ahead)
