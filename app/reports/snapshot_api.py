"""The JSON API of the annual performance snapshot."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.edge.desk import ReadingDesk, WritingDesk
from app.kernel.database import Session
from app.reports import snapshot_report, snapshots
from app.reports.snapshot_schemas import (
    EntryIn,
    PartList,
    SampledList,
    SampledOut,
    SnapshotIn,
    SnapshotList,
    SnapshotOut,
    SnapshotReport,
    SubmissionIn,
)

router = APIRouter(tags=["snapshot"])
Year = Annotated[int, Path(ge=2000, le=2100, description="The year in which the financial year begins.")]


@router.get("/snapshots", response_model=SnapshotList, summary="Every year's snapshot")
async def get_snapshots(desk: ReadingDesk) -> Response:
    """The seeds as they were published."""

    async def work(session: Session, actor: Actor) -> SnapshotList:
        require(actor, Permission.SNAPSHOT_VIEW)
        return SnapshotList(items=await snapshots.published(session))

    return await desk.read(work)


@router.post("/snapshots", status_code=201, response_model=SnapshotOut, summary="Publish a year's seed")
async def post_snapshot(body: SnapshotIn, desk: WritingDesk) -> Response:
    """Once a year has its seed its sample is settled: no case can be picked afterwards."""

    async def work(session: Session, actor: Actor) -> SnapshotOut:
        await snapshots.publish(session, actor, body)
        return await snapshots.find(session, body.year)

    return await desk.write(work)


@router.get("/snapshots/{year}/cases", response_model=SampledList, summary="The sampled cases")
async def get_sample(year: Year, desk: ReadingDesk) -> Response:
    """Those that one may see, with what has been added. The read is recorded."""

    async def work(session: Session, actor: Actor) -> SampledList:
        require(actor, Permission.SNAPSHOT_VIEW)
        drawn = await snapshots.sample(session, year)
        await note_read(session, actor, "GET /snapshots/{year}/cases", drawn.ids())
        return SampledList(items=drawn.shown())

    return await desk.read(work)


@router.post(
    "/snapshots/{year}/cases/{sampled}", status_code=201, response_model=SampledOut, summary="Complete a sampled case"
)
async def post_entry(year: Year, sampled: str, body: EntryIn, desk: WritingDesk) -> Response:
    """What the journal does not have; it can be changed until the organisation's part is submitted.

    Send `replaces` with the `version` that you have seen, and what somebody else has entered since stays.
    """

    async def work(session: Session, actor: Actor) -> SampledOut:
        require(actor, Permission.SNAPSHOT_ENTER)
        await snapshots.enter(session, actor, year, sampled, body)
        row = await snapshots.sampled_case(session, year, sampled)
        await note_read(session, actor, "POST /snapshots/{year}/cases/{sampled}", [row.case_id])
        return SampledOut.model_validate(row, from_attributes=True)

    return await desk.write(work)


@router.post("/snapshots/{year}/submissions", status_code=201, response_model=PartList, summary="Submit a part")
async def post_submission(year: Year, body: SubmissionIn, desk: WritingDesk) -> Response:
    """Hand in an organisation's part once the year is over; from then on it stays as it is."""
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> PartList:
        await snapshots.submit(session, actor, year, body, today=keeper.day(desk.now()))
        drawn = await snapshots.sample(session, year)
        return PartList(items=await snapshots.parts(session, year, drawn))

    return await desk.write(work)


@router.get("/snapshots/{year}", response_model=SnapshotReport, summary="The partnership's report")
async def get_report(year: Year, desk: ReadingDesk) -> Response:
    """Time, quality and outcomes of the sampled cases, whom somebody asked and what they answered, by part and in all.

    Numbers are whole ones, small ones too: they are for those who answer for the partnership, not for publication.
    """
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> SnapshotReport:
        return await snapshot_report.report(session, actor, year, keeper=keeper, now=desk.now())

    return await desk.report(work)
