"""Runs measures over the cases that the reader may see: figures by group, and the cases behind each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import text

from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports.measuring.compiler import FILTERS, Asked, units
from app.reports.statements import PLAN, last, parameters_of
from app.reports.summary import kept_units

_DAYS: Final = (
    "median_working_days", "p90_working_days", "mean_working_days", "median_calendar_days", "longest_working_days",
)  # fmt: skip
_NET: Final = tuple(f"net_{name}" for name in _DAYS)
_CALENDAR: Final = ("p90_calendar_days", "mean_calendar_days", "longest_calendar_days")
_BESIDE: Final = ("still_open", "open_median_working_days", "open_longest_working_days", "left_before", "doubtful")


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


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a measure: by what, narrowed by which values, of which period, as known when."""

    by: str = "none"
    cohort: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)

    def asked(self, measure: Measure) -> Asked:
        """What a statement must be compiled for."""
        narrowed = frozenset(name for name in FILTERS if self.values.get(name) is not None)
        return Asked(measure, self.by, narrowed, self.cohort, self.values.get("split_on") is not None)


async def run(
    session: Session,
    measure: Measure,
    question: Question,
    ending: str,
    known: Mapping[str, Any],
    *,
    afresh: bool = False,
) -> list[dict[str, Any]]:
    """Run a measure with one of the endings; `known` is what every report knows (calendars, today).

    `afresh` counts the journal even where units are kept; the answer is the same.
    """
    kept = None if afresh else await kept_units(session, measure, question.values)
    asked = replace(question.asked(measure), kept=kept is not None)
    statement = text(f"{units(asked)}\n{last(ending)}")
    limit = measure.definition.limit
    values = {
        "as_known_on": None, "source": None, "only": None, "among": None if kept is None else list(kept.moved),
        "measure": measure.name, "completed_from": None, "completed_to": None,
        "by": question.by, "limit_months": limit.months if limit else None, **known, **question.values,
    }  # fmt: skip
    given = {name: values[name] for name in parameters_of(statement)}
    await session.execute(PLAN)
    return [dict(row) for row in (await session.execute(statement, given)).mappings()]


async def figures(
    session: Session, measure: Measure, question: Question, known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The measure's figures by group, each with the measure's columns in their order."""
    rows = await run(session, measure, question, "measure.figures", known)
    return [{name: row[name] for name in columns_of(measure)} for row in rows]
