"""Runs a report over the cases that the reader may see: row-level security is behind every statement."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import TextClause

from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.paging import Page, decode, encode, malformed
from app.pathways.pathway import CompiledPathway
from app.reports.catalogue import CUMULATIVE_FLOW, Report
from app.reports.filters import Behind, Filters
from app.reports.statements import PLAN, UNSORTED, cases_of, figures_of, parameters_of
from app.reports.tallies import cumulative_flow

ENDED = "ended"
_PLACE = re.compile(r"(-?[0-9]{1,9})\.([0-9]{1,18})\.([0-9]{1,9})\.([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a report needs beside its filters: the pathways' calendars and stage groups, and today.

    `calendars` by pathway and version; `stages` by pathway and stage, whichever version.
    """

    calendars: Mapping[tuple[str, int], str]
    today: date
    stages: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, keeper: Timekeeper, today: date) -> "Surroundings":
        """Those of a partnership."""
        return cls.told(keeper.pathways.all(), today)

    @classmethod
    def told(cls, pathways: Iterable[CompiledPathway], today: date) -> "Surroundings":
        """Those that pathways give, each version over the one before."""
        known = list(pathways)
        return cls(
            {(p.key, p.version): p.calendar_key for p in known},
            today,
            {(p.key, name): stage.group for p in known for name, stage in p.definition.stages.items()},
        )

    def values(self) -> dict[str, Any]:
        """As parameters of a statement."""
        return {
            "pathway_keys": [key for key, _ in self.calendars],
            "pathway_versions": [version for _, version in self.calendars],
            "calendar_keys": list(self.calendars.values()),
            "today": self.today,
            "stage_pathways": [key for key, _ in self.stages],
            "stage_names": [name for _, name in self.stages],
            "stage_groups": list(self.stages.values()),
            "ended_stages": sorted({name for (_, name), group in self.stages.items() if group == ENDED}),
        }


async def figures(
    session: Session,
    report: Report,
    filters: Filters,
    around: Surroundings,
    *,
    only: Sequence[int] | None = None,
    afresh: bool = False,
) -> list[dict[str, Any]]:
    """The report's rows, each with the report's columns in their order; `only` of these cases where they are given.

    `afresh` counts the journal even where what it adds up to is kept; the answer is the same.
    """
    asked = filters.model_dump()
    values = asked | around.values() | {"only": None if only is None else list(only)}
    rows = None
    if report is CUMULATIVE_FLOW and only is None and not afresh:
        rows = await cumulative_flow(session, asked, around.values(), around.stages)
    if rows is None:
        rows = await _run(session, figures_of(report.sql), values, plan=UNSORTED)
    return [{name: row[name] for name in report.columns} for row in rows]


async def cases(
    session: Session, report: Report, wanted: Behind, around: Surroundings
) -> tuple[Page[dict[str, Any]], list[int]]:
    """One page of the cases behind a report, the longest first, and their numbers for the record of reads."""
    values = wanted.model_dump() | around.values() | after(wanted.cursor) | {"limit": wanted.limit + 1}
    rows = await _run(session, cases_of(report.sql), values, plan=PLAN)
    shown = rows[: wanted.limit]
    more = encode(place(shown[-1])) if len(rows) > wanted.limit else None
    return Page(shown, more), list(dict.fromkeys(row["case_id"] for row in shown))


async def _run(
    session: Session, statement: TextClause, values: Mapping[str, Any], *, plan: TextClause
) -> list[dict[str, Any]]:
    await session.execute(plan)
    wanted = {"completed_from": None, "completed_to": None, "only": None, "among": None, **values}
    given = {name: wanted[name] for name in parameters_of(statement)}
    return [dict(row) for row in (await session.execute(statement, given)).mappings()]


def place(row: Mapping[str, Any]) -> str:
    """Where a page ends, for its cursor."""
    return ".".join(str(row[name]) for name in ("working_days", "case_id", "sequence", "n"))


def after(cursor: str | None) -> dict[str, int | None]:
    """Where to go on after a cursor, as values of a statement. Raises Unprocessable for one that is none."""
    at = decode(cursor)
    found = _PLACE.fullmatch(at) if at is not None else None
    if at is not None and found is None:
        raise malformed()
    numbers = [int(number) for number in found.groups()] if found else [None] * 4
    return dict(zip(("after_days", "after_case", "after_sequence", "after_n"), numbers, strict=True))
