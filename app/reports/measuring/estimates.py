"""What counted days say beyond their median: waits that are not over yet, and how sure a difference is. Pure.

Everything is worked out from days counted (`status`, working days, how many), so that a million cases cost no more
than a thousand. The libraries are imported where they are used: most requests never need them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from app.reports.measuring.days import Days, between, percentile

RESAMPLES: Final = 2_000
SEED: Final = 20_260_401
"""Published with the figures: the same counts give the same intervals, for whoever works them out again."""
CONFIDENCE: Final = 0.95
FEWEST: Final = 5
"""With fewer than this an interval would say more about the method than about people."""
BANDS: Final[Sequence[tuple[int, int | None]]] = (
    (0, 5), (6, 10), (11, 20), (21, 40), (41, 60), (61, 90), (91, 120), (121, 180), (181, 250), (251, None),
)  # fmt: skip
"""Working days: a week, a fortnight, a month, and on; the last is over a year."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The units of one group: those done, those that left without being done, and those still open, by their days."""

    done: Days
    left: Days
    open: Days
    within_target: int
    """Of those done."""
    with_target: int

    @classmethod
    def by_group(cls, rows: Iterable[Mapping[str, Any]]) -> dict[str, "Counted"]:
        """Put the rows of `measure.days` together, in the order of groups."""
        found: dict[str, dict[str, dict[int, int]]] = {}
        met: dict[str, int] = {}
        aimed: dict[str, int] = {}
        for row in rows:
            group = row["group"]
            of = found.setdefault(group, {"done": {}, "left": {}, "open": {}})
            of[row["status"]][row["working_days"]] = row["number"]
            if row["status"] == "done":
                met[group] = met.get(group, 0) + row["within_target"]
                aimed[group] = aimed.get(group, 0) + row["with_target"]
        return {
            group: cls(of["done"], of["left"], of["open"], met.get(group, 0), aimed.get(group, 0))
            for group, of in sorted(found.items())
        }

    def total(self) -> tuple[int, int, int]:
        """How many are done, have left, are open."""
        return sum(self.done.values()), sum(self.left.values()), sum(self.open.values())


def distribution(counted: Mapping[str, Counted]) -> list[dict[str, Any]]:
    """How many took how long, and how long those that are open have taken so far, in bands of working days."""
    return [
        {
            "group": group,
            "from_working_days": low,
            "to_working_days": high,
            "completed": between(of.done, low, high),
            "still_open": between(of.open, low, high),
        }
        for group, of in counted.items()
        for low, high in BANDS
    ]


def estimates(counted: Mapping[str, Counted]) -> list[dict[str, Any]]:
    """How long it takes when those who still wait are not ignored: the Kaplan-Meier estimate of each group.

    Who left without being done is taken out on the day of leaving. A figure is None where fewer than half (or nine in
    ten) can be said to have come to an end.
    """
    return [{"group": group, **_estimate(of)} for group, of in counted.items()]


def _estimate(of: Counted) -> dict[str, Any]:
    done, left, still = of.total()
    told: dict[str, Any] = {"completed": done, "left_before": left, "still_open": still}
    curve = survival(of) if done else None
    for name, share in (("median", 0.5), ("p90", 0.9)):
        at, low, high = _quantile(curve, share) if curve is not None else (None, None, None)
        told |= {
            f"estimated_{name}_working_days": at,
            f"{name}_low_working_days": low,
            f"{name}_high_working_days": high,
        }
    return told


def survival(of: Counted) -> Any:
    """The estimated share that still waits after so many days (`surv_times`, `surv_prob`), by statsmodels."""
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415 # half a second, and memory

    times: list[int] = []
    ended: list[int] = []
    weights: list[int] = []
    for days, event in ((of.done, 1), (of.left, 0), (of.open, 0)):
        times += days.keys()
        ended += [event] * len(days)
        weights += days.values()
    return SurvfuncRight(times, ended, freq_weights=weights)


