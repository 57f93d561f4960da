"""The partnership's report of a year's snapshot: time, quality and outcomes, put together from the sampled cases."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports import catalogue, runner
from app.reports.answers import find_measure
from app.reports.filters import Filters, Involvement, Outcomes, Professions
from app.reports.measuring.columns import as_told, columns_of
from app.reports.measuring.running import Question, figures
from app.reports.runner import Surroundings
from app.reports.sight import whole_sight
from app.reports.snapshot_outcomes import NOTHING_SAID, PARTNERSHIP, Looked, outcome_tables
from app.reports.snapshot_said import OfPeople, read_said
from app.reports.snapshot_schemas import SnapshotReport, TableOut, ToldOut
from app.reports.snapshots import Sample, find, parts, sample

_LOGGED = text(
    """
    SELECT count(*) FROM case_events e
     WHERE e.sequence = 1 AND e.actor_kind <> 'import'
       AND e.recorded_at >= make_date(:year, 4, 1)::timestamp AT TIME ZONE 'Europe/London'
       AND e.recorded_at < make_date(:year + 1, 4, 1)::timestamp AT TIME ZONE 'Europe/London'
    """
)
_MEASURE: Final = "end-to-end"
_ENDED: Final = "How cases ended: adapted, rehoused, other solutions"


async def report(session: Session, actor: Actor, year: int, *, keeper: Timekeeper, now: datetime) -> SnapshotReport:
    """Put the report together from the sampled cases. Raises NotPermitted for who does not see them all."""
    require(actor, Permission.REPORT_READ)
    whole_sight(actor)
    snapshot, drawn = await find(session, year), await sample(session, year)
    around, said = Surroundings.of(keeper, keeper.day(now)), await read_said(session, drawn.ids(), keeper)
    looked = looked_at(drawn, said)
    return SnapshotReport(
        snapshot=snapshot,
        made_on=around.today,
        sampled=len(drawn.rows),
        logged=(await session.execute(_LOGGED, {"year": year})).scalar_one(),
        parts=await parts(session, year, drawn),
        tables=[
            *[table async for table in _times(session, drawn, find_measure(keeper, _MEASURE), around)],
            await _report(session, catalogue.OUTCOMES, Outcomes(), _ENDED, drawn, around),
            *outcome_tables(looked, keeper.pathways.survey, said.words),
            await _report(session, catalogue.PROFESSIONS, Professions(), "Professions that took part", drawn, around),
            _others(drawn),
            await _report(session, catalogue.INVOLVEMENT, Involvement(), "Organisations and people that took part",
                          drawn, around),
        ],
        told=_told(drawn),
    )  # fmt: skip


def looked_at(drawn: Sample, said: OfPeople) -> list[Looked]:
    """The sampled cases with what was entered of them and what their people said."""
    return [
        Looked(
            part=row.organisation,
            asked=row.surveyed,
            because=row.not_asked_because,
            said=said.by_case.get(row.case_id, NOTHING_SAID),
        )
        for row in drawn.rows
    ]


async def _times(session: Session, drawn: Sample, measure: Measure, around: Surroundings) -> AsyncIterator[TableOut]:
    """End to end for the partnership, for each part from the part's own cases, and by tier and tenure."""

    async def rows(by: str, only: list[int]) -> list[dict[str, Any]]:
        return await figures(session, measure, Question(by, values={"only": only}), around.values())

    def table(title: str, by: str, told: list[dict[str, Any]]) -> TableOut:
        columns = list(columns_of(measure))
        return TableOut(
            title=title, definition=measure.words(), by=by, columns=columns, rows=[as_told(row) for row in told]
        )

    whole = await rows("none", drawn.ids())
    yield table("Time, all together", "none", whole)
    by_part = [
        {**row, "group": name}
        for name, own in _by_part(drawn)
        for row in await rows("none", [case.case_id for case in own])
    ]
    yield table("Time by part", "organisation", [*by_part, *({**row, "group": PARTNERSHIP} for row in whole)])
    yield table("Time by tier", "tier", await rows("tier", drawn.ids()))
    yield table("Time by tenure", "tenure", await rows("tenure", drawn.ids()))


async def _report(
    session: Session, one: catalogue.Report, filters: Filters, title: str, drawn: Sample, around: Surroundings
) -> TableOut:
    rows = await runner.figures(session, one, filters, around, only=drawn.ids())
    return TableOut(
        title=title,
        definition=one.definition,
        by=one.told_by,
        columns=list(one.columns),
        rows=[as_told(row) for row in rows],
    )


def _by_part(drawn: Sample) -> list[tuple[str, Sequence[Row[Any]]]]:
    names = sorted({row.organisation for row in drawn.rows})
    return [(name, [row for row in drawn.rows if row.organisation == name]) for name in names]


def _others(drawn: Sample) -> TableOut:
    counted: dict[str, int] = {}
    for row in drawn.rows:
        for profession in row.professions or ():
            counted[profession] = counted.get(profession, 0) + 1
    rows = [{"group": name, "cases": number} for name, number in sorted(counted.items(), key=lambda one: -one[1])]
    definition = (
        "Professions that organisations named because they took part without recording anything in the service."
    )
    return TableOut(
        title="Other professions", definition=definition, by="profession", columns=["group", "cases"], rows=rows
    )


def _told(drawn: Sample) -> list[ToldOut]:
    """What was written of people, put into the alphabet's order: the order of cases would say of whom it is."""
    told = [
        ToldOut(organisation=name, words=sorted(row.outcome_told for row in own if row.outcome_told is not None))
        for name, own in _by_part(drawn)
    ]
    return [one for one in told if one.words]
