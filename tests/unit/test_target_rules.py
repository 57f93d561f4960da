"""Green, amber and red by the stated rule, and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.target_rules import Better, Standing, even_steps, judge, overall

AMOUNTS = st.decimals(0, 500, places=2)


def standing(value: str | None, *, previous: str | None = "60", better: Better = "lower", quarter: int = 2) -> Standing:
    return Standing(
        value=None if value is None else Decimal(value),
        previous=None if previous is None else Decimal(previous),
        trajectory=Decimal(50),
        target=Decimal(40),
        quarter=quarter,
        better=better,
    )


@pytest.mark.parametrize(
    ("value", "previous", "quarter", "rag"),
    [
        ("50", "60", 2, "green"),
        ("12", "60", 2, "green"),
        ("50.01", "60", 2, "amber"),
        ("55", "60", 2, "amber"),
        ("55.01", "56", 2, "red"),  # a little better, but that would not do until the year's end
        ("56", "66", 2, "amber"),  # ten better, two quarters left: 36
        ("56", "66", 4, "red"),  # and none left
        ("70", "60", 2, "red"),
        ("56", None, 1, "red"),
        (None, "60", 2, "unknown"),
    ],
)
def test_the_rule(value: str | None, previous: str | None, quarter: int, rag: str) -> None:
    found = judge(standing(value, previous=previous, quarter=quarter))
    assert found.rag == rag
    assert found.because


def test_where_higher_is_better_it_is_the_other_way_round() -> None:
    assert judge(standing("50", better="higher")).rag == "green"
    assert judge(standing("46", better="higher", previous="50")).rag == "amber"
    assert judge(standing("20", better="higher", previous="30")).rag == "red"


@given(value=AMOUNTS, better_by=AMOUNTS, previous=AMOUNTS, quarter=st.integers(1, 4))
def test_a_better_figure_is_never_judged_worse(
    value: Decimal, better_by: Decimal, previous: Decimal, quarter: int
) -> None:
    order = ["green", "amber", "red"]
    worse = judge(standing(str(value), previous=str(previous), quarter=quarter)).rag
    better = judge(standing(str(max(Decimal(0), value - better_by)), previous=str(previous), quarter=quarter)).rag
    assert order.index(better) <= order.index(worse)


@given(baseline=AMOUNTS, target=AMOUNTS)
def test_four_even_steps_end_at_the_target(baseline: Decimal, target: Decimal) -> None:
    steps = even_steps(baseline, target)
    assert len(steps) == 4
    assert abs(steps[-1] - target) <= Decimal("0.01")
    assert steps == sorted(steps, reverse=target < baseline)


def test_what_stands_how_often() -> None:
    assert overall(["green", "red", "green", "unknown"]) == {"green": 2, "amber": 0, "red": 1, "unknown": 1}
