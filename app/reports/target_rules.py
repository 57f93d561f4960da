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
    " further off than that. Nothing is said where nothing was counted."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an indicator stands in a quarter. `previous` is the value of the quarter before, where there is one."""

    value: Decimal | None
    previous: Decimal | None
    trajectory: Decimal
    target: Decimal
    quarter: int
    better: Better


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
    sign = 1 if standing.better == "lower" else -1
    off = sign * (value - goal)
    if off <= 0:
        return Judgement("green", f"{plain(value)} is on the trajectory of {plain(goal)} or better.")
    within = off <= goal * TOLERANCE / 100
    if within:
        return Judgement(
            "amber", f"{plain(value)} is off the trajectory of {plain(goal)} by {TOLERANCE} per cent at most."
        )
    left = LAST_QUARTER - standing.quarter
    gain = sign * (standing.previous - value) if standing.previous is not None else Decimal(0)
    if left and gain > 0 and sign * (value - standing.target) <= gain * left:
        return Judgement(
            "amber",
            f"{plain(value)} is off the trajectory of {plain(goal)}, but it was {plain(standing.previous)} in the"
            f" quarter before: kept up, the year's target of {plain(standing.target)} is reached.",
        )
    return Judgement("red", f"{plain(value)} is off the trajectory of {plain(goal)} by more than {TOLERANCE} per cent.")


def even_steps(baseline: Decimal, target: Decimal) -> list[Decimal]:
    """A trajectory in four even steps from the baseline to the year's target."""
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
