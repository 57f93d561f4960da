from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import LONDON, Clock, SystemClock, local_date, noon


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 6, 30, 22, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 23, 0, tzinfo=UTC), date(2025, 7, 1)),  # British summer time is an hour ahead
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 7, 1, 3, 0, tzinfo=timezone(timedelta(hours=5))), date(2025, 6, 30)),
    ],
)
def test_a_moment_falls_on_the_day_that_people_in_london_call_it(moment: datetime, day: date) -> None:
    assert local_date(moment, LONDON) == day


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its time zone"):
        local_date(datetime(2025, 6, 30, 23, 0), LONDON)


@given(st.dates(min_value=date(1970, 1, 2), max_value=date(2100, 1, 1)))
def test_noon_is_on_its_own_day_in_london_and_in_utc(day: date) -> None:
    moment = noon(day, LONDON)
    assert local_date(moment, LONDON) == day
    assert local_date(moment, ZoneInfo("UTC")) == day
    assert (moment.hour, moment.minute) == (12, 0)


def test_noon_is_an_hour_earlier_in_utc_in_summer() -> None:
    assert noon(date(2025, 7, 1), LONDON) == datetime(2025, 7, 1, 11, 0, tzinfo=UTC)


def test_the_systems_clock_tells_the_time_in_utc_and_does_not_run_backwards() -> None:
    clock: Clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second
