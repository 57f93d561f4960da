"""From a figure to the cases that it counts, and no others: what a list of cases is asked for. Pure."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, Literal

from app.kernel.problems import FieldProblem
from app.reports.measuring.columns import EXITS

Row = Mapping[str, Any]
Figure = Literal[
    "completed", "within_target", "with_target", "over_limit", "still_open", "left_before", "journey_unknown",
    "doubtful", "over_target", "not_recorded", "came_in", "open_at_end", "advice_only", "refused", "withdrawn", "died",
    "moved_away", "lost_contact", "declined_contribution", "declined_works", "duplicate",
]  # fmt: skip
"""Figures that count units one by one. Households and works are counted otherwise: theirs is the list of all."""
OF_A_MONTH: Final = frozenset({"came_in", "open_at_end", *EXITS})
"""What is counted of a month alone."""
_IN_FLOW: Final = OF_A_MONTH | {"completed", "left_before"}
_AGES: Final[Mapping[str, tuple[int, int | None]]] = {
    "up_to_5_working_days": (0, 5), "from_6_to_20_working_days": (6, 20), "from_21_to_60_working_days": (21, 60),
    "from_61_to_120_working_days": (61, 120), "from_121_to_250_working_days": (121, 250),
    "over_250_working_days": (251, None),
}  # fmt: skip
_ALONE: Final[Mapping[str, frozenset[str]]] = {
    "figures": frozenset(
        {"completed", "within_target", "with_target", "over_limit", "still_open", "left_before", "journey_unknown",
         "doubtful", "not_recorded"}
    ),
    "ageing": frozenset({"still_open", "over_target"}),
    "estimate": frozenset({"completed", "left_before", "still_open"}),
    "compare": frozenset({"completed"}),
}  # fmt: skip


def of_figure(view: str, name: str, row: Row) -> dict[str, Any] | None:
    """What the cases behind one figure of a measure are asked for; None where it counts no single cases.

    `view` is the way in which the measure is told, `name` the figure's column, `row` where it stands.
    """
    asked: dict[str, Any] = {"group": row["group"]}
    if view == "flow":
        return {**asked, "figure": name, "month": row["month"]} if name in _IN_FLOW else None
    if view == "ageing" and name in _AGES:
        return {**asked, "figure": "still_open", **_band(*_AGES[name])}
    if view == "distribution" and name in ("completed", "still_open"):
        return {**asked, "figure": name, **_band(row["from_working_days"], row["to_working_days"])}
    if name not in _ALONE.get(view, ()):
        return None
    # An estimate is of what began in the period.
    return {**asked, "figure": name, **({"counted_by": "start"} if view == "estimate" else {})}


def without_what_it_says(asked: Mapping[str, Any], of_the_figure: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked of the answer, without what the figure says itself: which cases, and a month's days."""
    said = {"status"} | ({"completed_from", "completed_to"} if "month" in of_the_figure else set())
    return {name: value for name, value in asked.items() if name not in said}


def ends(month: str) -> tuple[date, date]:
    """The first and the last day of a month such as `2026-03`."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def faults_of(figures: Collection[str], asked: Mapping[str, Any]) -> list[FieldProblem]:
    """What keeps the cases behind a figure from being told.

    `figures` are those of the measure in all its ways; `asked` has what was given, defaults left out.
    """
    figure, month = asked.get("figure"), asked.get("month")
    wrong = []
    if figure is not None and figure not in figures:
        told = ", ".join(sorted(every_figure().intersection(figures)))
        wrong.append(FieldProblem("/figure", f"This measure has no such figure. It has: {told}."))
    if figure in OF_A_MONTH and month is None:
        wrong.append(FieldProblem("/month", "This is counted month by month: say which, such as 2026-03."))
    if month is not None and figure not in _IN_FLOW:
        told = ", ".join(sorted(_IN_FLOW))
        wrong.append(FieldProblem("/figure", f"Of a month these are counted: {told}."))
    if month is not None:
        wrong += [
            FieldProblem(f"/{name}", "Leave this out: the month says when.")
            for name in ("completed_from", "completed_to")
            if name in asked
        ]
    if figure is not None and "status" in asked:
        wrong.append(FieldProblem("/status", "Leave this out: the figure says which cases it counts."))
    least, most = asked.get("least_days"), asked.get("most_days")
    if least is not None and most is not None and most < least:
        wrong.append(FieldProblem("/most_days", "This is less than least_days. Exchange the two."))
    return wrong


def every_figure() -> set[str]:
    """The names of all figures that lead to their cases, of whichever measure."""
    return set[str]().union(_IN_FLOW, *_ALONE.values())


def _band(low: int, high: int | None) -> dict[str, int]:
    return {"least_days": low} | ({} if high is None else {"most_days": high})
