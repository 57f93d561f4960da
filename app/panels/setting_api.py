"""The JSON API by which a panel is set up: its terms, its series of meetings, who sits there and for whom."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Id, KeyInPath
from app.kernel.database import Session
from app.panels import queries, shown
from app.panels.actions.invite_always import InviteAlways, invite_always
from app.panels.actions.send_apologies import EndSubstitute, NameSubstitute, end_substitute, name_substitute
from app.panels.actions.set_series import series_of, set_series
from app.panels.actions.set_terms import SetTerms, set_terms
from app.panels.actions.set_up_panel import ReplaceMember, replace_member
from app.panels.schemas import MeetingPage, PanelOut
from app.panels.setting_schemas import InviteeIn, ReplacementIn, SeriesIn, SubstituteIn, TermsIn, TermsList, TermsOut

router = APIRouter(tags=["panels"])


@router.get("/panels/{key}/terms", response_model=TermsList, summary="A panel's terms of reference")
async def get_terms(key: KeyInPath, desk: ReadingDesk) -> Response:
    """Every version, newest first."""

    async def work(session: Session, actor: Actor) -> TermsList:
        require(actor, Permission.PANEL_VIEW)
        return await _terms(session, key)

    return await desk.read(work)


@router.post("/panels/{key}/terms", status_code=201, response_model=TermsList, summary="Set new terms")
async def post_terms(key: KeyInPath, body: TermsIn, desk: WritingDesk) -> Response:
    """Write a new version down; meetings from its day on are held by it."""
    casework = casework_of(desk.request)
    lists = {"quorum_sectors": tuple(body.quorum_sectors), "checklist": tuple(body.checklist)}
    command = SetTerms(panel=key, **{**body.model_dump(), **lists})

    async def work(session: Session, actor: Actor) -> TermsList:
        await set_terms(session, actor, command, casework=casework, now=desk.now())
        return await _terms(session, key)

    return await desk.write(work)


async def _terms(session: Session, key: str) -> TermsList:
    panel = await queries.find_panel(session, key)
    rows = await queries.terms(session, panel.id)
    return TermsList(items=[TermsOut.model_validate(row, from_attributes=True) for row in rows])


@router.post("/panels/{key}/series", status_code=201, response_model=MeetingPage, summary="Set a series of meetings")
async def post_series(key: KeyInPath, body: SeriesIn, desk: WritingDesk) -> Response:
    """Set meetings for a time to come; a day that is no working day gives way to the next one."""
    casework = casework_of(desk.request)
    command = series_of(key, body.model_dump())

    async def work(session: Session, actor: Actor) -> MeetingPage:
        await set_series(session, actor, command, casework=casework, now=desk.now())
        panel = await queries.find_panel(session, key)
        day_before = body.first_on.min
        page = await shown.show_meetings(session, panel, since=body.first_on, after=day_before, limit=100)
        return MeetingPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.write(work)


@router.post("/panels/{key}/invitees", status_code=201, response_model=PanelOut, summary="Invite somebody always")
async def post_invitee(key: KeyInPath, body: InviteeIn, desk: WritingDesk) -> Response:
    """Put somebody onto the standard invitation list, or take them off it; the answer is the panel."""
    command = InviteAlways(panel=key, email=body.email, ends=body.ends)

    async def work(session: Session, actor: Actor) -> PanelOut:
        await invite_always(session, actor, command)
        return await shown.show_panel(session, key)

    return await desk.write(work)


@router.post(
    "/panels/{key}/members/{member_id}/replace", status_code=201, response_model=PanelOut, summary="Replace a member"
)
async def post_replacement(key: KeyInPath, member_id: Id, body: ReplacementIn, desk: WritingDesk) -> Response:
    """Seat somebody in a member's place from today; the answer is the panel."""
    command = ReplaceMember(panel=key, member_id=member_id, email=body.email)

    async def work(session: Session, actor: Actor) -> PanelOut:
        await replace_member(session, actor, command)
        return await shown.show_panel(session, key)

    return await desk.write(work)


@router.post(
    "/panels/{key}/members/{member_id}/substitutes",
    status_code=201,
    response_model=PanelOut,
    summary="Name a substitute",
)
async def post_substitute(key: KeyInPath, member_id: Id, body: SubstituteIn, desk: WritingDesk) -> Response:
    """Let somebody sit for a member whenever it cannot come; the answer is the panel."""
    command = NameSubstitute(panel=key, member_id=member_id, substitute=body.substitute)

    async def work(session: Session, actor: Actor) -> PanelOut:
        await name_substitute(session, actor, command)
        return await shown.show_panel(session, key)

    return await desk.write(work)


@router.post(
    "/panels/{key}/members/{member_id}/substitutes/end",
    status_code=201,
    response_model=PanelOut,
    summary="End a substitute",
)
async def post_substitute_end(key: KeyInPath, member_id: Id, body: SubstituteIn, desk: WritingDesk) -> Response:
    """Let somebody sit for a member no longer; the answer is the panel."""
    command = EndSubstitute(panel=key, member_id=member_id, substitute=body.substitute)

    async def work(session: Session, actor: Actor) -> PanelOut:
        await end_substitute(session, actor, command)
        return await shown.show_panel(session, key)

    return await desk.write(work)
