"""The ways in which a measure is told: its figures, how they spread, flow, ageing, an estimate, a comparison."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports.measuring import estimates
from app.reports.measuring.columns import EXITS, columns_of
from app.reports.measuring.estimates import Counted
from app.reports.measuring.running import Question, figures, run
from app.reports.periods import twelve_months_to

Rows = list[dict[str, Any]]
Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ViewOf:
    """One way to tell a measure: for which kinds, with which columns, and what must be said of it."""

    columns: Callable[[Measure], tuple[str, ...]]
    run: Callable[[Session, Measure, Question, Known], Awaitable[Rows]]
    words: str
    kinds: frozenset[str] = frozenset({"interval", "stays"})


async def _distribution(session: Session, measure: Measure, question: Question, known: Known) -> Rows:
    return estimates.distribution(await counted(session, measure, question, known))


async def counted(session: Session, measure: Measure, question: Question, known: Known) -> dict[str, Counted]:
    """The measure's days by group, counted."""
    return Counted.by_group(await run(session, measure, question, "measure.days", known))


async def _flow(session: Session, measure: Measure, question: Question, known: Known) -> Rows:
    values = question.values
    # Nothing is told of days still to come, or that were when it was known.
    ends = (values.get("completed_to"), values.get("as_known_on"), known["today"])
    last = min(day for day in ends if day is not None)
    first = min(values.get("completed_from") or twelve_months_to(last), last)
    every = {**values, "completed_from": None, "completed_to": None, "shown_from": first, "shown_to": last}
    return await run(session, measure, Question(question.by, question.cohort, every), "measure.flow", known)


async def _ageing(session: Session, measure: Measure, question: Question, known: Known) -> Rows:
    return await run(session, measure, question, "measure.ageing", known)


async def _estimate(session: Session, measure: Measure, question: Question, known: Known) -> Rows:
    # Of what began in the period: what was completed in a period would leave out those who still wait.
    found = await counted(session, measure, Question(question.by, True, question.values), known)  # noqa: FBT003
    return await asyncio.to_thread(estimates.estimates, found)


async def _compare(session: Session, measure: Measure, question: Question, known: Known) -> Rows:
    found = await counted(session, measure, question, known)
    return await asyncio.to_thread(estimates.comparison, found)


def _always(*names: str) -> Callable[[Measure], tuple[str, ...]]:
    return lambda _measure: ("group", *names)


VIEWS: Final[Mapping[str, ViewOf]] = {
    "figures": ViewOf(
        columns_of, figures, "", frozenset({"interval", "stays", "open", "count", "cost"})
    ),
    "distribution": ViewOf(
        _always("from_working_days", "to_working_days", "completed", "still_open"),
        _distribution,
        "Told in bands of working days: how many took so long, and how long those that are open have taken so far.",
    ),
    "flow": ViewOf(
        _always("month", "came_in", "completed", "left_before", "open_at_end", *EXITS),
        _flow,
        "Told month by month, of the last twelve where no period is given: what began, what was completed, what left"
        " without being completed and how, and what was open when the month ended, or today.",
    ),
    "ageing": ViewOf(
        _always(
            "still_open", "up_to_5_working_days", "from_6_to_20_working_days", "from_21_to_60_working_days",
            "from_61_to_120_working_days", "from_121_to_250_working_days", "over_250_working_days",
            "median_working_days", "longest_working_days", "over_target",
        ),
        _ageing,
        "Told of what is still open at the end of the day: how long it has taken so far.",
        frozenset({"interval", "stays", "open"}),
    ),
    "estimate": ViewOf(
        _always(
            "completed", "left_before", "still_open", "estimated_median_working_days", "median_low_working_days",
            "median_high_working_days", "estimated_p90_working_days", "p90_low_working_days", "p90_high_working_days",
        ),
        _estimate,
        "Told of everything that began in the period, with those who still wait (Kaplan-Meier): what left without being"
        " completed is taken out on that day. The estimated median is the first day after which fewer than half still"
        " wait. Intervals are of 95 per cent. Nothing is said where too few have come to an end.",
    ),
    "compare": ViewOf(
        _always(
            "completed", "others", "median_working_days", "median_low_working_days", "median_high_working_days",
            "difference_working_days", "difference_low_working_days", "difference_high_working_days",
            "percent_within_target", "percent_low", "percent_high", "points_apart", "points_low", "points_high",
        ),
        _compare,
        "Each group is told beside all the others together. Where an interval of 95 per cent has zero in it, the"
        f" difference may be chance. Medians are resampled {estimates.RESAMPLES:,} times with the seed"
        f" {estimates.SEED}; shares have Wilson's and Newcombe's intervals. Of fewer than"
        f" {estimates.FEWEST} no interval is given.",
    ),
}  # fmt: skip


def views_of(measure: Measure) -> Sequence[str]:
    """The ways in which a measure can be told."""
    return [name for name, view in VIEWS.items() if measure.definition.kind in view.kinds]
