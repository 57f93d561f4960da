"""Green, amber and red by the stated rule, and nothing else."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.target_checks import Aim, Mark, faults_of
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


@pytest.mark.parametrize(
    ("value", "previous", "better", "rag"),
    [
        (30, 15, "higher", "green"), (27, 12, "higher", "amber"), (20, 10, "higher", "red"), (24, 4, "higher", "amber"),
        (30, 15, "lower", "green"), (33, 20, "lower", "amber"), (36, 28, "lower", "amber"), (50, 10, "lower", "red"),
    ],
)  # fmt: skip
def test_what_adds_up_is_judged_by_where_the_year_leads(value: int, previous: int, better: Better, rag: str) -> None:
    at = Standing(
        value=Decimal(value), previous=Decimal(previous), trajectory=Decimal(30), target=Decimal(60), quarter=2,
        better=better, adds_up=True,
    )  # fmt: skip
    assert judge(at).rag == rag
    assert judge(replace(at, so_far=True)).rag == "unknown"


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


def aim(start: str, target: str, *, better: Better = "lower", after: str | None = None, **more: Any) -> Aim:
    return Aim(
        better=better,
        percent=more.pop("percent", False),
        start=Mark(Decimal(start), "the baseline"),
        target=Decimal(target),
        trajectory=more.pop("trajectory", None) or even_steps(Decimal(start), Decimal(target)),
        after=None if after is None else Mark(Decimal(after), "the target for 2027-28"),
    )


@pytest.mark.parametrize(
    ("aimed", "told"),
    [
        (aim("60", "40"), []),
        (aim("60", "60"), []),
        (aim("60", "60.01"), ["/target"]),
        (aim("60", "80", better="higher"), []),
        (aim("60", "59.99", better="higher"), ["/target"]),
        (aim("60", "40", after="40"), []),
        (aim("60", "40", after="41"), ["/target"]),
        (aim("60", "80", better="higher", after="79"), ["/target"]),
        (aim("60", "100", better="higher", percent=True), []),
        (aim("60", "101", better="higher", percent=True), ["/target"]),
        # Worse before it gets better is a plan; better than the year's target is none.
        (aim("60", "40", trajectory=[Decimal(number) for number in (70, 65, 40, 40)]), []),
        (
            aim("60", "40", trajectory=[Decimal(number) for number in (39, 45, 39, 40)]),
            ["/trajectory/0", "/trajectory/2"],
        ),
        (aim("60", "40", trajectory=[Decimal(number) for number in (50, 45, 42, 41)]), ["/trajectory/3"]),
        (
            aim("60", "80", better="higher", percent=True, trajectory=[Decimal(n) for n in (60, 81, 70, 79)]),
            ["/trajectory/1", "/trajectory/3"],
        ),
    ],
)
def test_what_cannot_be_meant(aimed: Aim, told: list[str]) -> None:
    assert [fault.pointer for fault in faults_of(aimed)] == told


@given(start=AMOUNTS, target=AMOUNTS)
def test_even_steps_lead_to_every_target_in_the_right_direction(start: Decimal, target: Decimal) -> None:
    better: Better = "lower" if target <= start else "higher"
    assert faults_of(aim(str(start), str(target), better=better)) == []
    if target != start:
        other: Better = "higher" if better == "lower" else "lower"
        assert [fault.pointer for fault in faults_of(aim(str(start), str(target), better=other))] == ["/target"]


def test_quarters_of_a_number_grow_to_the_year_and_not_past_it() -> None:
    aim = Aim(
        better="lower", percent=False, start=Mark(Decimal(80), "the baseline"), target=Decimal(60), adds_up=True,
        trajectory=[Decimal(20), Decimal(10), Decimal(70), Decimal(60)],
    )  # fmt: skip
    assert [fault.pointer for fault in faults_of(aim)] == ["/trajectory/1", "/trajectory/2", "/trajectory/3"]
    assert faults_of(replace(aim, trajectory=even_steps(Decimal(0), Decimal(60)))) == []
