"""Which figures a measure gives, in which order, and which of them are counts. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from app.pathways.measures import Measure

COUNTS: Final = frozenset(
    {"completed", "within_target", "with_target", "over_limit", "still_open", "households", "left_before",
     "journey_unknown", "doubtful", "works", "not_recorded"}
)  # fmt: skip
"""What is a number of something, and so nothing where there is nothing; other figures are then not known."""
EXITS: Final = (
    "advice_only", "refused", "withdrawn", "died", "moved_away", "lost_contact", "declined_contribution",
    "declined_works", "duplicate",
)  # fmt: skip
"""How a unit may leave without being done, each in a column of its own."""
_DAYS: Final = (
    "median_working_days", "p90_working_days", "mean_working_days", "median_calendar_days", "longest_working_days",
)  # fmt: skip
_NET: Final = tuple(f"net_{name}" for name in _DAYS)
_CALENDAR: Final = ("p90_calendar_days", "mean_calendar_days", "longest_calendar_days")
_BESIDE: Final = ("still_open", "open_median_working_days", "open_longest_working_days", "left_before", "doubtful")


def as_told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of figures to four decimals, as means are: more nobody measures, and a float's own noise is not shown."""
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}


def columns_of(measure: Measure) -> tuple[str, ...]:
    """The figures that a measure gives of each group, in their order."""
    one = measure.definition
    match one.kind:
        case "count":
            return ("group", "completed", "doubtful")
        case "cost":
            return ("group", "works", "pounds", "not_recorded", "doubtful")
        case "open":
            return ("group", "still_open", "households", "open_median_working_days", "open_longest_working_days")
        case "stays":
            beside: tuple[str, ...] = ("journey_unknown", *_BESIDE)
        case _:
            beside = _BESIDE
    target = ("within_target", "with_target") if one.target else ()
    limit = ("over_limit",) if one.limit else ()
    net = _NET if one.leave_out.waits_on else ()
    # What the measure names first stands first.
    return tuple(dict.fromkeys(("group", "completed", headline_of(measure), *_DAYS, *_CALENDAR, *net, *target, *limit,
                                *beside)))  # fmt: skip


def headline_of(measure: Measure) -> str:
    """The figure that the measure names first: what is shown in its picture."""
    one = measure.definition
    match one.kind:
        case "count":
            return "completed"
        case "cost":
            return "pounds"
        case "open":
            return "households" if one.unit == "households" else "still_open"
        case _:
            return f"{one.headline}_{one.unit}"
