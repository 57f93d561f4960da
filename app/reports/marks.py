"""What stands where a published figure is no number: why, so that none is not taken for too few to tell. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.reports.measuring.columns import COUNTS
from app.reports.measuring.publication import size_name, size_of

NOT_TOLD: Final = "not told"
NOTHING: Final = "nothing to count"
NOT_RECORDED: Final = "not recorded"
LITTLE: Final = "less than 500"
_FEWER: Final = "fewer than {fewest}"
_MEANING: Final[Mapping[str, str]] = {
    "0": "none.",
    NOT_TOLD: (
        "something about so small a group that somebody might be recognised, or from which that could be worked out."
    ),
    NOTHING: "there is nobody, or nothing, of which it could be told.",
    NOT_RECORDED: "there are some, and nobody wrote this down of them.",
    LITTLE: "some pounds, and too few to be rounded to a thousand.",
}
EMPTY: Final = (
    "Not told: fewer than may be told, something about so small a group, or nothing of which it could be told. A figure"
    " that is none stands as 0 where its group is large enough."
)
"""What an empty cell of published figures means, where cells are numbers alone."""
_FEW: Final = "somebody, and so few that they might be recognised."


def told(row: Mapping[str, Any], published: Mapping[str, Any], name: str, *, fewest: int) -> int | float | str:
    """A published figure, or in words why it is not told.

    `row` is the group as it was counted and `published` as it may be published. Of a group of which somebody is too
    few nothing is said of its other figures, not even that they are nothing.
    """
    value, counted, size = published[name], row[name], size_of(row)
    small = 0 < size < fewest and name != size_name(row)
    if value is not None:
        return LITTLE if name == "pounds" and not value and counted else value
    if counted is None:
        base = (row.get("still_open") or 0) if name.startswith("open_") else size
        return NOT_TOLD if small else NOT_RECORDED if base else NOTHING
    if name in COUNTS and not small and counted < fewest:
        return _FEWER.format(fewest=fewest) if counted else 0
    return NOT_TOLD


def meanings(cells: Iterable[Any], *, fewest: int) -> list[tuple[str, str]]:
    """Each mark that stands among the cells, with what it means; numbers but nothing need no word."""
    found = {str(cell) for cell in cells}
    marks = {"0": _MEANING["0"], _FEWER.format(fewest=fewest): _FEW, **_MEANING}
    return [(mark, meaning) for mark, meaning in marks.items() if mark in found]
