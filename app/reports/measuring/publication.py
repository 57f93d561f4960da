"""What of a measure's figures may be published: no small number, and none that can be worked out from two answers.

Pure. Three rules together: a question may only be about whole quarters and one grouping, without further filters;
counts are rounded to five; and of a group that is too small nothing is told. Two published counts can therefore only
differ by a multiple of five, whatever the true difference is.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from app.kernel.problems import FieldProblem
from app.reports.measuring.columns import COUNTS

ROUND_TO: Final = 5
_SIZES: Final = ("completed", "works", "still_open")
"""What says how many a row is about: the first that it has."""
_POUNDS: Final = 1_000
_OF_ONE_PERSON: Final = ("longest",)
_ALLOWED: Final = frozenset({"completed_from", "completed_to", "by", "version", "publish", "format", "view"})
WORDS: Final = (
    "For publication: counts are rounded to the nearest five, of groups of fewer than {fewest} nothing is told, days"
    " are rounded to whole ones, and the longest time is left out because it is one person's."
)


def faults_of(asked: Mapping[str, Any]) -> list[FieldProblem]:
    """What about a question keeps its answer from being published; `asked` has what was given, defaults left out."""
    wrong = [
        FieldProblem(f"/{name}", "Leave this out: with it, figures for publication could be told apart too finely.")
        for name in sorted(asked.keys() - _ALLOWED)
    ]
    if asked.get("view", "figures") != "figures":
        wrong.append(FieldProblem("/view", "Only the figures themselves may be published."))
    for name, edge in (("completed_from", 0), ("completed_to", 1)):
        day = asked.get(name)
        if day is not None and not (day < date.max and _starts_quarter(day + timedelta(days=edge))):
            where = "the first day of January, April, July or October" if not edge else (
                "the last day of March, June, September or December"
            )  # fmt: skip
            wrong.append(FieldProblem(f"/{name}", f"Give {where}: only whole quarters may be published."))
    if asked.get("by") == "month":
        wrong.append(FieldProblem("/by", "Only whole quarters may be published: take quarter or year."))
    return wrong


def _starts_quarter(day: date) -> bool:
    return day.day == 1 and day.month in (1, 4, 7, 10)


def published(rows: Sequence[Mapping[str, Any]], *, fewest: int) -> list[dict[str, Any]]:
    """The rows as they may be published."""
    return [_row(row, fewest) for row in rows]


def _row(row: Mapping[str, Any], fewest: int) -> dict[str, Any]:
    size = next((row[name] for name in _SIZES if name in row), 0)
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name == "group":
            told[name] = value
        elif (size or 0) < fewest or any(part in name for part in _OF_ONE_PERSON):
            told[name] = None
        elif name in COUNTS:
            told[name] = _rounded(value, ROUND_TO, fewest)
        elif name == "pounds":
            told[name] = _rounded(value, _POUNDS, 0)
        elif not name.endswith("_days") or (name.startswith("open_") and (row.get("still_open") or 0) < fewest):
            # A figure that nobody has thought about here is not told.
            told[name] = None
        else:
            told[name] = None if value is None else round(value)
    return told


def _rounded(value: float | None, to: int, fewest: int) -> int | None:
    if value is None or 0 < value < fewest:
        return None
    return int(to * round(value / to))
