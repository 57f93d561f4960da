"""Reads and writes of indicators: no judgement, no arithmetic."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text

from app.kernel.database import Session
from app.kernel.problems import NotFound

_COLUMNS: Final = (
    "i.id, i.title, i.measure_key, i.measure_version, i.figure, i.better, i.scope, i.scope_value, i.baseline,"
    " i.baseline_told, u.name AS officer, t.year, t.target, t.trajectory"
)
_FROM: Final = "FROM indicators i JOIN users u ON u.id = i.officer_id JOIN indicator_targets t ON t.indicator_id = i.id"
_ALL = text(f"SELECT {_COLUMNS} {_FROM} WHERE t.year = :year AND i.ended_at IS NULL ORDER BY i.id")
_ONE = text(f"SELECT {_COLUMNS} {_FROM} WHERE i.id = :id AND t.year = :year")
_YEARS = text("SELECT year FROM indicator_targets WHERE indicator_id = :id ORDER BY year DESC")
_QUARTERS = text(
    """
    SELECT q.*, u.name AS signer FROM indicator_quarters q LEFT JOIN users u ON u.id = q.signed_off_by
     WHERE q.indicator_id = ANY (:ids) AND q.year = :year
    """
)
_NEW = text(
    """
    INSERT INTO indicators (title, measure_key, measure_version, figure, better, scope, scope_value, officer_id,
                            baseline, baseline_told, set_by)
    VALUES (:title, :measure_key, :measure_version, :figure, :better, :scope, :scope_value, :officer_id, :baseline,
            :baseline_told, :set_by) RETURNING id
    """
)
_TARGET = text(
    """
    INSERT INTO indicator_targets (indicator_id, year, target, trajectory, set_by)
    VALUES (:id, :year, :target, :trajectory, :set_by)
    ON CONFLICT (indicator_id, year) DO UPDATE SET target = excluded.target, trajectory = excluded.trajectory,
      set_by = excluded.set_by, set_at = now()
    """
)
_SAID = text(
    """
    INSERT INTO indicator_quarters (indicator_id, year, quarter, commentary, judged, judged_because, written_by)
    VALUES (:id, :year, :quarter, :commentary, :judged, :judged_because, :by)
    ON CONFLICT (indicator_id, year, quarter) DO UPDATE SET commentary = excluded.commentary, judged = excluded.judged,
      judged_because = excluded.judged_because, written_by = excluded.written_by, written_at = now()
    """
)
_SIGNED = text(
    """
    INSERT INTO indicator_quarters (indicator_id, year, quarter, written_by, signed_off_by, signed_off_at, value,
                                    counted, ruled, ruled_because, definition, trajectory)
    VALUES (:id, :year, :quarter, :by, :by, :at, :value, :counted, :ruled, :ruled_because, :definition, :trajectory)
    ON CONFLICT (indicator_id, year, quarter) DO UPDATE SET signed_off_by = excluded.signed_off_by,
      signed_off_at = excluded.signed_off_at, value = excluded.value, counted = excluded.counted,
      ruled = excluded.ruled, ruled_because = excluded.ruled_because, definition = excluded.definition,
      trajectory = excluded.trajectory
    """
)
_OFFICER = text("SELECT id FROM users WHERE lower(email) = lower(:email) AND active")
# Two who sign off at once: the second waits, and then finds it done.
_LOCK = text(
    "SELECT signed_off_at FROM indicator_quarters WHERE indicator_id = :id AND year = :year AND quarter = :quarter"
    " FOR UPDATE"
)
_LOCK_INDICATOR = text("SELECT pg_advisory_xact_lock(hashtextextended('indicator', :id))")


async def all_of(session: Session, year: int) -> Sequence[Row[Any]]:
    """Every indicator with a target in a year."""
    return (await session.execute(_ALL, {"year": year})).all()


async def one(session: Session, indicator_id: int, year: int) -> Row[Any]:
    """One indicator in a year. Raises NotFound."""
    found = (await session.execute(_ONE, {"id": indicator_id, "year": year})).one_or_none()
    if found is None:
        raise NotFound("There is no such indicator, or it has no target in this year.")
    return found


async def years(session: Session, indicator_id: int) -> list[int]:
    """The years in which it has a target, the newest first."""
    return list(await session.scalars(_YEARS, {"id": indicator_id}))


async def quarters(session: Session, ids: Sequence[int], year: int) -> dict[tuple[int, int], Row[Any]]:
    """What has been said of quarters, by indicator and quarter."""
    rows = (await session.execute(_QUARTERS, {"ids": list(ids), "year": year})).all()
    return {(row.indicator_id, row.quarter): row for row in rows}


async def officer(session: Session, email: str) -> int | None:
    """The number of an active user."""
    found: int | None = await session.scalar(_OFFICER, {"email": email})
    return found


async def add(session: Session, values: dict[str, Any]) -> int:
    """Write an indicator down; its number."""
    return int((await session.execute(_NEW, values)).scalar_one())


async def set_target(session: Session, values: dict[str, Any]) -> None:
    """Write a year's target down, or anew."""
    await session.execute(_TARGET, values)


async def lock(session: Session, indicator_id: int, year: int, quarter: int) -> bool:
    """Wait for whoever writes about this indicator; whether its quarter has been signed off."""
    await session.execute(_LOCK_INDICATOR, {"id": indicator_id})
    return await session.scalar(_LOCK, {"id": indicator_id, "year": year, "quarter": quarter}) is not None


async def say(session: Session, values: dict[str, Any]) -> None:
    """Write down what is said of a quarter."""
    await session.execute(_SAID, values)


async def sign(session: Session, values: dict[str, Any]) -> None:
    """Write a quarter down for good."""
    await session.execute(_SIGNED, values)
