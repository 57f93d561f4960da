"""Indicators as they stand: each quarter's figure from its measure, judged by the rule, or as it was signed off."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from app.access.actor import Actor
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import NotPermitted
from app.reports import target_store
from app.reports.measuring.running import Question, figures
from app.reports.periods import financial_year
from app.reports.runner import Surroundings
from app.reports.target_rules import RULE, Standing, judge
from app.reports.target_schemas import IndicatorOut, QuarterOut


def whole_sight(actor: Actor) -> None:
    """Let in who sees all cases: a target of the partnership is not judged by a part of it. Raises NotPermitted."""
    if not actor.sees_everything:
        raise NotPermitted("Targets are judged over all cases. This is for: whoever sees all cases.")


async def show_all(session: Session, year: int, *, keeper: Timekeeper, now: datetime) -> list[IndicatorOut]:
    """Every indicator of a year."""
    rows = await target_store.all_of(session, year)
    said = await target_store.quarters(session, [row.id for row in rows], year)
    return [await _shown(session, row, said, keeper=keeper, today=keeper.day(now)) for row in rows]


async def show_one(
    session: Session, indicator_id: int, year: int, *, keeper: Timekeeper, now: datetime
) -> IndicatorOut:
    """One indicator in a year. Raises NotFound."""
    row = await target_store.one(session, indicator_id, year)
    said = await target_store.quarters(session, [row.id], year)
    return await _shown(session, row, said, keeper=keeper, today=keeper.day(now))


async def _shown(
    session: Session, row: Row[Any], said: Mapping[tuple[int, int], Row[Any]], *, keeper: Timekeeper, today: date
) -> IndicatorOut:
    measure = keeper.pathways.measures.versions.get((row.measure_key, row.measure_version))
    values: list[tuple[Decimal | None, int | None]] = []
    quarters: list[QuarterOut] = []
    for quarter in range(1, 5):
        period = financial_year(row.year, quarter)
        assert period.first is not None
        begun = period.first <= today
        final = said.get((row.id, quarter))
        if final is not None and final.signed_off_at is not None:
            values.append((final.value, final.counted))
            quarters.append(_final(final, quarter))
            continue
        value = await value_of(session, row, quarter, keeper=keeper, today=today) if begun and measure else (None, None)
        values.append(value)
        standing = Standing(
            value=value[0],
            previous=values[-2][0] if len(values) > 1 else Decimal(row.baseline),
            trajectory=row.trajectory[quarter - 1],
            target=row.target,
            quarter=quarter,
            better=row.better,
        )
        quarters.append(_open(final, quarter, value, standing, begun=begun))
    words = measure.words() if measure is not None else "The measure of this indicator is no longer there."
    return IndicatorOut(
        id=row.id, title=row.title, measure=f"{row.measure_key}/{row.measure_version}", figure=row.figure,
        better=row.better, scope=row.scope, scope_value=row.scope_value, officer=row.officer, baseline=row.baseline,
        baseline_told=row.baseline_told, year=row.year, target=row.target, definition=words, rule=RULE,
        quarters=quarters,
    )  # fmt: skip


def _final(final: Row[Any], quarter: int) -> QuarterOut:
    return QuarterOut(
        quarter=quarter, value=final.value, counted=final.counted, trajectory=final.trajectory, ruled=final.ruled,
        ruled_because=final.ruled_because, rag=final.judged or final.ruled, judged_because=final.judged_because,
        commentary=final.commentary, signed_off_at=final.signed_off_at, signed_off_by=final.signer, begun=True,
    )  # fmt: skip


def _open(
    said: Row[Any] | None, quarter: int, value: tuple[Decimal | None, int | None], standing: Standing, *, begun: bool
) -> QuarterOut:
    ruled = judge(standing)
    judged = said.judged if said is not None else None
    because = "This quarter has not begun." if not begun else ruled.because
    return QuarterOut(
        quarter=quarter, value=value[0], counted=value[1], trajectory=standing.trajectory, ruled=ruled.rag,
        ruled_because=because, rag=judged or ruled.rag, judged_because=said.judged_because if said else None,
        commentary=said.commentary if said else None, signed_off_at=None, signed_off_by=None, begun=begun,
    )  # fmt: skip


async def value_of(
    session: Session, row: Row[Any], quarter: int, *, keeper: Timekeeper, today: date
) -> tuple[Decimal | None, int | None]:
    """A quarter's figure from its measure, and of how many it is. Raises nothing where there is nothing: None, 0."""
    measure = keeper.pathways.measures.versions[row.measure_key, row.measure_version]
    period = financial_year(row.year, quarter)
    narrowed = {row.scope: row.scope_value} if row.scope != "partnership" else {}
    values = {"completed_from": period.first, "completed_to": period.last, **narrowed}
    rows = await figures(session, measure, Question(values=values), Surroundings.of(keeper, today).values())
    return _figure(rows, row.figure)


def _figure(rows: Sequence[Mapping[str, Any]], figure: str) -> tuple[Decimal | None, int | None]:
    if not rows or not rows[0]["completed"]:
        return (Decimal(0), 0) if figure == "completed" else (None, 0)
    told = rows[0]
    if figure == "percent_within_target":
        of = told.get("with_target") or 0
        value = 100 * told["within_target"] / of if of else None
    else:
        value = told.get(figure)
    return (None if value is None else Decimal(str(value)).quantize(Decimal("0.01")), told["completed"])
