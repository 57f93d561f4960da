"""Answers about measures from what their kept units add up to: the same figures, from some hundreds of numbers.

Only whoever sees all cases is answered so, and only what tallies can tell: by tenure, tier or time, in whole months.
Everything else is counted from units, and gives the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from math import floor
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import text

from app.kernel.database import Session, worked_out
from app.pathways.measure_definition import Target
from app.pathways.measures import Measure
from app.reports.measuring.compiler import FILTERS
from app.reports.measuring.groups import GROUPS
from app.reports.statements import PLAN, last, parameters_of, part
from app.reports.summary import STAYS, Kept, kept_units, moved_since, summary_of

Rows = list[dict[str, Any]]
TOLD_BY: Final = frozenset({"none", "tenure", "tier", "month", "quarter", "year"})
_NARROWED: Final = frozenset({"tenure", "tier"})
_SEES: Final = text("SELECT door.sees_everything()")
_STAGES: Final = ("intake", "assessing", "deciding", "delivering", "checking", "held", "ended")
_EXITS: Final = (
    "advice_only", "refused", "withdrawn", "died", "moved_away", "lost_contact", "declined_contribution",
    "declined_works", "duplicate",
)  # fmt: skip


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
    kept = await kept_units(session, summary_of(measure), values) if months is not None else None
    if months is None or told_by is None or kept is None or not await session.scalar(_SEES):
        return None
    asked = Wanted(by=by, told_by=told_by, whats=told.whats, months=months, values=values, apart=told.apart)
    rows = await _read(session, kept, asked, known)
    return list(told.rows(rows, measure, values))


async def cumulative_flow(
    session: Session, values: Mapping[str, Any], known: Mapping[str, Any], stages: Mapping[tuple[str, str], str]
) -> Rows | None:
    """Cases in each group of stages as months ended, from tallies; None where they cannot tell."""
    last_day = values.get("happened_to") or known["today"]
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
    first = values.get("happened_from") or last_day - timedelta(days=365)
    return list(_flowing(rows, stages, month_of(first), month_of(last_day)))


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


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


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


Hist = Mapping[int, int]
"""Days, and how many took so long."""


@dataclass(slots=True)
class Group:
    """What tallies say of one group: by what is counted, days and numbers."""

    days: dict[str, dict[int, int]] = field(default_factory=dict)
    within_target: int = 0
    with_target: int = 0
    doubtful: int = 0

    def of(self, what: str) -> Hist:
        """Days of one kind."""
        return self.days.get(what, {})

    def count(self, what: str) -> int:
        """How many of one kind."""
        return sum(self.of(what).values())


def _groups(rows: Rows) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for row in rows:
        group = found.setdefault(row["group"], Group())
        what, days, number = row["what"], row["days"], row["number"]
        of = group.days.setdefault(what, {})
        of[days] = of.get(days, 0) + number
        if what == "working":
            group.within_target += row["within_target"]
            group.with_target += row["with_target"]
            group.doubtful += row["doubtful"]
    return found


def aimed_at(target: Target | None, tier: str) -> int | None:
    """The working days that a target allows in a tier: the first rule that fits."""
    rules = target.rules if target is not None else []
    return next((rule.working_days for rule in rules if not rule.tiers or tier in rule.tiers), None)


def percentile(days: Hist, share: float) -> float | None:
    """The day that a share has reached, interpolated linearly between the two it lies between; None of nothing."""
    count = sum(days.values())
    if not count:
        return None
    at = share * (count - 1)
    low, high = _nth(days, floor(at)), _nth(days, min(floor(at) + 1, count - 1))
    return low + (at - floor(at)) * (high - low)


def _nth(days: Hist, place: int) -> int:
    seen = 0
    for day in sorted(days):
        seen += days[day]
        if seen > place:
            return day
    raise ValueError(place)


def average(days: Hist) -> float | None:
    """The mean to four decimals, as the database rounds it; None of nothing."""
    count = sum(days.values())
    if not count:
        return None
    exact = Decimal(sum(day * number for day, number in days.items())) / Decimal(count)
    return float(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _figures(rows: Rows, _measure: Measure, _values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name, group in _groups(rows).items():
        told: dict[str, Any] = {"group": name, "completed": group.count("working")}
        for what in ("working", "calendar", "net_working", "net_calendar"):
            days = group.of(what)
            kind, of = ("net_", what.removeprefix("net_")) if what.startswith("net_") else ("", what)
            told |= {
                f"{kind}median_{of}_days": percentile(days, 0.5),
                f"{kind}p90_{of}_days": percentile(days, 0.9),
                f"{kind}mean_{of}_days": average(days),
                f"{kind}longest_{of}_days": max(days, default=None),
            }
        waiting = group.of("open")
        yield told | {
            "within_target": group.within_target,
            "with_target": group.with_target,
            "over_limit": 0,
            "still_open": group.count("open"),
            "open_median_working_days": percentile(waiting, 0.5),
            "open_longest_working_days": max(waiting, default=None),
            "left_before": group.count("left"),
            "journey_unknown": 0,
            "doubtful": group.doubtful,
        }


_STATUS: Final = {"working": "done", "left": "left", "open": "open"}


def _days(rows: Rows, _measure: Measure, _values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for row in rows:
        names = ("group", "number", "within_target", "with_target")
        yield {"status": _STATUS[row["what"]], "working_days": row["days"], **{name: row[name] for name in names}}


def _ageing(rows: Rows, measure: Measure, _values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    target = measure.definition.target
    for name, of_group in groupby(rows, key=itemgetter("group")):
        found = list(of_group)
        days = _groups(found)[name].of("open")
        aims = [(row["days"], row["number"], aimed_at(target, row["tier"])) for row in found]
        yield {
            "group": name,
            "still_open": sum(days.values()),
            "up_to_5_working_days": _between(days, None, 5),
            "from_6_to_20_working_days": _between(days, 6, 20),
            "from_21_to_60_working_days": _between(days, 21, 60),
            "from_61_to_120_working_days": _between(days, 61, 120),
            "from_121_to_250_working_days": _between(days, 121, 250),
            "over_250_working_days": _between(days, 251, None),
            "median_working_days": percentile(days, 0.5),
            "longest_working_days": max(days),
            "over_target": sum(number for day, number, aim in aims if aim is not None and day > aim),
        }


def _between(days: Hist, low: int | None, high: int | None) -> int:
    return sum(number for day, number in days.items() if (low is None or day >= low) and (high is None or day <= high))


def _flow(rows: Rows, _measure: Measure, values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    last_day: date = values["shown_to"]
    first = month_of(min(values["shown_from"], last_day))
    for name, of_group in groupby(rows, key=itemgetter("group")):
        came, done, gone = Counter[date](), Counter[date](), Counter[date]()
        exits: dict[date, Counter[str]] = defaultdict(Counter)
        for row in of_group:
            month, number = row["month"], row["number"]
            {"started": came, "done": done, "gone": gone}[row["what"]][month] += number
            if row["what"] == "gone":
                exits[month][row["detail"]] += number
        before = (month for month in {*came, *done, *gone} if month < first)
        waiting = sum(came[month] - done[month] - gone[month] for month in before)
        for month in _months(first, month_of(last_day)):
            waiting += came[month] - done[month] - gone[month]
            yield {
                "group": name,
                "month": f"{month:%Y-%m}",
                "came_in": came[month],
                "completed": done[month],
                "left_before": gone[month],
                "open_at_end": waiting,
                **{outcome: exits[month][outcome] for outcome in _EXITS},
            }


def _flowing(
    rows: Rows, stages: Mapping[tuple[str, str], str], first: date, last_month: date
) -> Iterable[dict[str, Any]]:
    changes: dict[str, Counter[date]] = defaultdict(Counter)
    for row in rows:
        group = stages.get((row["pathway_key"], row["detail"]))
        if group is not None:
            sign = 1 if row["what"] == "entered" else -1
            changes[group][max(row["month"], first)] += sign * row["number"]
    standing: Counter[str] = Counter()
    for month in _months(first, last_month):
        for group, of in changes.items():
            standing[group] += of[month]
        yield {"group": f"{month:%Y-%m}", "month": f"{month:%Y-%m}", **{group: standing[group] for group in _STAGES}}


def _months(first: date, last_month: date) -> Iterable[date]:
    month = first
    while month <= last_month:
        yield month
        month = month_of(month + timedelta(days=31))


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
        ("working", "calendar", "net_working", "net_calendar", "left", "open"), ("days",), _figures
    ),
    "measure.days": _Told(("working", "left", "open"), ("days",), _days),
    "measure.ageing": _Told(("open",), ("days", "tier"), _ageing),
    "measure.flow": _Told(("started", "done", "gone"), ("month", "detail"), _flow, _NARROWED | {"none"}),
}
_OTHERS: Final = (*sorted({*FILTERS} - _NARROWED), "source", "only", "as_known_on", "split_on")
