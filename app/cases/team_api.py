"""The JSON API of the manager's view."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.cases import team
from app.cases.api import casework_of
from app.cases.worklist import MANY
from app.cases.worklist_schemas import CarriedOut, ExpiryOut, StageLoadOut, TeamOut
from app.edge.desk import ReadingDesk
from app.kernel.database import Session

router = APIRouter(tags=["cases"])


@router.get("/team", response_model=TeamOut, summary="A manager's view of a team")
async def get_team(
    desk: ReadingDesk,
    organisation: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,80}$", description="Its key.")] = None,
) -> Response:
    """Who carries how much, what is stuck where, what waits for an answer, and whose training runs out.

    Only numbers and colleagues are in it; the cases behind a number are in `GET /cases`, by the same list and filters.
    """
    casework = casework_of(desk.request)
    days = desk.request.app.state.settings.training_notice_days

    async def work(session: Session, actor: Actor) -> TeamOut:
        today = casework.timekeeper.day(desk.now())
        scope = await team.scope_of(session, actor, organisation)
        seen = await team.look(session, actor, scope, casework=casework, today=today, training_days=days)
        return TeamOut(
            list=scope.list,
            organisation=scope.organisation,
            people=[_carried(one) for one in seen.people],
            stages=[StageLoadOut(stage=s.stage, open=s.open, overdue=s.overdue, since=s.since) for s in seen.stages],
            training=[
                ExpiryOut(
                    id=one.user_id,
                    name=one.name,
                    module=one.module,
                    expires_on=one.expires_on,
                    expired=one.expires_on < today,
                )
                for one in seen.training
            ],
            unassigned=seen.unassigned,
            reviews_overdue=seen.reviews_overdue,
            handovers=seen.handovers,
            counted_to=MANY,
        )

    return await desk.read(work)


def _carried(one: team.Carried) -> CarriedOut:
    return CarriedOut(
        id=one.user_id,
        name=one.name,
        roles=list(one.roles),
        open=one.open,
        overdue=one.overdue,
        due_soon=one.due_soon,
        by_tier=dict(one.by_tier),
        waiting_since=one.waiting_since,
    )
