"""Indicators as they stand: each quarter's figure from its measure, judged by the rule, or as it was signed off."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

import orjson
from sqlalchemy import Row

from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports import target_store
from app.reports.measuring.running import Question, figures
from app.reports.periods import financial_year
from app.reports.runner import Surroundings
from app.reports.target_rules import RULE, Standing, judge
from app.reports.target_schemas import IndicatorList, IndicatorOut, QuarterOut, Untargeted, WithdrawnIndicator, adds_up


async def show_list(session: Session, year: int, *, keeper: Timekeeper, now: datetime) -> IndicatorList:
    """Every indicator of a year, those without a target in it, and those withdrawn."""
    rows = await target_store.all_of(session, year)
    said = await target_store.quarters(session, [row.id for row in rows], year)
    items = [await _shown(session, row, said, keeper=keeper, today=keeper.day(now)) for row in rows]
    without = [
        Untargeted.model_validate(row, from_attributes=True) for row in await target_store.without(session, year)
    ]
    gone = [_withdrawn(row) for row in await target_store.withdrawn(session, year)]
    return IndicatorList(year=year, rule=RULE, items=items, without_target=without, withdrawn=gone)


async def show_withdrawn(session: Session, indicator_id: int) -> WithdrawnIndicator:
    """An indicator that was withdrawn: by whom, when and why. Raises NotFound."""
    return _withdrawn(await target_store.find(session, indicator_id))


def _withdrawn(row: Row[Any]) -> WithdrawnIndicator:
    return WithdrawnIndicator(
        id=row.id, title=row.title, scope=row.scope, scope_value=row.scope_value, withdrawn_at=row.ended_at,
        withdrawn_by=row.ended_by, withdrawn_because=row.ended_because,
    )  # fmt: skip


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
    words = measure.words() if measure is not None else "The measure of this indicator is no longer there."
    grows = adds_up(row.figure)
    previous = Decimal(0) if grows else counted.get(_BEFORE, (Decimal(row.baseline), 0))[0]
    quarters: list[QuarterOut] = []
    for quarter in range(1, 5):
        period = financial_year(row.year, quarter)
        assert period.first is not None
        assert period.last is not None
        final = said.get((row.id, quarter))
        if final is not None and final.signed_off_at is not None:
            one = _final(final, quarter)
        else:
            begun = period.first <= today
            standing = Standing(
                value=counted.get(quarter, NOTHING)[0] if begun and measure is not None else None,
                previous=previous,
                trajectory=row.trajectory[quarter - 1],
                target=row.target,
                quarter=quarter,
                better=row.better,
                adds_up=grows,
                so_far=today <= period.last,
            )
            number = counted.get(quarter, NOTHING)[1] if begun else None
            one = _open(final, quarter, number, standing, begun=begun, so_far=begun and today <= period.last)
        quarters.append(one.model_copy(update={"shown": _fingerprint(one, row, words)}))
        previous = one.value
    return IndicatorOut(
        id=row.id, title=row.title, measure=f"{row.measure_key}/{row.measure_version}", figure=row.figure,
        better=row.better, scope=row.scope, scope_value=row.scope_value, officer=row.officer, baseline=row.baseline,
        baseline_told=row.baseline_told, year=row.year, target=row.target, target_version=row.target_version,
        definition=words, rule=RULE, withdrawn_at=row.ended_at, withdrawn_by=row.ended_by,
        withdrawn_because=row.ended_because, quarters=quarters,
    )  # fmt: skip


def _fingerprint(one: QuarterOut, row: Row[Any], words: str) -> str:
    """What stands for all that is told of a quarter, so that nothing else is signed off than what was shown."""
    told = [one.model_dump(mode="json", exclude={"shown", "so_far"}), str(row.target), words, RULE]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()[:32]


def _final(final: Row[Any], quarter: int) -> QuarterOut:
    return QuarterOut(
        quarter=quarter, value=final.value, counted=final.counted, trajectory=final.trajectory, ruled=final.ruled,
        ruled_because=final.ruled_because, rag=final.judged or final.ruled, **_said(final),
        signed_off_at=final.signed_off_at, signed_off_by=final.signer, begun=True, so_far=False, shown="",
    )  # fmt: skip


def _open(
    said: Row[Any] | None, quarter: int, counted: int | None, standing: Standing, *, begun: bool, so_far: bool
) -> QuarterOut:
    ruled = judge(standing)
    because = "This quarter has not begun." if not begun else ruled.because
    told = _said(said)
    return QuarterOut(
        quarter=quarter, value=standing.value, counted=counted, trajectory=standing.trajectory, ruled=ruled.rag,
        ruled_because=because, rag=told["judged"] or ruled.rag, **told, signed_off_at=None, signed_off_by=None,
        begun=begun, so_far=so_far, shown="",
    )  # fmt: skip


def _said(said: Row[Any] | None) -> dict[str, Any]:
    """What people have said of a quarter, and who wrote it last."""
    if said is None:
        nothing = ("judged", "judged_because", "commentary", "written_by", "written_at")
        return {**dict.fromkeys(nothing), "version": 0}
    return {
        "judged": said.judged, "judged_because": said.judged_because, "commentary": said.commentary,
        "version": said.version, "written_by": said.writer, "written_at": said.written_at,
    }  # fmt: skip


Value = tuple[Decimal | None, int]


async def _values_of(
    session: Session, row: Row[Any], measure: Measure, *, keeper: Timekeeper, today: date
) -> dict[int, Value]:
    """Each quarter's figure from the measure, and of how many it is; quarters with nothing in them are left out.

    `_BEFORE` is the last quarter of the year before: how it went is told by the quarter before, in April too.

    A number of cases is that of the year until the quarter's end.
    """
    year = financial_year(row.year)
    narrowed = {row.scope: row.scope_value} if row.scope != "partnership" else {}
    before = financial_year(row.year - 1, 4)
    values = {"completed_from": before.first, "completed_to": year.last, **narrowed}
    rows = await figures(session, measure, Question("quarter", values=values), Surroundings.of(keeper, today).values())
    found = {_quarter(told["group"], year.key): told for told in rows if told["completed"]}
    if not adds_up(row.figure):
        return {quarter: _figure(told, row.figure) for quarter, told in found.items()}
    numbers = {quarter: told["completed"] for quarter, told in found.items()}
    totals = accumulate(numbers.get(quarter, 0) for quarter in range(1, 5))
    return {quarter: (Decimal(total), total) for quarter, total in enumerate(totals, 1)}


_BEFORE: Final = 0


def _quarter(group: str, year: str) -> int:
    named, _, quarter = group.partition(" Q")
    return int(quarter) if named == year else _BEFORE


NOTHING: Final[Value] = (None, 0)


def _figure(told: Mapping[str, Any], figure: str) -> Value:
    if figure == "percent_within_target":
        of = told["with_target"]
        value = 100 * told["within_target"] / of if of else None
    else:
        value = told[figure]
    counted = told["with_target"] if figure == "percent_within_target" else told["completed"]
    return (None if value is None else Decimal(str(value)).quantize(Decimal("0.01")), counted)
