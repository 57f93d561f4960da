"""Reads and writes of indicators: no judgement, no arithmetic."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text

from app.kernel.database import Session
from app.kernel.problems import NotFound

_INDICATOR: Final = (
    "i.id, i.title, i.measure_key, i.measure_version, i.figure, i.better, i.scope, i.scope_value, i.baseline,"
    " i.baseline_told, u.name AS officer, i.ended_at, e.name AS ended_by, i.ended_because"
)
_PEOPLE: Final = "JOIN users u ON u.id = i.officer_id LEFT JOIN users e ON e.id = i.ended_by"
_COLUMNS: Final = f"{_INDICATOR}, t.year, t.target, t.trajectory, t.version AS target_version"
_FROM: Final = f"FROM indicators i {_PEOPLE} JOIN indicator_targets t ON t.indicator_id = i.id"
_ALL = text(f"SELECT {_COLUMNS} {_FROM} WHERE t.year = :year AND i.ended_at IS NULL ORDER BY i.id")
_WRITINGS: Final = text(
    "SELECT (SELECT coalesce(sum(t.version), 0) FROM indicator_targets t WHERE t.indicator_id = :id)"
    " + (SELECT coalesce(sum(q.version), 0) FROM indicator_quarters q WHERE q.indicator_id = :id)"
)
_WITHDRAWN = text(f"SELECT {_COLUMNS} {_FROM} WHERE t.year = :year AND i.ended_at IS NOT NULL ORDER BY i.id")
_WITHOUT = text(
    """
    SELECT i.id, i.title, i.scope, i.scope_value FROM indicators i
     WHERE i.ended_at IS NULL
       AND EXISTS (SELECT FROM indicator_targets t WHERE t.indicator_id = i.id AND t.year < :year)
       AND NOT EXISTS (SELECT FROM indicator_targets t WHERE t.indicator_id = i.id AND t.year = :year)
     ORDER BY i.id
    """
)
_ONE = text(f"SELECT {_COLUMNS} {_FROM} WHERE i.id = :id AND t.year = :year")
_FIND = text(f"SELECT {_INDICATOR} FROM indicators i {_PEOPLE} WHERE i.id = :id")
_FOLLOWED = text(
    """
    SELECT title FROM indicators
     WHERE measure_key = :measure_key AND measure_version = :measure_version AND figure = :figure AND scope = :scope
       AND scope_value IS NOT DISTINCT FROM :scope_value AND ended_at IS NULL
    """
)
_AIMS = text(
    """
    SELECT t.year, t.target, t.trajectory, t.version, t.set_at, u.name AS set_by,
           EXISTS (SELECT FROM indicator_quarters q WHERE q.indicator_id = t.indicator_id AND q.year = t.year
                                                      AND q.signed_off_at IS NOT NULL) AS signed
      FROM indicator_targets t JOIN users u ON u.id = t.set_by WHERE t.indicator_id = :id ORDER BY t.year
    """
)
_QUARTERS = text(
    """
    SELECT q.*, u.name AS signer, w.name AS writer
      FROM indicator_quarters q JOIN users w ON w.id = q.written_by LEFT JOIN users u ON u.id = q.signed_off_by
     WHERE q.indicator_id = ANY (:ids) AND q.year = :year
    """
)
_LOCALITIES = text(
    "SELECT DISTINCT split_part(postcode, ' ', 1) AS name FROM homes WHERE postcode IS NOT NULL ORDER BY name"
)
_ORGANISATIONS = text("SELECT name FROM organisations ORDER BY name")
_NEW = text(
    """
    INSERT INTO indicators (title, measure_key, measure_version, figure, better, scope, scope_value, officer_id,
                            baseline, baseline_told, set_by, set_at)
    VALUES (:title, :measure_key, :measure_version, :figure, :better, :scope, :scope_value, :officer_id, :baseline,
            :baseline_told, :by, :at) RETURNING id
    """
)
_TARGET = text(
    """
    INSERT INTO indicator_targets (indicator_id, year, target, trajectory, set_by, set_at)
    VALUES (:id, :year, :target, :trajectory, :by, :at)
    ON CONFLICT (indicator_id, year) DO UPDATE SET target = excluded.target, trajectory = excluded.trajectory,
      set_by = excluded.set_by, set_at = excluded.set_at, version = indicator_targets.version + 1
    """
)
_SAID = text(
    """
    INSERT INTO indicator_quarters (indicator_id, year, quarter, commentary, judged, judged_because, written_by,
                                    written_at)
    VALUES (:id, :year, :quarter, :commentary, :judged, :judged_because, :by, :at)
    ON CONFLICT (indicator_id, year, quarter) DO UPDATE SET commentary = excluded.commentary, judged = excluded.judged,
      judged_because = excluded.judged_because, written_by = excluded.written_by, written_at = excluded.written_at,
      version = indicator_quarters.version + 1
    """
)
_SIGNED = text(
    """
    INSERT INTO indicator_quarters (indicator_id, year, quarter, written_by, written_at, signed_off_by, signed_off_at,
                                    value, counted, ruled, ruled_because, definition, trajectory)
    VALUES (:id, :year, :quarter, :by, :at, :by, :at,
            :value, :counted, :ruled, :ruled_because, :definition, :trajectory)
    ON CONFLICT (indicator_id, year, quarter) DO UPDATE SET signed_off_by = excluded.signed_off_by,
      signed_off_at = excluded.signed_off_at, value = excluded.value, counted = excluded.counted,
      ruled = excluded.ruled, ruled_because = excluded.ruled_because, definition = excluded.definition,
      trajectory = excluded.trajectory
    """
)
_WITHDRAW = text("UPDATE indicators SET ended_at = :at, ended_by = :by, ended_because = :because WHERE id = :id")
_OFFICER = text("SELECT id FROM users WHERE lower(email) = lower(:email) AND active")
# Two who sign off at once: the second waits, and then finds it done.
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


async def find(session: Session, indicator_id: int) -> Row[Any]:
    """One indicator, whatever targets it has. Raises NotFound."""
    found = (await session.execute(_FIND, {"id": indicator_id})).one_or_none()
    if found is None:
        raise NotFound("There is no such indicator.")
    return found


async def aims(session: Session, indicator_id: int) -> dict[int, Row[Any]]:
    """Its targets by year, the earliest first, each with whether any of its quarters has been signed off."""
    return {row.year: row for row in (await session.execute(_AIMS, {"id": indicator_id})).all()}


async def without(session: Session, year: int) -> Sequence[Row[Any]]:
    """Indicators that are followed from an earlier year and have no target in this one."""
    return (await session.execute(_WITHOUT, {"year": year})).all()


async def withdrawn(session: Session, year: int) -> Sequence[Row[Any]]:
    """Indicators that were withdrawn, with a target in a year."""
    return (await session.execute(_WITHDRAWN, {"year": year})).all()


async def followed(session: Session, values: dict[str, Any]) -> str | None:
    """The title of the indicator that follows this figure of this scope already."""
    found: str | None = await session.scalar(_FOLLOWED, values)
    return found


async def localities(session: Session) -> list[str]:
    """The beginnings of the postcodes of all homes."""
    return list(await session.scalars(_LOCALITIES))


async def organisations(session: Session) -> list[str]:
    """The names of all organisations."""
    return list(await session.scalars(_ORGANISATIONS))


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


async def wait(session: Session, indicator_id: int = 0) -> None:
    """Wait for whoever writes about this indicator; without a number, for whoever sets a new one."""
    await session.execute(_LOCK_INDICATOR, {"id": indicator_id})


async def writings(session: Session, indicator_id: int) -> int:
    """How often something was aimed at or said, in all years."""
    number: int = await session.scalar(_WRITINGS, {"id": indicator_id})
    return number


async def withdraw(session: Session, values: dict[str, Any]) -> None:
    """Write down that an indicator is not followed any more."""
    await session.execute(_WITHDRAW, values)


async def say(session: Session, values: dict[str, Any]) -> None:
    """Write down what is said of a quarter."""
    await session.execute(_SAID, values)


async def sign(session: Session, values: dict[str, Any]) -> None:
    """Write a quarter down for good."""
    await session.execute(_SIGNED, values)
