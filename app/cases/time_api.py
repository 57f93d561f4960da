"""GET /cases/{reference}/time: where a case's time went, and the clocks."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.cases.time_schemas import TimeOut
from app.cases.time_shown import show_time
from app.edge.desk import ReadingDesk
from app.kernel.database import Session

router = APIRouter(tags=["cases"])


@router.get("/cases/{reference}/time", response_model=TimeOut, summary="Time in each stage, and the clocks")
async def get_time(reference: str, desk: ReadingDesk) -> Response:
    """Time in each stage, with each organisation, on hold, and end to end, in calendar and in working days."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> TimeOut:
        case = await queries.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}/time", [case.id])
        return await show_time(session, case, casework.timekeeper, now=desk.now())

    return await desk.read(work)
