"""Answers about measures from what their kept units add up to: the same figures, from some hundreds of numbers.

Only whoever sees all cases is answered so, and only what tallies can tell: by tenure, tier or time, in whole months.
Everything else is counted from units, and gives the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import text

from app.kernel.database import Session, worked_out
from app.pathways.measures import Measure
from app.reports.measuring import from_tallies
from app.reports.measuring.compiler import FILTERS
from app.reports.measuring.from_tallies import Rows
from app.reports.measuring.groups import GROUPS
from app.reports.periods import month_of, twelve_months_to
from app.reports.statements import PLAN, last, parameters_of, part
from app.reports.summary import STAYS, Kept, kept_units, moved_since, summary_of

TOLD_BY: Final = frozenset({"none", "tenure", "tier", "month", "quarter", "year"})
_NARROWED: Final = frozenset({"tenure", "tier"})
_SEES: Final = text("SELECT door.sees_everything()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What tallies are asked for: by what, of which months, and which of their columns are told apart.

    `told_by` is whether tallies of all are read, or those by tenure, or those by tier.
    """

    by: str
    told_by: str
    whats: Sequence[str]
    months: tuple[date | None, date | None]
    values: Mapping[str, Any]
    apart: Sequence[str]


async def tallied(
    session: Session, measure: Measure, by: str, ending: str, values: Mapping[str, Any], known: Mapping[str, Any]
) -> Rows | None:
    """What a measure's ending says, from tallies; None where they cannot tell. `values` are the question's own."""
    told = _TOLD.get(ending)
    if told is None or measure.definition.kind != "interval" or measure.definition.limit is not None:
        return None
    if by not in told.by or any(values.get(name) is not None for name in _OTHERS):
        return None
    months = whole_months(values.get("completed_from"), values.get("completed_to"), known["today"])
    told_by = level({by, *told.apart}, values)
    if months is None or told_by is None:
        return None
    kept = await kept_units(session, summary_of(measure), values)
    if kept is None or not await session.scalar(_SEES):
        return None
    asked = Wanted(by=by, told_by=told_by, whats=told.whats, months=months, values=values, apart=told.apart)
    rows = await _read(session, kept, asked, known)
    return list(told.rows(rows, measure, values))


async def cumulative_flow(
    session: Session, values: Mapping[str, Any], known: Mapping[str, Any], stages: Mapping[tuple[str, str], str]
) -> Rows | None:
    """Cases in each group of stages as months ended, from tallies; None where they cannot tell."""
    last_day = min(values.get("happened_to") or known["today"], known["today"])
    months, told_by = whole_months(None, last_day, known["today"]), level((), values)
    if months is None or told_by is None or values.get("source") is not None:
        return None
    kept = await kept_units(session, STAYS, values)
    if kept is None or not await session.scalar(_SEES):
        return None
    asked = Wanted(
        by="none", told_by=told_by, whats=("entered", "left_behind"), months=months, values=values,
        apart=("month", "detail", "pathway_key"),
    )  # fmt: skip
    rows = await _read(session, kept, asked, known)
    first = min(values.get("happened_from") or twelve_months_to(last_day), last_day)
    return list(from_tallies.cumulative(rows, stages, first, last_day))


def whole_months(first: date | None, last_day: date | None, today: date) -> tuple[date | None, date | None] | None:
    """The first days of a period's first and last month; None where it is not of whole months.

    Nothing is after today, so a period that goes on until then has no end.
    """
    if first is not None and first.day != 1:
        return None
    if last_day is None or last_day >= today:
        return first, None
    after = last_day + timedelta(days=1)
    return (first, month_of(last_day)) if after.day == 1 else None


def level(apart: Iterable[str], values: Mapping[str, Any]) -> str | None:
    """Which tallies can tell it: of all, by tenure or by tier; None where it takes both."""
    needed = _NARROWED & {*apart, *(name for name in _NARROWED if values.get(name) is not None)}
    return None if len(needed) > 1 else next(iter(needed), "none")


async def _moved(session: Session, kept: Kept, known: Mapping[str, Any]) -> str:
    # A dashboard asks many things of one moment, and the same cases have moved in all of them.
    memo, name = worked_out(session), f"tallies of {kept.summary.name}"
    if name not in memo:
        memo[name] = orjson.dumps(await moved_since(session, kept, known)).decode()
    found: str = memo[name]
    return found


async def _read(session: Session, kept: Kept, asked: Wanted, known: Mapping[str, Any]) -> Rows:
    moved = await _moved(session, kept, known)
    apart = {name: _APART[name] for name in asked.apart}
    statement = text(
        f"WITH {part('working')},\n{last('tallies.read')}\n"
        f'SELECT {GROUPS[asked.by].value} AS "group", s.what, '
        + "".join(f"{value} AS {name}, " for name, value in apart.items())
        + "sum(s.number)::bigint AS number, sum(s.within_target)::bigint AS within_target,"
        " sum(s.with_target)::bigint AS with_target, sum(s.doubtful)::bigint AS doubtful"
        " FROM dated s CROSS JOIN LATERAL (SELECT s.tenure) c"
        f" GROUP BY {', '.join(str(place) for place in range(1, len(apart) + 3))} HAVING sum(s.number) <> 0"
        f" ORDER BY {', '.join(str(place) for place in range(1, len(apart) + 3))}"
    )
    values = {
        **known, "measure": kept.summary.name, "told_by": asked.told_by,
        "whats": list(asked.whats), "moved": moved, "from_month": asked.months[0], "to_month": asked.months[1],
        **{name: asked.values.get(name) for name in _NARROWED},
    }  # fmt: skip
    await session.execute(PLAN)
    found = await session.execute(statement, {name: values[name] for name in parameters_of(statement)})
    return [dict(row) for row in found.mappings()]


_APART: Final[Mapping[str, str]] = {
    "days": "s.days", "tier": "s.tier", "month": "s.on_day", "detail": "s.detail", "pathway_key": "s.pathway_key",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    whats: Sequence[str]
    apart: Sequence[str]
    rows: Callable[[Rows, Measure, Mapping[str, Any]], Iterable[dict[str, Any]]]
    by: frozenset[str] = TOLD_BY


_TOLD: Final[Mapping[str, _Told]] = {
    "measure.figures": _Told(
        ("working", "calendar", "net_working", "net_calendar", "left", "open"), ("days",), from_tallies.figures
    ),
    "measure.days": _Told(("working", "left", "open"), ("days",), from_tallies.days),
    "measure.ageing": _Told(("open",), ("days", "tier"), from_tallies.ageing),
    "measure.flow": _Told(("started", "done", "gone"), ("month", "detail"), from_tallies.flow, _NARROWED | {"none"}),
}
_OTHERS: Final = (*sorted({*FILTERS} - _NARROWED), "source", "only", "as_known_on", "split_on")
