"""Looking ahead: demand with its season and how sure that is, and what more capacity would do. Pure.

The libraries are imported where they are used: most requests never need them. Chance has a published seed, so that the
same history gives the same answer to whoever asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median
from typing import Any, Final

SEED: Final = 20_260_401
SEASON: Final = 12
LEAST: Final = 18
"""Months of history without which nothing is said: a year to learn from, and half of one to be tried on."""
SEEN_THRICE: Final = 36
"""Months from which a season can be told from chance; with fewer none is assumed."""
SEEN_TWICE: Final = 24
"""Months from which a trend is followed; with fewer, what has only begun to grow would be made to grow for ever."""
HELD_OUT: Final = 12
"""Months that are kept back to see how well the method would have done, where there is a year before them."""
DRAWN: Final = 1_000
RUNS: Final = 40
WEEKS_A_MONTH: Final = 52 / 12
WORDS: Final = (
    "The forecast is exponential smoothing (statsmodels' ETS), from the months that are over: with a damped trend where"
    f" there are at least {SEEN_TWICE} months of history, and with a season of twelve months where there are at least"
    f" {SEEN_THRICE}. The ranges are those in which 80 and 95 of a hundred such futures lie, drawn {DRAWN:,} times with"
    f" the seed {SEED}. How good it is is told by keeping back the last twelve months, or as many as there are after"
    " the first twelve: the mean error of the forecast beside that of simply taking the same month a year before. It"
    " knows nothing of what was never seen: a new duty, a new estate, a change of the law."
)


class TooShort(ValueError):
    """There is too little history to say anything about a season."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """One month to come: what is likely, and between which numbers."""

    month: date
    expected: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class BackTest:
    """How the method would have done in the last months, `of` of them."""

    mean_error: float
    mean_error_of_last_year: float
    within_80: int
    of: int

    @property
    def better(self) -> bool:
        """Whether it beats taking the same month a year before."""
        return self.mean_error <= self.mean_error_of_last_year


@dataclass(frozen=True, slots=True)
class Projection:
    """A forecast with its test."""

    ahead: tuple[Ahead, ...]
    test: BackTest


def forecast(first: date, history: Sequence[float], months: int) -> Projection:
    """Forecast monthly counts. `first` is the first day of the first month. Raises TooShort."""
    if len(history) < LEAST:
        raise TooShort(
            f"There are {len(history)} whole months of history. {LEAST} are needed to say anything of those to come."
        )
    held_out = min(HELD_OUT, len(history) - SEASON)
    known, last = list(history[:-held_out]), list(history[-held_out:])
    tried = _ahead(month_after(first, len(known)), known, held_out)
    naive = [abs(value - history[len(known) + place - SEASON]) for place, value in enumerate(last)]
    test = BackTest(
        mean_error=mean(abs(value - told.expected) for value, told in zip(last, tried, strict=True)),
        mean_error_of_last_year=mean(naive),
        within_80=sum(told.low80 <= value <= told.high80 for value, told in zip(last, tried, strict=True)),
        of=held_out,
    )
    return Projection(_ahead(month_after(first, len(history)), history, months), test)


def _ahead(first: date, history: Sequence[float], months: int) -> tuple[Ahead, ...]:
    import warnings  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415

    seasonal, trending = len(history) >= SEEN_THRICE, len(history) >= SEEN_TWICE
    with warnings.catch_warnings():
        # A history without any change cannot be fitted well, and the forecast is that same number.
        warnings.simplefilter("ignore")
        model = ETSModel(
            np.asarray(history, dtype=float), error="add", trend="add" if trending else None, damped_trend=trending,
            seasonal="add" if seasonal else None, seasonal_periods=SEASON if seasonal else None,
        )  # fmt: skip
        fitted = model.fit(disp=False)
        drawn = fitted.simulate(months, repetitions=DRAWN, anchor="end", rng=np.random.default_rng(SEED))
        expected = fitted.forecast(months)
    edges = np.percentile(np.asarray(drawn).reshape(months, DRAWN), [2.5, 10, 90, 97.5], axis=1)
    return tuple(
        # Nobody un-asks for help: a count is never below nothing.
        Ahead(month_after(first, place), *(max(0.0, float(value)) for value in (
            expected[place], edges[1][place], edges[2][place], edges[0][place], edges[3][place])))
        for place in range(months)
    )  # fmt: skip


def month_after(first: date, months: int) -> date:
    """The first day of a month so many months later."""
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """A queue for assessment: who works on it, how fast, what comes, and what need not come at all."""

    assessors: int
    assessments_a_week: float
    """By each assessor."""
    arrivals: tuple[float, ...]
    """Expected in each month to come."""
    waiting: int
    """Already waiting when it begins."""
    direct_share: float = 0.0
    """The part of what comes that landlords provide directly, such as showers by agreed criteria: it never queues."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What became of a queue: at each month's end how many waited, and how long those whose turn came had waited."""

    waiting: tuple[float, ...]
    median_weeks: tuple[float, ...]


def simulate(capacity: Capacity) -> Queue:
    """Let a queue run through the months, many times, and tell the mean of how it went. First come, first served."""
    runs = [_run(capacity, SEED + number) for number in range(RUNS)]
    months = len(capacity.arrivals)
    return Queue(
        tuple(round(mean(run[0][month] for run in runs), 1) for month in range(months)),
        tuple(round(mean(run[1][month] for run in runs), 1) for month in range(months)),
    )


def _run(capacity: Capacity, seed: int) -> tuple[list[int], list[float]]:
    from random import Random  # noqa: PLC0415

    import simpy  # noqa: PLC0415

    chance = Random(seed)  # noqa: S311 # a simulation, no secret
    world = simpy.Environment()
    desk = simpy.Resource(world, capacity=max(1, capacity.assessors))
    waited: list[list[float]] = [[] for _ in capacity.arrivals]
    left: list[int] = []
    end = WEEKS_A_MONTH * len(capacity.arrivals)

    def person(since: float) -> Any:
        with desk.request() as turn:
            yield turn
            month = int(world.now / WEEKS_A_MONTH)
            if month < len(waited):
                waited[month].append(world.now - since)
            yield world.timeout(chance.expovariate(capacity.assessments_a_week))

    def arrivals() -> Any:
        for _ in range(capacity.waiting):
            # How long those had waited already is told elsewhere; here they are the first in the queue.
            world.process(person(0.0))
        for month, expected in enumerate(capacity.arrivals):
            rate = expected * (1 - capacity.direct_share) / WEEKS_A_MONTH
            over = (month + 1) * WEEKS_A_MONTH
            while rate > 0:
                gap = chance.expovariate(rate)
                if world.now + gap >= over:
                    break
                yield world.timeout(gap)
                world.process(person(world.now))
            yield world.timeout(max(0.0, over - world.now))

    def watch() -> Any:
        for _ in capacity.arrivals:
            yield world.timeout(WEEKS_A_MONTH)
            left.append(len(desk.queue))

    world.process(watch())
    world.process(arrivals())
    world.run(until=end + 0.001)
    return left, [median(month) if month else 0.0 for month in waited]
