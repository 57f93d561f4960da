"""The JSON API of projections: demand, and what more capacity would do."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.cases.api import casework_of
from app.edge.desk import ReadingDesk
from app.kernel.database import Session
from app.reports import projections
from app.reports.projection_schemas import CapacityOut, DemandOut, capacity_out, demand_out

router = APIRouter(tags=["projections"])
Grouped = Literal["none", "tenure", "age_band", "adaptation", "locality"]


@router.get("/projections/demand", response_model=DemandOut, summary="Demand to come")
async def get_demand(
    desk: ReadingDesk,
    months: Annotated[int, Query(ge=12, le=60, description="How far ahead.")] = 24,
    by: Annotated[Grouped, Query(description="Tell its parts by this.")] = "tenure",
) -> Response:
    """Requests by month as they were and as they are likely to be, how sure that is, and what they would cost."""
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> DemandOut:
        found = await projections.demand(session, actor, months, by, keeper=keeper, now=desk.now())
        return demand_out(found)

    return await desk.report(work)


@router.get("/projections/capacity", response_model=CapacityOut, summary="What more capacity would do")
async def get_capacity(
    desk: ReadingDesk,
    assessors: Annotated[int, Query(ge=1, le=500, description="Who assess today, in whole posts.")] = 5,
    more: Annotated[int, Query(ge=0, le=100, description="How many more there would be.")] = 1,
    direct_percent: Annotated[
        int, Query(ge=0, le=90, description="Per cent of what comes that landlords would provide directly.")
    ] = 0,
) -> Response:
    """The queue for assessment through the year to come, as it is and as it would be."""
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> CapacityOut:
        found = await projections.capacity(
            session, actor, assessors=assessors, more=more, direct_percent=direct_percent, keeper=keeper, now=desk.now()
        )
        return capacity_out(found)

    return await desk.report(work)
