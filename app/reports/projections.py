"""Projections over the journal: the history that they need, asked of measures, and the answers that are shown."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import Conflict
from app.reports.answers import EVERYTHING, OWN, find_measure
from app.reports.measuring.running import Question, figures
from app.reports.projecting import (
    Capacity,
    Projection,
    Queue,
    TooShort,
    forecast,
    month_after,
    simulate,
)
from app.reports.runner import Surroundings

DEMAND: Final = "requests"
ASSESSED: Final = "assessments"
WAITING_STAGE: Final = "stage-awaiting-assessment"
COST: Final = "cost-by-source"
YEARS_BACK: Final = 8
GROUPED: Final = ("tenure", "age_band", "adaptation", "locality")
_WEEKS_A_YEAR: Final = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Monthly requests as they were and as they are likely to be, what they would cost, and groups' parts of them."""

    definition: str
    scope: str
    history: list[tuple[date, int]]
    projection: Projection
    mean_cost: float | None
    groups: list[tuple[str, int, float]]
    """Of each group its requests in the last twelve whole months, and a year's expected requests at the same share."""


async def demand(
    session: Session,
    actor: Actor,
    months: int,
    by: str,
    *,
    keeper: Timekeeper,
    now: datetime,
) -> Demand:
    """Project demand. Raises Conflict where there is too little history."""
    require(actor, Permission.REPORT_READ)
    today = keeper.day(now)
    measure, around = find_measure(keeper, DEMAND), Surroundings.of(keeper, today).values()
    this = today.replace(day=1)
    first = month_after(this, -12 * YEARS_BACK)
    values = {"completed_from": first, "completed_to": date.fromordinal(this.toordinal() - 1)}
    rows = await figures(session, measure, Question("month", values=values), around)
    history = _months({row["group"]: row["completed"] for row in rows}, this)
    start = month_after(this, -len(history))
    try:
        found = await asyncio.to_thread(forecast, start, history, months)
    except TooShort as problem:
        raise Conflict(str(problem)) from None
    year = {**values, "completed_from": month_after(this, -12)}
    parts = await figures(session, measure, Question(by, values=year), around) if by != "none" else []
    expected = sum(one.expected for one in found.ahead[:12])
    total = sum(history[-12:])
    costs = await figures(session, find_measure(keeper, COST), Question(values=year), around)
    return Demand(
        definition=measure.words(),
        scope=EVERYTHING if actor.sees_everything else OWN,
        history=[(month_after(start, place), number) for place, number in enumerate(history)],
        projection=found,
        mean_cost=_mean_cost(costs[0]) if costs else None,
        groups=[
            (row["group"], row["completed"], round(expected * row["completed"] / total, 1) if total else 0.0)
            for row in sorted(parts, key=lambda row: -row["completed"])
        ],
    )


def _months(counted: Mapping[str, int], this: date) -> list[int]:
    """Every month from the first with a request to the last that is over, also those without any."""
    known = sorted(counted)
    if not known:
        return []
    year, month = (int(part) for part in known[0].split("-"))
    length = (this.year - year) * 12 + this.month - month
    months = [month_after(date(year, month, 1), place) for place in range(length)]
    return [counted.get(f"{one:%Y-%m}", 0) for one in months]


def _mean_cost(told: Mapping[str, Any]) -> float | None:
    """Pounds a work, of the works whose cost somebody recorded."""
    known = told["works"] - told["not_recorded"]
    return round(told["pounds"] / known, 2) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A queue as it is and as it would be."""

    as_is: Queue
    what_if: Queue
    months: list[date]
    assessors: int
    more: int
    assessments_a_week: float
    waiting: int
    direct_share: float


async def capacity(
    session: Session,
    actor: Actor,
    *,
    assessors: int,
    more: int,
    direct_percent: int,
    keeper: Timekeeper,
    now: datetime,
) -> WhatIf:
    """Let the queue for assessment run through the year to come, as it is and with more capacity."""
    found = await demand(session, actor, 12, "none", keeper=keeper, now=now)
    today = keeper.day(now)
    around = Surroundings.of(keeper, today).values()
    last = {"completed_from": month_after(today.replace(day=1), -12), "completed_to": today}
    done = (await figures(session, find_measure(keeper, ASSESSED), Question(values=last), around))[0]["completed"]
    stay = await figures(session, find_measure(keeper, WAITING_STAGE), Question(values=last), around)
    requests = sum(number for _, number in found.history[-12:])
    if not done or not requests:
        raise Conflict("Nobody was assessed in the last twelve months, so nothing can be said of how fast it goes.")
    rate = done / _WEEKS_A_YEAR / assessors
    # Of what comes as many need an assessment as did in the last twelve months.
    arrivals = tuple(one.expected * min(1.0, done / requests) for one in found.projection.ahead)
    share = direct_percent / 100
    as_is = Capacity(
        assessors=assessors, assessments_a_week=rate, arrivals=arrivals, waiting=stay[0]["still_open"] if stay else 0
    )
    would = Capacity(
        assessors=assessors + more,
        assessments_a_week=rate,
        arrivals=arrivals,
        waiting=as_is.waiting,
        direct_share=share,
    )
    before, after = await asyncio.to_thread(lambda: (simulate(as_is), simulate(would)))
    return WhatIf(
        as_is=before, what_if=after, months=[one.month for one in found.projection.ahead], assessors=assessors,
        more=more, assessments_a_week=round(rate, 2), waiting=as_is.waiting, direct_share=share,
    )  # fmt: skip
