from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.cells import Number
from app.imports.dates import IN_THE_FUTURE, NOT_A_DATE, NOT_A_MONTH, NOT_A_REAL_DAY, NotADay, parse_day

TODAY = date(2026, 11, 17)
THIRD_OF_FEBRUARY = date(2025, 2, 3)
WAYS_TO_WRITE = (
    "{d:%d/%m/%Y}", "{d:%d/%m/%y}", "{d:%d-%m-%Y}", "{d:%d-%m-%y}", "{d:%d.%m.%Y}", "{d:%Y-%m-%d}", "{d:%Y/%m/%d}",
    "{d.day}/{d.month}/{d:%Y}", "{d.day} {d:%b} {d:%Y}", "{d.day} {d:%B} {d:%Y}", "{d:%d-%b-%y}", "{d:%d-%b-%Y}",
    "{d:%d%b%Y}", "{d:%a %d %b %Y}", "{d:%A}, {d.day} {d:%B} {d:%Y}", "{d:%Y-%m-%dT00:00:00}", "{d:%Y-%m-%d} 09:30",
    "{d:%Y-%m-%dT10:11:12.345Z}", "{d:%Y-%m-%d 23:59:59+01:00}", "{d:%d/%m/%Y} 00:00:00", "{d:%d/%m/%Y} 9:15 AM", " {d:%d/%m/%Y} ",
)  # fmt: skip


def message_for(cell, today=TODAY):
    with pytest.raises(NotADay) as wrong:
        parse_day(cell, today=today)
    return wrong.value.message


@given(day=st.dates(date(2000, 1, 1), TODAY), way=st.sampled_from(WAYS_TO_WRITE))
def test_a_day_is_read_however_it_is_written(day, way):
    assert parse_day(way.format(d=day), today=TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "3rd February 2025",
        "3 FEB 2025",
        "03 feb. 2025",
        "3 Feb, 2025",
        "3/ 2/ 2025",
        "03\u00a0Feb\u00a02025",
    ],
)
def test_ordinals_capitals_and_odd_spaces_do_not_matter(text):
    assert parse_day(text, today=TODAY) == THIRD_OF_FEBRUARY


def test_september_is_also_sept():
    assert parse_day("1 Sept 2025", today=TODAY) == date(2025, 9, 1)


def test_the_day_comes_first_even_where_another_order_would_be_possible():
    assert parse_day("01/02/2025", today=TODAY) == date(2025, 2, 1)


def test_two_figures_of_a_year_are_of_this_century():
    assert parse_day("03/02/05", today=TODAY) == date(2005, 2, 3)
    assert message_for("17/09/37") == IN_THE_FUTURE


@pytest.mark.parametrize(
    "cell", [datetime(2025, 2, 3, 23, 59), THIRD_OF_FEBRUARY, Number(45691.0), Number(45691.4), "45691", "45691.5"]
)
def test_excels_own_dates_are_dates(cell):
    assert parse_day(cell, today=TODAY) == THIRD_OF_FEBRUARY


@pytest.mark.parametrize(
    "text", ["31/02/2025", "29/02/2025", "31-04-2024", "2025-02-30", "31 Feb 2025", "00/01/2025", "1/1/0000"]
)
def test_a_day_that_its_month_does_not_have_is_told_as_such(text):
    assert message_for(text) == NOT_A_REAL_DAY


@pytest.mark.parametrize("text", ["02/13/2025", "2025-13-01", "01/00/2025"])
def test_a_month_that_does_not_exist_is_told_as_such(text):
    assert message_for(text) == NOT_A_MONTH


@pytest.mark.parametrize(
    "cell",
    ["soon", "n/k", "TBC", "-", "2025", "Feb 2025", "Feb 3, 2025", "3 Fev 2025", "03/02", "03/02-2025", "20250203", "3 Feb 2025?",
     "1234567", "03/02/202", "٠٣/٠٢/٢٠٢٥", "31/31/31/31", Number(2025.0), Number(-1.0), "#N/A", "2025-W05-1", "x" * 40_000],
)  # fmt: skip
def test_what_is_no_date_is_told_as_such(cell):
    assert message_for(cell) == NOT_A_DATE


def test_today_has_come_and_tomorrow_has_not():
    assert parse_day("17/11/2026", today=TODAY) == TODAY
    assert message_for("18/11/2026") == IN_THE_FUTURE
    assert message_for(datetime(2099, 4, 1)) == IN_THE_FUTURE
    assert message_for("01/04/2099") == IN_THE_FUTURE


@given(cell=st.text() | st.floats(allow_nan=False).map(Number) | st.dates() | st.datetimes())
def test_any_cell_is_either_a_past_day_or_told_why_not(cell):
    try:
        day = parse_day(cell, today=TODAY)
    except NotADay as wrong:
        told = wrong.message
    else:
        told = "" if type(day) is date and day <= TODAY else None
    assert told in {"", NOT_A_DATE, NOT_A_MONTH, NOT_A_REAL_DAY, IN_THE_FUTURE}


def test_no_message_repeats_what_may_be_a_date_of_birth():
    assert "1937" not in message_for("31/02/1937")
