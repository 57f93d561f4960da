"""The JSON API of worklists: the lists, filters and orders that the pages have too."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.answers import CasePage
from app.cases.api import casework_of
from app.cases.filters import Due, Filters
from app.cases.lists import ListName
from app.cases.orders import OrderName
from app.cases.reads import note_read
from app.cases.worklist import Wanted, condition, worklist
from app.edge.desk import ReadingDesk
from app.edge.parameters import Cursor, Limit, text_filter
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT
from app.kernel.problems import FieldProblem, Unprocessable

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
            assigned_to=colleague(actor, assigned_to),
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


def colleague(actor: Actor, value: str | None) -> int | str | None:
    """Read who a case is assigned to: a number, an e-mail address, `me` or `nobody`."""
    match value:
        case None:
            return None
        case "me":
            return actor.user_id
        case "nobody":
            return "nobody"
        case number if number.isascii() and number.isdecimal() and len(number) < 10:
            return int(number)
        case email if "@" in email:
            return email
        case _:
            message = "Give a user's number or e-mail address, `me`, or `nobody`."
            raise Unprocessable([FieldProblem("/assigned_to", message)])
