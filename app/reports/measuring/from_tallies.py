"""Figures put together from tallies, the same as from units: counted days instead of a row each. Pure.

Rows are told apart by `group` and by `what` is counted, with `number`, and as asked `days`, `tier`, `month`, `detail`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from app.pathways.measure_definition import Target
from app.pathways.measures import Measure
from app.reports.catalogue import CUMULATIVE_FLOW
from app.reports.measuring.columns import EXITS
from app.reports.measuring.days import Days, average, between, percentile
from app.reports.periods import month_of, months

Rows = list[dict[str, Any]]
STAGE_GROUPS: Final = tuple(name for name in CUMULATIVE_FLOW.columns if name not in ("group", "month"))


@dataclass(slots=True)
class Group:
    """What tallies say of one group: by what is counted, days and numbers."""

    days: dict[str, dict[int, int]] = field(default_factory=dict)
    within_target: int = 0
    with_target: int = 0
    doubtful: int = 0

    def of(self, what: str) -> Days:
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


def figures(rows: Rows, _measure: Measure, _values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """The figures of a measure of time: as `measure.figures` gives them of units."""
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
            "still_open": group.count("open"),
            "open_median_working_days": percentile(waiting, 0.5),
            "open_longest_working_days": max(waiting, default=None),
            "left_before": group.count("left"),
            "doubtful": group.doubtful,
        }


_STATUS: Final = {"working": "done", "left": "left", "open": "open"}


def days(rows: Rows, _measure: Measure, _values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Days counted by status: as `measure.days` gives them."""
    for row in rows:
        names = ("group", "number", "within_target", "with_target")
        yield {"status": _STATUS[row["what"]], "working_days": row["days"], **{name: row[name] for name in names}}


def ageing(rows: Rows, measure: Measure, _values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """How long what is open has waited: as `measure.ageing` gives it."""
    target = measure.definition.target
    for name, of_group in groupby(rows, key=itemgetter("group")):
        found = list(of_group)
        days = _groups(found)[name].of("open")
        yield {
            "group": name,
            "still_open": sum(days.values()),
            "up_to_5_working_days": between(days, None, 5),
            "from_6_to_20_working_days": between(days, 6, 20),
            "from_21_to_60_working_days": between(days, 21, 60),
            "from_61_to_120_working_days": between(days, 61, 120),
            "from_121_to_250_working_days": between(days, 121, 250),
            "over_250_working_days": between(days, 251, None),
            "median_working_days": percentile(days, 0.5),
            "longest_working_days": max(days),
            "over_target": sum(row["number"] for row in found if _over(target, row)),
        }


def _over(target: Target | None, row: Mapping[str, Any]) -> bool:
    aim = target.working_days_in(row["tier"]) if target is not None else None
    return aim is not None and row["days"] > aim


def flow(rows: Rows, _measure: Measure, values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """What began, was done and left month by month, and what was open then: as `measure.flow` gives it."""
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
        for month in months(first, last_day):
            waiting += came[month] - done[month] - gone[month]
            yield {
                "group": name,
                "month": f"{month:%Y-%m}",
                "came_in": came[month],
                "completed": done[month],
                "left_before": gone[month],
                "open_at_end": waiting,
                **{outcome: exits[month][outcome] for outcome in EXITS},
            }


def cumulative(rows: Rows, stages: Mapping[tuple[str, str], str], first: date, last: date) -> Iterable[dict[str, Any]]:
    """Cases in each group of stages as months ended: as `cumulative_flow.figures` gives them."""
    begins = month_of(first)
    changes: dict[str, Counter[date]] = defaultdict(Counter)
    for row in rows:
        group = stages.get((row["pathway_key"], row["detail"]))
        if group is not None:
            sign = 1 if row["what"] == "entered" else -1
            changes[group][max(row["month"], begins)] += sign * row["number"]
    standing: Counter[str] = Counter()
    for month in months(begins, last):
        for group, of in changes.items():
            standing[group] += of[month]
        yield {
            "group": f"{month:%Y-%m}",
            "month": f"{month:%Y-%m}",
            **{group: standing[group] for group in STAGE_GROUPS},
        }
