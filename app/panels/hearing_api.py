"""The JSON API of appeals' hearings."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.cases.api import IfMatch, casework_of
from app.edge.desk import ReadingDesk, WritingDesk, if_match
from app.kernel.database import Session
from app.panels.actions.set_hearing import RecordHearing, SetHearing, record_hearing, set_hearing
from app.panels.hearing_schemas import AppealList, HearingAttendedIn, HearingIn, HearingOut
from app.panels.hearing_shown import open_hearing, show_appeals

router = APIRouter(tags=["panels"])
HEARING = "/cases/{reference}/hearing"


@router.get("/appeals", response_model=AppealList, summary="Appeals that wait to be decided")
async def get_appeals(desk: ReadingDesk) -> Response:
    """Those that the reader may see, the longest wait first, with the day of their hearing."""
    casework = casework_of(desk.request)
    today = casework.timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> AppealList:
        return AppealList(
            items=await show_appeals(session, actor, casework=casework, today=today, route="GET /appeals")
        )

    return await desk.read(work)


@router.get(HEARING, response_model=HearingOut, summary="The hearing of an appeal")
async def get_hearing(reference: str, desk: ReadingDesk) -> Response:
    """The newest hearing about a case."""

    async def work(session: Session, actor: Actor) -> HearingOut:
        return await open_hearing(session, actor, reference, route=f"GET {HEARING}")

    return await desk.read(work)


@router.post(HEARING, status_code=201, response_model=HearingOut, summary="Set the hearing of an appeal")
async def post_hearing(reference: str, body: HearingIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Say when and by whom an appeal is heard: by people who took no part in the decision."""
    casework = casework_of(desk.request)
    command = SetHearing(reference=reference, **body.model_dump(), expected_sequence=if_match(match))

    async def work(session: Session, actor: Actor) -> HearingOut:
        await set_hearing(session, actor, command, casework=casework, now=desk.now())
        return await open_hearing(session, actor, reference, route=f"POST {HEARING}")

    return await desk.write(work)


@router.post(f"{HEARING}/attended", status_code=201, response_model=HearingOut, summary="How the person took part")
async def post_attended(reference: str, body: HearingAttendedIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record it; a hearing goes on without somebody who does not come."""
    command = RecordHearing(reference=reference, attended=body.attended, expected_sequence=if_match(match))

    async def work(session: Session, actor: Actor) -> HearingOut:
        await record_hearing(session, actor, command)
        return await open_hearing(session, actor, reference, route=f"POST {HEARING}/attended")

    return await desk.write(work)
