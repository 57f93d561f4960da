"""The JSON API of panels: their meetings, who attended, and what each organisation says about a case."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Cursor, Id, KeyInPath, Limit
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode, malformed
from app.panels import queries, shown
from app.panels.actions.cancel_meeting import CancelMeeting, cancel_meeting
from app.panels.actions.give_assent import GiveAssent, give_assent
from app.panels.actions.open_round import OpenRound, open_round
from app.panels.actions.record_attendance import RecordAttendance, record_attendance
from app.panels.actions.set_meeting import SetMeeting, set_meeting
from app.panels.actions.set_up_panel import (
    AddMember,
    EndMembership,
    SetUpPanel,
    add_member,
    end_membership,
    set_up_panel,
)
from app.panels.invitations import calendar_file, invitation
from app.panels.schemas import (
    AssentIn,
    AttendanceIn,
    CancellationIn,
    MeetingIn,
    MeetingOut,
    MeetingPage,
    MemberIn,
    PanelIn,
    PanelOut,
    PanelPage,
    RoundIn,
)
from app.panels.shown import read_meeting

router = APIRouter(tags=["panels"])
Cancellation = Annotated[CancellationIn | None, Body(examples=[{"reason": "Snow."}])]
Since = Annotated[date, Query(description="Only meetings held on this day or later.")]


@router.get("/panels", response_model=PanelPage, summary="The panels and who sits on them")
async def get_panels(desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """Every panel of the partnership, by key."""
    after = decode(cursor) or ""

    async def work(session: Session, actor: Actor) -> PanelPage:
        require(actor, Permission.PANEL_VIEW)
        page = await shown.show_panels(session, after=after, limit=limit)
        return PanelPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.read(work)


@router.post("/panels", status_code=201, response_model=PanelOut, summary="Set up a panel")
async def post_panel(body: PanelIn, desk: WritingDesk) -> Response:
    """Set up a panel; members are added to it one by one."""
    command = SetUpPanel(**{**body.model_dump(), "quorum_sectors": tuple(body.quorum_sectors)})

    async def work(session: Session, actor: Actor) -> PanelOut:
        await set_up_panel(session, actor, command)
        return await shown.show_panel(session, command.key)

    return await desk.write(work)


@router.post("/panels/{key}/members", status_code=201, response_model=PanelOut, summary="Seat a member")
async def post_member(key: KeyInPath, body: MemberIn, desk: WritingDesk) -> Response:
    """Let a user sit on the panel for an organisation; the answer is the panel."""
    command = AddMember(panel=key, **body.model_dump())

    async def work(session: Session, actor: Actor) -> PanelOut:
        await add_member(session, actor, command)
        return await shown.show_panel(session, key)

    return await desk.write(work)


@router.post(
    "/panels/{key}/members/{member_id}/end", status_code=201, response_model=PanelOut, summary="End a membership"
)
async def post_membership_end(key: KeyInPath, member_id: Id, desk: WritingDesk) -> Response:
    """Let a member sit no longer, from today; the answer is the panel."""

    async def work(session: Session, actor: Actor) -> PanelOut:
        await end_membership(session, actor, EndMembership(panel=key, member_id=member_id))
        return await shown.show_panel(session, key)

    return await desk.write(work)


@router.get("/panels/{key}/meetings", response_model=MeetingPage, summary="A panel's meetings")
async def get_meetings(
    key: KeyInPath,
    desk: ReadingDesk,
    since: Since = date.min,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """The panel's meetings by day, cancelled ones too."""
    after = _day(decode(cursor))

    async def work(session: Session, actor: Actor) -> MeetingPage:
        require(actor, Permission.PANEL_VIEW)
        panel = await queries.find_panel(session, key)
        page = await shown.show_meetings(session, panel, since=since, after=after, limit=limit)
        return MeetingPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.read(work)


def _day(place: str | None) -> date:
    try:
        return date.fromisoformat(place) if place is not None else date.min
    except ValueError:
        raise malformed() from None


