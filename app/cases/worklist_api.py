"""The JSON API of worklists: the lists, filters and orders that the pages have too, saved views, and assignments."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.actions.assign_many import AssignMany, SeenCase, assign_many
from app.cases.actions.keep_views import ChangeView, SaveView, change_view, delete_view, save_view
from app.cases.answers import CasePage
from app.cases.api import casework_of
from app.cases.filters import Due, Filters
from app.cases.lists import ListName
from app.cases.orders import OrderName
from app.cases.reads import note_read
from app.cases.saved_views import SavedView, own_view, own_views
from app.cases.worklist import Wanted, condition, worklist
from app.cases.worklist_schemas import (
    AssignmentsIn,
    AssignmentsOut,
    CaseResultOut,
    DeletedOut,
    ViewChangeIn,
    ViewIn,
    ViewOut,
    ViewPage,
    WantedIn,
)
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Cursor, Id, Limit, text_filter
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT

router = APIRouter(tags=["cases"])


@router.get("/cases", response_model=CasePage, summary="The caller's cases, in worklist order")
async def get_cases(  # noqa: PLR0913 # each is a filter of the contract
    desk: ReadingDesk,
    *,
    list_: Annotated[ListName | None, Query(alias="list", description="One of the named lists.")] = None,
    tier: Annotated[str | None, text_filter("One tier.")] = None,
    stage: Annotated[str | None, text_filter("One stage.")] = None,
    group: Annotated[str | None, text_filter("One group of stages.")] = None,
    tenure: Annotated[str | None, text_filter("One tenure.")] = None,
    priority: Annotated[str | None, text_filter("One priority, or `none`.")] = None,
    assigned_to: Annotated[
        str | None, Query(description="A user's number or e-mail address, `me`, or `nobody`.")
    ] = None,
    organisation: Annotated[str | None, text_filter("Held by: an organisation's key or name.")] = None,
    due: Due | None = None,
    fast_track: Annotated[str | None, text_filter("`true`, `false`, or one fast track.")] = None,
    adaptation: Annotated[str | None, text_filter("Asked for: the key of one adaptation.")] = None,
    on_hold: Annotated[bool | None, Query(description="On hold, or not.")] = None,
    q: Annotated[str | None, text_filter("Reference, CHI or NHS number, postcode or name.")] = None,
    source: Annotated[str | None, text_filter("Brought in from this import source.")] = None,
    sort: OrderName = "first",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Every case the caller may see that is on the list and fits all filters.

    Open ones first, fast track, due date, priority, age, unless another order is wanted. A filter whose value nobody
    knows is refused by name.
    """
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> dict[str, Any] | CasePage:
        require(actor, Permission.CASE_VIEW)
        filters = Filters(
            tier=tier,
            stage=stage,
            group=group,
            tenure=tenure,
            priority=priority,
            fast_track=fast_track,
            due=due,
            organisation=organisation,
            assigned_to=assigned_to,
            adaptation=adaptation,
            on_hold=on_hold,
            source=source,
        )
        wanted = Wanted(list=list_, filters=filters, q=q, order=sort)
        today = casework.timekeeper.day(desk.now())
        where = await condition(session, actor, wanted, casework=casework, today=today)
        page = await worklist(session, where, order=sort, today=today, cursor=cursor, limit=limit)
        await note_read(session, actor, "GET /cases", page.ids)
        return CasePage(items=[one.case for one in page.items], next_cursor=page.following)

    return await desk.read(work)


@router.post(
    "/cases/assignments", status_code=201, response_model=AssignmentsOut, summary="Assign several cases to a colleague"
)
async def post_assignments(body: AssignmentsIn, desk: WritingDesk) -> Response:
    """Assign each case on its own: the answer says of each what happened, and one refusal stops no other."""
    casework = casework_of(desk.request)
    command = AssignMany(
        cases=tuple(SeenCase(reference=case.reference, sequence=case.sequence) for case in body.cases),
        assigned_to=body.assigned_to,
        note=body.note,
    )

    async def work(session: Session, actor: Actor) -> AssignmentsOut:
        done = await assign_many(session, actor, command, casework=casework)
        results = [CaseResultOut(**asdict(one)) for one in done.results]
        return AssignmentsOut(assigned_to=done.assigned_to, results=results)

    return await desk.write(work)


@router.get("/views", response_model=ViewPage, summary="One's own saved views")
async def get_views(desk: ReadingDesk) -> Response:
    """Every view that the caller has saved, by name. Nobody else sees them."""

    async def work(session: Session, actor: Actor) -> ViewPage:
        require(actor, Permission.CASE_VIEW)
        return ViewPage(items=[_shown(view) for view in await own_views(session)])

    return await desk.read(work)


@router.post("/views", status_code=201, response_model=ViewOut, summary="Save a view")
async def post_view(body: ViewIn, desk: WritingDesk) -> Response:
    """Save a list, filters and an order under a name. What is searched for is about one person and not saved."""
    casework = casework_of(desk.request)
    command = SaveView(name=body.name, wanted=_wanted(body))

    async def work(session: Session, actor: Actor) -> ViewOut:
        today = casework.timekeeper.day(desk.now())
        saved = await save_view(session, actor, command, casework=casework, today=today)
        return _shown(await own_view(session, saved))

    return await desk.write(work)


@router.post("/views/{view_id}", status_code=201, response_model=ViewOut, summary="Change a saved view")
async def post_view_change(view_id: Id, body: ViewChangeIn, desk: WritingDesk) -> Response:
    """Give a view of one's own another name, and other contents where they are given."""
    casework = casework_of(desk.request)
    command = ChangeView(id=view_id, name=body.name, wanted=_wanted(body.wanted) if body.wanted else None)

    async def work(session: Session, actor: Actor) -> ViewOut:
        today = casework.timekeeper.day(desk.now())
        await change_view(session, actor, command, casework=casework, today=today)
        return _shown(await own_view(session, view_id))

    return await desk.write(work)


@router.post("/views/{view_id}/delete", status_code=201, response_model=DeletedOut, summary="Delete a saved view")
async def post_view_deletion(view_id: Id, desk: WritingDesk) -> Response:
    """Delete a view of one's own. The cases on it are left as they are."""

    async def work(session: Session, actor: Actor) -> DeletedOut:
        await delete_view(session, actor, view_id)
        return DeletedOut(id=view_id)

    return await desk.write(work)


def _wanted(body: WantedIn) -> Wanted:
    return Wanted(list=body.list, order=body.sort, filters=Filters(**body.filters.model_dump()))


def _shown(view: SavedView) -> ViewOut:
    wanted = view.wanted
    return ViewOut(id=view.id, name=view.name, list=wanted.list, sort=wanted.order, filters=wanted.filters.given())
