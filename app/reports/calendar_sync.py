"""Writes the calendars as rows, so that reports count working days in SQL exactly as the code does."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import text

from app.kernel.calendars import Calendar
from app.kernel.database import Session

FIRST, LAST = date(2005, 1, 1), date(2045, 12, 31)
ORIGIN = date.min
"""A Monday. `working_index` counts the working days after it, up to and including the day."""

_LOCAL = text("SELECT calendar_key, day, closed FROM local_days")
_KNOWN = text("SELECT day, working, working_index FROM calendar_days WHERE calendar_key = :key ORDER BY day")
_FORGET = text("DELETE FROM calendar_days WHERE calendar_key = :key")
_WRITE = text(
    """
    INSERT INTO calendar_days (calendar_key, day, working, working_index)
    SELECT :key, * FROM unnest(CAST(:days AS date[]), CAST(:working AS boolean[]), CAST(:indexes AS integer[]))
    """
)
_INVALID = (
    text("DELETE FROM report_state WHERE measure <> 'calendars'"),
    # Who is counting meanwhile sees by this that they began in another calendar.
    text(
        "INSERT INTO report_state (measure, journal_id) VALUES ('calendars', 1)"
        " ON CONFLICT (measure)"
        " DO UPDATE SET journal_id = report_state.journal_id + 1, refreshed_at = clock_timestamp()"
    ),
)
_LOCK = text("LOCK TABLE calendar_days IN SHARE ROW EXCLUSIVE MODE")

Row = tuple[date, bool, int]


async def sync_calendars(session: Session, calendars: Mapping[str, Calendar]) -> tuple[str, ...]:
    """Write each calendar's days with the partnership's local days in them; returns the keys that were rewritten.

    `session` is the schema owner's. What is right already is left alone, so running it again writes nothing. A calendar
    that is no longer given keeps its rows, because older cases may have been counted in it.
    """
    await session.execute(_LOCK)
    local = (await session.execute(_LOCAL)).all()
    rewritten = []
    for key, calendar in calendars.items():
        added = [row.day for row in local if row.calendar_key == key and row.closed]
        removed = [row.day for row in local if row.calendar_key == key and not row.closed]
        wanted = calendar_rows(calendar.with_local(added, removed))
        known = [tuple(row) for row in await session.execute(_KNOWN, {"key": key})]
        if known != wanted:
            await _rewrite(session, key, wanted)
            rewritten.append(key)
    if rewritten:
        # Units that are kept have days of the old calendar in them.
        for statement in _INVALID:
            await session.execute(statement)
    return tuple(rewritten)


def calendar_rows(calendar: Calendar) -> list[Row]:
    """Give each day from 2005, or from the first closed day before it, to 2045 or the last closed day after it.

    Before the first of them every weekday is a working day, which SQL's `weekdays_through` counts.
    """
    first, last = min({FIRST, *calendar.closed_days}), max({LAST, *calendar.closed_days})
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, calendar.is_working_day(day), calendar.working_days(ORIGIN, day)) for day in days]


async def _rewrite(session: Session, key: str, rows: Sequence[Row]) -> None:
    await session.execute(_FORGET, {"key": key})
    days, working, indexes = (list(column) for column in zip(*rows, strict=True))
    await session.execute(_WRITE, {"key": key, "days": days, "working": working, "indexes": indexes})