@router.post("/panels/{key}/meetings", status_code=201, response_model=MeetingOut, summary="Set a meeting")
async def post_meeting(key: KeyInPath, body: MeetingIn, desk: WritingDesk) -> Response:
    """Set a meeting on a working day; the day by which papers must be in follows from the panel's rules."""
    casework = casework_of(desk.request)
    command = SetMeeting(panel=key, **body.model_dump())

    async def work(session: Session, actor: Actor) -> MeetingOut:
        meeting_id = await set_meeting(session, actor, command, casework=casework, now=desk.now())
        return await read_meeting(session, actor, meeting_id, "POST /panels/{key}/meetings")

    return await desk.write(work)


@router.get("/meetings/{meeting_id}", response_model=MeetingOut, summary="One meeting")
async def get_meeting(meeting_id: Id, desk: ReadingDesk) -> Response:
    """The meeting, who attended, and the cases on its agenda that the reader may see."""

    async def work(session: Session, actor: Actor) -> MeetingOut:
        require(actor, Permission.PANEL_VIEW)
        return await read_meeting(session, actor, meeting_id, "GET /meetings/{meeting_id}")

    return await desk.read(work)


@router.get(
    "/meetings/{meeting_id}/invitation.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
    summary="A meeting for calendars",
)
async def get_invitation(meeting_id: Id, desk: ReadingDesk) -> Response:
    """The meeting as an iCalendar event that is asked for, changed and cancelled under one number; no case is in it."""

    async def work(session: Session, actor: Actor) -> Response:
        require(actor, Permission.PANEL_VIEW)
        return calendar_file(await invitation(session, meeting_id, now=desk.now()), meeting_id)

    return await desk.read(work)


@router.post(
    "/meetings/{meeting_id}/attendance", status_code=201, response_model=MeetingOut, summary="Record attendance"
)
async def post_attendance(meeting_id: Id, body: AttendanceIn, desk: WritingDesk) -> Response:
    """Record who came and who did not; naming a member again corrects it."""
    command = RecordAttendance(meeting_id=meeting_id, present=tuple(body.present), absent=tuple(body.absent))

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await record_attendance(session, actor, command)
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/attendance")

    return await desk.write(work)


@router.post(
    "/meetings/{meeting_id}/cases/{reference}/assents",
    status_code=201,
    response_model=MeetingOut,
    summary="Assent or dissent",
)
async def post_assent(meeting_id: Id, reference: str, body: AssentIn, desk: WritingDesk) -> Response:
    """Say for an organisation whether it agrees to a decision on this case; until the decision it may change."""
    command = GiveAssent(meeting_id=meeting_id, reference=reference, **body.model_dump())

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await give_assent(session, actor, command)
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/cases/{reference}/assents")

    return await desk.write(work)


@router.post("/meetings/{meeting_id}/cancel", status_code=201, response_model=MeetingOut, summary="Cancel a meeting")
async def post_cancellation(meeting_id: Id, desk: WritingDesk, body: Cancellation = None) -> Response:
    """Cancel a meeting; the cases on its agenda go to another one, all of them or none."""
    casework = casework_of(desk.request)
    command = CancelMeeting(meeting_id=meeting_id, **(body.model_dump() if body else {}))

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await cancel_meeting(session, actor, command, casework=casework, now=desk.now())
        return await read_meeting(session, actor, meeting_id, "POST /meetings/{meeting_id}/cancel")

    return await desk.write(work)


@router.post(
    "/panels/{key}/correspondence", status_code=201, response_model=MeetingOut, summary="Decide by correspondence"
)
async def post_round(key: KeyInPath, body: RoundIn, desk: WritingDesk) -> Response:
    """Ask the panel's members about one urgent case between meetings; the answer is the round, a kind of meeting."""
    casework = casework_of(desk.request)
    command = OpenRound(panel=key, **body.model_dump())

    async def work(session: Session, actor: Actor) -> MeetingOut:
        opened = await open_round(session, actor, command, casework=casework, now=desk.now())
        return await read_meeting(session, actor, opened, "POST /panels/{key}/correspondence")

    return await desk.write(work)
