"""Calendars as rows count as the calendars themselves do."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.calendars import Calendar
from app.reports.calendar_sync import ORIGIN, calendar_rows, sync_calendars
from tests.support.service import Service

pytestmark = pytest.mark.database

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2045, 12, 31))
COUNT = text(
    """
    SELECT coalesce(b.working_index, weekdays_through(w.until)) - coalesce(a.working_index, weekdays_through(w.since))
      FROM (SELECT CAST(:since AS date) AS since, CAST(:until AS date) AS until) w
      LEFT JOIN calendar_days a ON a.calendar_key = :key AND a.day = w.since
      LEFT JOIN calendar_days b ON b.calendar_key = :key AND b.day = w.until
    """
)


@given(one=days, other=days, key=st.sampled_from(["scotland", "england"]))
@settings(max_examples=60, deadline=None)
async def test_a_difference_of_indexes_is_a_count_of_working_days(
    counting: Service, calendars: dict[str, Calendar], one: date, other: date, key: str
) -> None:
    since, until = sorted((one, other))
    async with counting.owner.transaction() as session:
        counted = await session.scalar(COUNT, {"since": since, "until": until, "key": key})
    assert counted == calendars[key].working_days(since, until)


@given(day=st.dates())
@settings(max_examples=60, deadline=None)
async def test_weekdays_before_every_calendar_are_counted_alike_in_sql(counting: Service, day: date) -> None:
    plain = Calendar(key="plain", title="Plain", closed_days=frozenset(), source="made up")
    async with counting.owner.transaction() as session:
        counted = await session.scalar(text("SELECT weekdays_through(:day)"), {"day": day})
    assert counted == plain.working_days(ORIGIN, day)


async def test_writing_the_calendars_again_writes_nothing(
    fresh_service: Service, calendars: dict[str, Calendar]
) -> None:
    async with fresh_service.owner.transaction() as session:
        assert set(await sync_calendars(session, calendars)) == set(calendars)
        assert await sync_calendars(session, calendars) == ()


async def test_a_local_day_changes_its_own_calendar_only(
    fresh_service: Service, calendars: dict[str, Calendar]
) -> None:
    local_day = text("INSERT INTO local_days VALUES ('scotland', '2026-09-21', true, 'Autumn holiday')")
    async with fresh_service.owner.transaction() as session:
        await sync_calendars(session, calendars)
        await session.execute(local_day)
        assert await sync_calendars(session, calendars) == ("scotland",)
        asked = {"since": date(2026, 9, 18), "until": date(2026, 9, 22)}
        counted = [await session.scalar(COUNT, asked | {"key": key}) for key in ("scotland", "england")]
    assert counted == [1, 2]


def test_a_calendar_that_closes_earlier_than_2005_begins_there() -> None:
    early = Calendar(key="early", title="Early", closed_days=frozenset({date(1999, 12, 31)}), source="made up")
    rows = calendar_rows(early)
    assert rows[0] == (date(1999, 12, 31), False, early.working_days(ORIGIN, date(1999, 12, 31)))
    assert rows[-1][0] == date(2045, 12, 31)
