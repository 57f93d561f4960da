"""Runs measures over the cases that the reader may see: figures by group, and the cases behind each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import text

from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports.measuring.columns import COUNTS, columns_of
from app.reports.measuring.compiler import FILTERS, Asked, units
from app.reports.statements import PLAN, last, parameters_of
from app.reports.summary import kept_units, summary_of
from app.reports.tallies import tallied

_FIGURES: Final = {
    "interval": "measure.figures", "stays": "measure.figures", "count": "measure.counted", "open": "measure.open",
    "cost": "measure.costs",
}  # fmt: skip
"""What a statement of figures ends with, by the measure's kind."""


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

    `afresh` counts the journal even where units, or what they add up to, are kept; the answer is the same.
    """
    if not afresh and not question.cohort:
        rows = await tallied(session, measure, question.by, ending, question.values, known)
        if rows is not None:
            return rows
    kept = None if afresh else await kept_units(session, summary_of(measure), question.values)
    asked = replace(question.asked(measure), kept=kept is not None)
    statement = text(f"{units(asked)}\n{last(ending)}")
    limit = measure.definition.limit
    values = {
        "as_known_on": None, "source": None, "only": None, "among": None if kept is None else list(kept.moved),
        "measure": kept.summary.name if kept else None, "completed_from": None, "completed_to": None,
        "by": question.by, "limit_months": limit.months if limit else None, **known, **question.values,
    }  # fmt: skip
    given = {name: values[name] for name in parameters_of(statement)}
    await session.execute(PLAN)
    return [dict(row) for row in (await session.execute(statement, given)).mappings()]


async def figures(
    session: Session, measure: Measure, question: Question, known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The measure's figures by group, each with the measure's columns in their order.

    Nothing counted is a figure too, when all are one group.
    """
    rows = await run(session, measure, question, _FIGURES[measure.definition.kind], known)
    names = columns_of(measure)
    if not rows and question.by == "none" and question.values.get("split_on") is None:
        return [{name: "all" if name == "group" else 0 if name in COUNTS else None for name in names}]
    return [{name: row[name] for name in names} for row in rows]
