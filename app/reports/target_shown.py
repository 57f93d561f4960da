"""Indicators as they stand: each quarter's figure from its measure, judged by the rule, or as it was signed off."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports import target_store
from app.reports.measuring.running import Question, figures
from app.reports.periods import financial_year
from app.reports.runner import Surroundings
from app.reports.target_rules import RULE, Standing, judge
from app.reports.target_schemas import IndicatorOut, QuarterOut


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
    counted = await _values_of(session, row, measure, keeper=keeper, today=today) if measure is not None else {}
    previous: Decimal | None = Decimal(row.baseline)
    quarters: list[QuarterOut] = []
    for quarter in range(1, 5):
        period = financial_year(row.year, quarter)
        assert period.first is not None
        final = said.get((row.id, quarter))
        if final is not None and final.signed_off_at is not None:
            quarters.append(_final(final, quarter))
        else:
            begun = period.first <= today
            standing = Standing(
                value=counted.get(quarter, _nothing(row.figure))[0] if begun and measure is not None else None,
                previous=previous,
                trajectory=row.trajectory[quarter - 1],
                target=row.target,
                quarter=quarter,
                better=row.better,
            )
            number = counted.get(quarter, _nothing(row.figure))[1] if begun else None
            quarters.append(_open(final, quarter, number, standing, begun=begun))
        previous = quarters[-1].value
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


def _open(said: Row[Any] | None, quarter: int, counted: int | None, standing: Standing, *, begun: bool) -> QuarterOut:
    ruled = judge(standing)
    judged = said.judged if said is not None else None
    because = "This quarter has not begun." if not begun else ruled.because
    return QuarterOut(
        quarter=quarter, value=standing.value, counted=counted, trajectory=standing.trajectory, ruled=ruled.rag,
        ruled_because=because, rag=judged or ruled.rag, judged_because=said.judged_because if said else None,
        commentary=said.commentary if said else None, signed_off_at=None, signed_off_by=None, begun=begun,
    )  # fmt: skip


Value = tuple[Decimal | None, int]


async def _values_of(
    session: Session, row: Row[Any], measure: Measure, *, keeper: Timekeeper, today: date
) -> dict[int, Value]:
    """Each quarter's figure from the measure, and of how many it is; quarters with nothing in them are left out."""
    year = financial_year(row.year)
    narrowed = {row.scope: row.scope_value} if row.scope != "partnership" else {}
    values = {"completed_from": year.first, "completed_to": year.last, **narrowed}
    rows = await figures(session, measure, Question("quarter", values=values), Surroundings.of(keeper, today).values())
    return {int(told["group"][-1]): _figure(told, row.figure) for told in rows if told["completed"]}


def _nothing(figure: str) -> Value:
    return (Decimal(0) if figure == "completed" else None, 0)


def _figure(told: Mapping[str, Any], figure: str) -> Value:
    if figure == "percent_within_target":
        of = told["with_target"]
        value = 100 * told["within_target"] / of if of else None
    else:
        value = told[figure]
    return (None if value is None else Decimal(str(value)).quantize(Decimal("0.01")), told["completed"])
