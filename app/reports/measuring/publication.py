"""What of a measure's figures may be published: no small number, and none that can be worked out from two answers.

Pure. Rules together: a question may only be about one whole financial year and one grouping, without further filters;
counts are rounded to five; of a group that is too small nothing is told, and then no sums and means of the others
either. Two published counts can therefore only differ by a multiple of five, whatever the true difference is; and no
two sums overlap but those of all and of all their parts. Nor may a year be published while it goes on: asked today and
tomorrow, its sums would differ by what one household got meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import date
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
    "For publication: of one financial year that is over. Counts are rounded to the nearest five, of groups of fewer"
    " than {fewest} nothing is told, and then no sums and means of the others either, because they would tell it. Days"
    " are rounded to whole ones, and the longest time is left out because it is one person's."
)


def faults_of(asked: Mapping[str, Any], *, one_day: bool = False) -> list[FieldProblem]:
    """What about a question keeps its answer from being published; `asked` has what was given, defaults left out.

    `one_day` where it is about what is open at a day and has no period.
    """
    wrong = [
        FieldProblem(f"/{name}", "Leave this out: with it, figures for publication could be told apart too finely.")
        for name in sorted(asked.keys() - _ALLOWED)
    ]
    if asked.get("view", "figures") != "figures":
        wrong.append(FieldProblem("/view", "Only the figures themselves may be published."))
    if not one_day:
        wrong += _not_a_year(asked.get("completed_from"), asked.get("completed_to"))
    if asked.get("by") == "month":
        wrong.append(FieldProblem("/by", "Months are too small to be published: take quarter or year."))
    return wrong


def _not_a_year(first: date | None, last: date | None) -> list[FieldProblem]:
    if first is None or (first.month, first.day) != (4, 1):
        return [FieldProblem("/completed_from", "Give 1 April: only one whole financial year may be published.")]
    if last != date(first.year + 1, 3, 31):
        return [FieldProblem("/completed_to", f"Give {first.year + 1}-03-31: only whole years may be published.")]
    return []


def fault_of_year(last: date, today: date) -> str | None:
    """Why a financial year that ends on `last` may not be published today, and what to do; None where it may."""
    if last < today or (last.month, last.day) != (3, 31):
        return None
    over = today.year - (today.month < 4) - 1  # April
    return (
        f"The financial year {last.year - 1}-{last.year % 100:02} goes on until 31 March {last.year}, and figures for"
        " publication are of years that are over: asked on two days, these would tell what happened in between. Ask"
        f" for {over}-{(over + 1) % 100:02} or a year before it."
    )


def published(rows: Sequence[Mapping[str, Any]], *, fewest: int) -> list[dict[str, Any]]:
    """The rows as they may be published.

    Where one group is too small, sums and means of the others are not told either: with those of all together they
    would give the small one's.
    """
    whole = all(size_of(row) >= fewest for row in rows)
    return [_row(row, fewest, whole=whole) for row in rows]


def size_name(row: Mapping[str, Any]) -> str | None:
    """Which of a row's figures says how many it is about."""
    return next((name for name in _SIZES if name in row), None)


def size_of(row: Mapping[str, Any]) -> int:
    """How many a row is about."""
    name = size_name(row)
    return (row[name] or 0) if name is not None else 0


def _row(row: Mapping[str, Any], fewest: int, *, whole: bool) -> dict[str, Any]:
    size = size_of(row)
    told: dict[str, Any] = {}
    for name, value in row.items():
        adds_up = name == "pounds" or "mean_" in name
        if name == "group":
            told[name] = value
        elif size < fewest or any(part in name for part in _OF_ONE_PERSON) or (adds_up and not whole):
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
