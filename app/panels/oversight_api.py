"""The JSON API of a panel's work."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.cases.api import casework_of
from app.edge.bodies import WrittenDay
from app.edge.desk import ReadingDesk
from app.edge.parameters import KeyInPath
from app.kernel.database import Session
from app.panels.oversight_schemas import OversightOut
from app.panels.oversight_shown import show_oversight

router = APIRouter(tags=["panels"])
From = Annotated[WrittenDay | None, Query(description="The first day; a year before the last unless it is named.")]
To = Annotated[WrittenDay | None, Query(description="The last day; today unless it is named.")]


@router.get("/panels/{key}/oversight", response_model=OversightOut, summary="How a panel works")
async def get_oversight(key: KeyInPath, desk: ReadingDesk, since: From = None, until: To = None) -> Response:
    """Waits, decisions, deferrals, attendance, what is overdue and where the terms were not kept."""
    casework = casework_of(desk.request)
    today = casework.timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> OversightOut:
        route = "GET /panels/{key}/oversight"
        return await show_oversight(session, actor, key, (since, until), casework=casework, today=today, route=route)

    return await desk.read(work)
