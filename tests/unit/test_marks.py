"""Where a published figure is no number, words say why: none, too few, not told, nothing to count, not recorded."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.marks import LITTLE, NOT_RECORDED, NOT_TOLD, NOTHING, meanings, told
from app.reports.measuring.publication import published

FEWEST = 5
FEWER = "fewer than 5"


def cells_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    shown = published([{"group": "g", **row} for row in rows], fewest=FEWEST)
    return [{name: told(row, fit, name, fewest=FEWEST) for name in row} for row, fit in zip(rows, shown, strict=True)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"completed": 0, "median_working_days": None}, {"completed": 0, "median_working_days": NOTHING}),
        ({"completed": 3, "median_working_days": 14.0}, {"completed": FEWER, "median_working_days": NOT_TOLD}),
        # Of three people not even that none of them waited too long.
        ({"completed": 3, "over_limit": 0, "still_open": 12}, {"completed": FEWER, "over_limit": NOT_TOLD, "still_open": NOT_TOLD}),
        ({"completed": 12, "over_limit": 0, "still_open": 2}, {"completed": 10, "over_limit": 0, "still_open": FEWER}),
        ({"completed": 0, "still_open": 3, "open_median_working_days": 40.0},
         {"completed": 0, "still_open": FEWER, "open_median_working_days": NOT_TOLD}),
        ({"completed": 12, "still_open": 0, "open_median_working_days": None},
         {"completed": 10, "still_open": 0, "open_median_working_days": NOTHING}),
        ({"completed": 12, "longest_working_days": 300}, {"completed": 10, "longest_working_days": NOT_TOLD}),
        ({"works": 8, "pounds": None, "not_recorded": 8}, {"works": 10, "pounds": NOT_RECORDED, "not_recorded": 10}),
        ({"works": 8, "pounds": 320.0, "not_recorded": 0}, {"works": 10, "pounds": LITTLE, "not_recorded": 0}),
        ({"works": 3, "pounds": None, "not_recorded": 3}, {"works": FEWER, "pounds": NOT_TOLD, "not_recorded": NOT_TOLD}),
    ],
)  # fmt: skip
def test_none_too_few_and_not_recorded_are_three_words(row: dict[str, Any], expected: dict[str, Any]) -> None:
    assert cells_of(row) == [expected]


def test_a_sum_that_would_give_another_groups_is_not_told_and_no_zero() -> None:
    many, few = cells_of({"works": 30, "pounds": 90_250.0}, {"works": 1, "pounds": 14_193.0})
    assert (many, few) == ({"works": 30, "pounds": NOT_TOLD}, {"works": FEWER, "pounds": NOT_TOLD})


def test_only_the_marks_that_stand_there_are_explained() -> None:
    assert [mark for mark, _ in meanings([0, 10, FEWER], fewest=FEWEST)] == ["0", FEWER]
    assert meanings([10, 25.0], fewest=FEWEST) == []
    assert [mark for mark, _ in meanings([NOT_TOLD, NOTHING, NOT_RECORDED, LITTLE], fewest=FEWEST)] == [
        NOT_TOLD, NOTHING, NOT_RECORDED, LITTLE,
    ]  # fmt: skip


_COUNT = st.integers(0, 30)


@given(size=_COUNT, over=_COUNT, still=_COUNT, days=st.one_of(st.none(), st.floats(0, 900)), fewest=st.integers(3, 20))
def test_words_never_tell_more_than_the_rule(size: int, over: int, still: int, days: float | None, fewest: int) -> None:
    row = {"completed": size, "over_limit": min(over, size), "still_open": still, "median_working_days": days}
    [shown] = published([{"group": "g", **row}], fewest=fewest)
    cells = {name: told(row, shown, name, fewest=fewest) for name in row}
    for name, cell in cells.items():
        if not isinstance(cell, str):
            # A number is what the rule tells, or the nothing of a group of nobody.
            assert cell == shown[name] or (cell == 0 and size == 0 and row[name] == 0)
        if cell == f"fewer than {fewest}":
            assert 0 < (row[name] or 0) < fewest
    if 0 < size < fewest:
        assert {cells["over_limit"], cells["still_open"], cells["median_working_days"]} == {NOT_TOLD}
