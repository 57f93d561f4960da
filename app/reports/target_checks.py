"""Which targets cannot be meant: past what can be, in the wrong direction, or out of order with other years. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.kernel.problems import FieldProblem
from app.reports.target_rules import LAST_QUARTER, Better, plain

_ALL: Final = Decimal(100)
"""Per cent."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that a target is held against, and what it is: the baseline, or another year's target."""

    value: Decimal
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A year's target with its quarters, between where the year begins and the next year that has a target.

    `adds_up` where quarters are of the year until then, as a number of cases is.
    """

    better: Better
    percent: bool
    start: Mark
    target: Decimal
    trajectory: Sequence[Decimal]
    after: Mark | None = None
    adds_up: bool = False


def faults_of(aim: Aim) -> list[FieldProblem]:
    """What is wrong with a year's target and its quarters; nothing where it can be meant."""
    return list(_with_target(aim)) or list(_with_quarters(aim))


def over_all(pointer: str, value: Decimal, *, percent: bool) -> list[FieldProblem]:
    """Refuse more than a hundred per cent."""
    if percent and value > _ALL:
        return [FieldProblem(pointer, f"This is a percentage: enter {_ALL} or less.")]
    return []


def _with_target(aim: Aim) -> Iterator[FieldProblem]:
    yield from over_all("/target", aim.target, percent=aim.percent)
    if _is_better(aim.better, aim.start.value, aim.target):
        yield FieldProblem(
            "/target",
            f"{aim.better.capitalize()} is better, and {aim.start.told} is {plain(aim.start.value)}. Enter"
            f" {_no_worse(aim.better, aim.start.value)}.",
        )
    if aim.after is not None and _is_better(aim.better, aim.target, aim.after.value):
        yield FieldProblem(
            "/target",
            f"This is past {aim.after.told}, which is {plain(aim.after.value)}. Enter"
            f" {_no_better(aim.better, aim.after.value)}, or change that one first.",
        )


def _with_quarters(aim: Aim) -> Iterator[FieldProblem]:
    # A quarter may be worse than the one before it: clearing what has waited longest makes waits look longer at first.
    for place, value in enumerate(aim.trajectory):
        if aim.adds_up and place and value < aim.trajectory[place - 1]:
            yield FieldProblem(
                f"/trajectory/{place}",
                f"This counts from the beginning of the year. Enter {plain(aim.trajectory[place - 1])} or more.",
            )
        elif aim.adds_up and value > aim.target:
            yield FieldProblem(
                f"/trajectory/{place}",
                f"This is past the year's target of {plain(aim.target)}. Enter {plain(aim.target)} or less.",
            )
        elif not aim.adds_up and _is_better(aim.better, value, aim.target):
            yield FieldProblem(
                f"/trajectory/{place}",
                f"This is past the year's target of {plain(aim.target)}. Enter {_no_better(aim.better, aim.target)}.",
            )
        elif place == LAST_QUARTER - 1 and value != aim.target:
            yield FieldProblem(
                f"/trajectory/{place}", f"The last quarter ends at the year's target: enter {plain(aim.target)}."
            )
        else:
            yield from over_all(f"/trajectory/{place}", value, percent=aim.percent)


def _is_better(better: Better, one: Decimal, other: Decimal) -> bool:
    return one < other if better == "lower" else one > other


def _no_worse(better: Better, value: Decimal) -> str:
    return f"{plain(value)} or {'less' if better == 'lower' else 'more'}"


def _no_better(better: Better, value: Decimal) -> str:
    return f"{plain(value)} or {'more' if better == 'lower' else 'less'}"
