"""When an indicator is green, amber or red: one stated rule, the same for all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Rag = Literal["green", "amber", "red", "unknown"]
Better = Literal["lower", "higher"]
TOLERANCE: Final = Decimal(10)
"""Per cent off the trajectory that a good next quarter can make up."""
LAST_QUARTER: Final = 4
RULE: Final = (
    "Green: on the quarter's trajectory or better. Amber: off it but recoverable, which is no more than"
    f" {TOLERANCE} per cent off, or getting better so fast that, kept up, the year's target is still reached. Red:"
    " further off than that. Nothing is said where nothing was counted. How many there are is counted from 1 April on,"
    " and judged of quarters that are over."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an indicator stands in a quarter. `previous` is the value of the quarter before, where there is one.

    `adds_up` where values are of the year until then, as a number of cases is, and `so_far` while the quarter goes on.
    """

    value: Decimal | None
    previous: Decimal | None
    trajectory: Decimal
    target: Decimal
    quarter: int
    better: Better
    adds_up: bool = False
    so_far: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Green, amber or red, and why in words."""

    rag: Rag
    because: str


def judge(standing: Standing) -> Judgement:
    """Judge a quarter by the rule."""
    value, goal = standing.value, standing.trajectory
    if value is None:
        return Judgement("unknown", "Nothing was counted in this quarter.")
    if standing.adds_up and standing.so_far:
        return Judgement(
            "unknown", f"{plain(value)} so far. A number that still grows is judged when the quarter is over."
        )
    sign = 1 if standing.better == "lower" else -1
    off = sign * (value - goal)
    if off <= 0:
        return Judgement("green", f"{plain(value)} is on the trajectory of {plain(goal)} or better.")
    within = off <= goal * TOLERANCE / 100
    if within:
        return Judgement(
            "amber", f"{plain(value)} is off the trajectory of {plain(goal)} by {TOLERANCE} per cent at most."
        )
    if (kept_up := _kept_up(standing, value, sign)) is not None:
        return Judgement(
            "amber",
            f"{plain(value)} is off the trajectory of {plain(goal)}, but {kept_up}: kept up, the year's target of"
            f" {plain(standing.target)} is reached.",
        )
    return Judgement("red", f"{plain(value)} is off the trajectory of {plain(goal)} by more than {TOLERANCE} per cent.")


def _kept_up(standing: Standing, value: Decimal, sign: int) -> str | None:
    """How it went in this quarter, where going on so reaches the year's target; else None."""
    left = LAST_QUARTER - standing.quarter
    previous = standing.previous
    if not left or previous is None or sign * (value + left * (value - previous) - standing.target) > 0:
        return None
    if standing.adds_up:
        return f"{plain(value - previous)} came in this quarter"
    # Standing still reaches nothing that getting better would not.
    return f"it was {plain(previous)} in the quarter before" if sign * (previous - value) > 0 else None


def even_steps(baseline: Decimal, target: Decimal) -> list[Decimal]:
    """A trajectory in four even steps from the baseline to the year's target; what adds up begins at nothing."""
    step = (target - baseline) / 4
    return [(baseline + step * quarter).quantize(Decimal("0.01")) for quarter in range(1, 5)]


def plain(value: Decimal | None) -> str:
    """A number without needless decimals."""
    if value is None:
        return "nothing"
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def overall(rags: Sequence[str]) -> dict[str, int]:
    """How many are green, amber, red, and unknown."""
    return {rag: sum(one == rag for one in rags) for rag in ("green", "amber", "red", "unknown")}