def _quantile(curve: Any, share: float) -> tuple[int | None, int | None, int | None]:
    import numpy as np  # noqa: PLC0415

    with np.errstate(all="ignore"):
        at = curve.quantile(share)
        low, high = curve.quantile_ci(share, alpha=1 - CONFIDENCE, method="cloglog")
    return _whole(at), _whole(low), _whole(high)


def _whole(value: float) -> int | None:
    return int(value) if isfinite(value) else None


def comparison(counted: Mapping[str, Counted]) -> list[dict[str, Any]]:
    """Each group beside all the others: medians and their difference, and shares within target, with intervals.

    Medians' intervals are by resampling with a published seed; shares' are Wilson's, and Newcombe's for the difference.
    """
    if not counted:
        return []
    import numpy as np  # noqa: PLC0415

    chance = np.random.default_rng(SEED)
    rows = []
    for group, of in counted.items():
        others = _together(other.done for name, other in counted.items() if name != group)
        mine, theirs = _medians(of.done, chance), _medians(others, chance)
        told: dict[str, Any] = {"group": group, "completed": sum(of.done.values()), "others": sum(others.values())}
        told |= _interval("median", percentile(of.done, 0.5), mine)
        here, there = percentile(of.done, 0.5), percentile(others, 0.5)
        gap = here - there if here is not None and there is not None else None
        told |= _interval("difference", gap, mine - theirs if mine is not None and theirs is not None else None)
        rows.append(told | _shares(group, counted))
    return rows


def _together(days: Iterable[Days]) -> dict[int, int]:
    total: dict[int, int] = {}
    for each in days:
        for day, number in each.items():
            total[day] = total.get(day, 0) + number
    return total


def _medians(days: Days, chance: Any) -> Any:
    """Medians of resamples of counted days; None where there are too few."""
    import numpy as np  # noqa: PLC0415

    count = sum(days.values())
    if count < FEWEST:
        return None
    ordered = np.array(sorted(days))
    reached = np.cumsum([days[day] for day in ordered.tolist()]) / count
    # Where the middle of a resample lies is drawn at once, as the order statistic that it is, and not by drawing all
    # its days: the same chance, at no cost that grows with the days.
    rank = (count - 1) // 2 + 1
    low_at = chance.beta(rank, count - rank + 1, size=RESAMPLES)
    low = ordered[np.searchsorted(reached, low_at)]
    if count % 2:
        return low
    high_at = low_at + (1 - low_at) * chance.beta(1, count - rank, size=RESAMPLES)
    high = ordered[np.searchsorted(reached, high_at).clip(max=len(ordered) - 1)]
    return (low + high) / 2


def _interval(name: str, value: float | None, drawn: Any) -> dict[str, float | None]:
    import numpy as np  # noqa: PLC0415

    edge = 100 * (1 - CONFIDENCE) / 2
    low, high = (None, None) if drawn is None else (float(x) for x in np.percentile(drawn, [edge, 100 - edge]))
    return {
        f"{name}_working_days": value,
        f"{name}_low_working_days": low,
        f"{name}_high_working_days": high,
    }


def _shares(group: str, counted: Mapping[str, Counted]) -> dict[str, float | None]:
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint  # noqa: PLC0415

    names = ("percent_within_target", "percent_low", "percent_high", "points_apart", "points_low", "points_high")
    met, of = counted[group].within_target, counted[group].with_target
    others = [other for name, other in counted.items() if name != group]
    other_met, other_of = sum(one.within_target for one in others), sum(one.with_target for one in others)
    if of < FEWEST:
        return dict.fromkeys(names)
    low, high = proportion_confint(met, of, alpha=1 - CONFIDENCE, method="wilson")
    told: list[float | None] = [100 * met / of, 100 * low, 100 * high, None, None, None]
    if other_of >= FEWEST:
        below, above = confint_proportions_2indep(met, of, other_met, other_of, method="newcomb", compare="diff",
                                                  alpha=1 - CONFIDENCE)  # fmt: skip
        told[3:] = [100 * (met / of - other_met / other_of), 100 * below, 100 * above]
    return {name: None if value is None else round(float(value), 1) for name, value in zip(names, told, strict=True)}
