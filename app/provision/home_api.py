"""The JSON API of homes: what has been put in, what has become of it, and what waits to be used again."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.api import casework_of
from app.cases.reads import note_read
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import LARGEST_ID, Cursor, Limit, Named, text_filter
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode_number, malformed
from app.provision import home_shown
from app.provision.actions.mark_item import MarkItem, mark_item
from app.provision.answers import HomeHistoryOut, MarkedOut, WaitingPage
from app.provision.schemas import MarkIn

router = APIRouter(tags=["provision"])
ItemId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The number of an adaptation in a home.")]
Adaptation = Annotated[str | None, text_filter("Only this adaptation, by its key in the catalogue.")]


@router.get("/cases/{reference}/home-history", response_model=HomeHistoryOut, summary="What is in the case's home")
async def get_home_history(reference: str, desk: ReadingDesk) -> Response:
    """What was put into this home, whoever lived there then: what, since when, and which organisation saw to it."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> HomeHistoryOut:
        case = await cases.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        shown, named = await home_shown.show_home(session, case, casework=casework)
        await note_read(session, actor, "GET /cases/{reference}/home-history", named)
        return shown

    return await desk.read(work)


@router.get("/home-adaptations", response_model=WaitingPage, summary="Items that wait to be used again")
async def get_home_adaptations(
    desk: ReadingDesk,
    adaptation: Adaptation = None,
    organisation: Named = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Items of the whole partnership that are marked for recycling, longest first, with the organisation to ask."""
    casework = casework_of(desk.request)
    after = decode_number(cursor) or 0
    if after > LARGEST_ID:
        raise malformed()

    async def work(session: Session, actor: Actor) -> WaitingPage:
        require(actor, Permission.REUSE_VIEW)
        page, named = await home_shown.show_waiting(
            session, casework=casework, adaptation=adaptation, organisation=organisation, after=after, limit=limit
        )
        await note_read(session, actor, "GET /home-adaptations", named)
        return page

    return await desk.read(work)


@router.post(
    "/home-adaptations/{item_id}/marks", status_code=201, response_model=MarkedOut, summary="Mark an item in a home"
)
async def post_mark(item_id: ItemId, body: MarkIn, desk: WritingDesk) -> Response:
    """Say what has become of an adaptation in a home where one works. Earlier marks stay; the newest counts."""
    casework = casework_of(desk.request)
    command = MarkItem(item_id=item_id, **body.model_dump())

    async def work(session: Session, actor: Actor) -> MarkedOut:
        item = await mark_item(session, actor, command, casework=casework, now=desk.now())
        return MarkedOut(id=item_id, adaptation=item.adaptation, mark=body.mark, marked_on=body.marked_on)

    return await desk.write(work)
