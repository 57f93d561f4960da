"""What the API tells of projections."""

from datetime import date

from pydantic import BaseModel

from app.reports.projecting import WORDS
from app.reports.projections import Demand, WhatIf


class MonthOut(BaseModel):
    """A month to come."""

    month: date
    expected: float
    low80: float
    high80: float
    low95: float
    high95: float


class PastOut(BaseModel):
    """A month that is over."""

    month: date
    requests: int


class BackTestOut(BaseModel):
    """How the method would have done in the last `of` months, beside taking the same month a year before."""

    mean_error: float
    mean_error_of_last_year: float
    within_80: int
    of: int
    better: bool


class PartOfDemand(BaseModel):
    """A group's requests in the last twelve months, and a year's expected ones at the same share."""

    group: str
    last_twelve_months: int
    expected_next_year: float


class DemandOut(BaseModel):
    """Demand as it was and as it is likely to be."""

    definition: str
    scope: str
    method: str
    history: list[PastOut]
    ahead: list[MonthOut]
    test: BackTestOut
    mean_cost: float | None
    expected_cost_next_year: float | None
    groups: list[PartOfDemand]


class QueueMonth(BaseModel):
    """How many wait at a month's end and how long those whose turn came had waited, as it is and as it would be."""

    month: date
    waiting: float
    waiting_what_if: float
    median_weeks: float
    median_weeks_what_if: float


class CapacityOut(BaseModel):
    """What more capacity would do."""

    method: str
    assessors: int
    more: int
    direct_percent: int
    assessments_a_week: float
    waiting: int
    months: list[QueueMonth]


QUEUE_WORDS = (
    "A simulation, run many times with a published seed: people come as the forecast says, in no order, and are"
    " assessed first come, first served. Each assessor does as many a week as one did on average in the last twelve"
    " months. It shows which way things go, not on which day."
)


def demand_out(found: Demand) -> DemandOut:
    """As the API tells it."""
    ahead = found.projection.ahead
    year = sum(one.expected for one in ahead[:12])
    test = found.projection.test
    return DemandOut(
        definition=found.definition,
        scope=found.scope,
        method=WORDS,
        history=[PastOut(month=month, requests=number) for month, number in found.history],
        ahead=[
            MonthOut(
                month=one.month, expected=round(one.expected, 1), low80=round(one.low80, 1),
                high80=round(one.high80, 1), low95=round(one.low95, 1), high95=round(one.high95, 1),
            )
            for one in ahead
        ],
        test=BackTestOut(
            mean_error=round(test.mean_error, 2), mean_error_of_last_year=round(test.mean_error_of_last_year, 2),
            within_80=test.within_80, of=test.of, better=test.better,
        ),
        mean_cost=found.mean_cost,
        expected_cost_next_year=None if found.mean_cost is None else round(found.mean_cost * year, -2),
        groups=[
            PartOfDemand(group=group, last_twelve_months=number, expected_next_year=expected)
            for group, number, expected in found.groups
        ],
    )  # fmt: skip


def capacity_out(found: WhatIf) -> CapacityOut:
    """As the API tells it."""
    return CapacityOut(
        method=QUEUE_WORDS,
        assessors=found.assessors,
        more=found.more,
        direct_percent=round(100 * found.direct_share),
        assessments_a_week=found.assessments_a_week,
        waiting=found.waiting,
        months=[
            QueueMonth(
                month=month, waiting=found.as_is.waiting[place], waiting_what_if=found.what_if.waiting[place],
                median_weeks=found.as_is.median_weeks[place], median_weeks_what_if=found.what_if.median_weeks[place],
            )
            for place, month in enumerate(found.months)
        ],
    )  # fmt: skip
