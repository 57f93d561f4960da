"""The JSON API around a meeting: changing it, its order and chair, apologies, and referrals that wait for one."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.cases.api import casework_of
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Id, KeyInPath
from app.kernel.database import Session
from app.panels import queries
from app.panels.actions.change_meeting import (
    AgendaPlace,
    ChangeMeeting,
    ElectChair,
    OrderAgenda,
    change_meeting,
    elect_chair,
    order_agenda,
)
from app.panels.actions.check_referral import CheckReferral, check_referral
from app.panels.actions.send_apologies import SendApologies, send_apologies
from app.panels.referrals_shown import waiting_referrals
from app.panels.schemas import MeetingOut
from app.panels.setting_schemas import AgendaIn, ApologiesIn, ChairIn, CheckIn, MeetingChangeIn, ReferralList
from app.panels.shown import read_meeting

router = APIRouter(tags=["panels"])


@router.post("/meetings/{meeting_id}/change", status_code=201, response_model=MeetingOut, summary="Change a meeting")
async def post_change(meeting_id: Id, body: MeetingChangeIn, desk: WritingDesk) -> Response:
    """Put it on another day, hour or place; calendars hear of it from its file."""
    casework = casework_of(desk.request)
    command = ChangeMeeting(meeting_id=meeting_id, **body.model_dump())

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await change_meeting(session, actor, command, casework=casework, now=desk.now())
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/change")

    return await desk.write(work)


@router.post("/meetings/{meeting_id}/agenda", status_code=201, response_model=MeetingOut, summary="Order the agenda")
async def post_agenda(meeting_id: Id, body: AgendaIn, desk: WritingDesk) -> Response:
    """Say in which order the cases come, how long each takes and who presents it."""
    items = tuple(AgendaPlace(**one.model_dump()) for one in body.items)

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await order_agenda(session, actor, OrderAgenda(meeting_id=meeting_id, items=items))
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/agenda")

    return await desk.write(work)


@router.post("/meetings/{meeting_id}/chair", status_code=201, response_model=MeetingOut, summary="Elect a chair")
async def post_chair(meeting_id: Id, body: ChairIn, desk: WritingDesk) -> Response:
    """Say who leads this meeting."""

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await elect_chair(session, actor, ElectChair(meeting_id=meeting_id, chair=body.chair))
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/chair")

    return await desk.write(work)


@router.post("/meetings/{meeting_id}/apologies", status_code=201, response_model=MeetingOut, summary="Send apologies")
async def post_apologies(meeting_id: Id, body: ApologiesIn, desk: WritingDesk) -> Response:
    """Say that a member cannot come, and who sits for it."""
    command = SendApologies(meeting_id=meeting_id, substitute=body.substitute, member=body.member)

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await send_apologies(session, actor, command)
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/apologies")

    return await desk.write(work)


@router.get("/panels/{key}/referrals", response_model=ReferralList, summary="Referrals that wait for an agenda")
async def get_referrals(key: KeyInPath, desk: ReadingDesk) -> Response:
    """The cases that wait, each with what its referral does not hold and what came of its last check."""

    async def work(session: Session, actor: Actor) -> ReferralList:
        return await _waiting(session, actor, key, desk, "GET /panels/{key}/referrals")

    return await desk.read(work)


@router.post(
    "/panels/{key}/referrals/{reference}/check",
    status_code=201,
    response_model=ReferralList,
    summary="Check a referral",
)
async def post_check(key: KeyInPath, reference: str, body: CheckIn, desk: WritingDesk) -> Response:
    """Accept a referral, or send it back for what is missing; the answer is what waits."""
    casework = casework_of(desk.request)
    command = CheckReferral(panel=key, reference=reference, **body.model_dump())

    async def work(session: Session, actor: Actor) -> ReferralList:
        await check_referral(session, actor, command, casework=casework, now=desk.now())
        return await _waiting(session, actor, key, desk, "POST /panels/{key}/referrals/{reference}/check")

    return await desk.write(work)


async def _waiting(
    session: Session, actor: Actor, key: str, desk: ReadingDesk | WritingDesk, route: str
) -> ReferralList:
    casework = casework_of(desk.request)
    today = casework.timekeeper.day(desk.now())
    panel = await queries.find_panel(session, key)
    return ReferralList(
        items=await waiting_referrals(session, actor, panel, casework=casework, today=today, route=route)
    )
