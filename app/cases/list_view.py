"""Everything that the worklist's page shows, put together from one address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases import team
from app.cases.asked import Asked, list_address
from app.cases.casework import Casework
from app.cases.conditions import Condition
from app.cases.filters import NOBODY, options
from app.cases.lists import LISTS, ListName
from app.cases.orders import ORDERS
from app.cases.reads import note_read
from app.cases.saved_views import SavedView, own_view, own_views
from app.cases.searches import kept_search
from app.cases.work_lines import WorkLine, work_line
from app.cases.worklist import MANY, WorkPage, condition, count_lists, count_up_to, worklist
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable

ROWS: Final = 25
TABS: Final[tuple[ListName, ...]] = ("mine", "waiting", "unassigned", "team", "overdue", "handovers", "open")
COUNTED: Final[tuple[ListName, ...]] = ("mine", "waiting", "unassigned", "overdue", "handovers")
_FILTER_LABELS: Final[Mapping[str, str]] = {
    "tier": "Tier",
    "stage": "Stage",
    "group": "Group of stages",
    "tenure": "Tenure",
    "priority": "Priority",
    "fast_track": "Fast track",
    "due": "How it stands",
    "organisation": "Held by",
    "assigned_to": "Assigned to",
    "adaptation": "Adaptation",
    "on_hold": "On hold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A list or a saved view above the worklist."""

    label: str
    address: str
    current: bool
    count: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An address with what is behind it: its view, what was searched, and the condition unless it has a fault."""

    asked: Asked
    view: SavedView | None
    typed: str | None
    where: Condition | None
    faults: Sequence[FieldProblem]


async def open_list(session: Session, actor: Actor, asked: Asked, *, casework: Casework, today: date) -> Opened:
    """Find what an address asks for. Raises NotPermitted, NotFound for a view that is not one's own."""
    require(actor, Permission.CASE_VIEW)
    view = await own_view(session, asked.view) if asked.view is not None else None
    asked = asked.of_view(view.wanted) if view else asked
    typed = await kept_search(session, asked.found) if asked.found else None
    faults = list(asked.faults)
    if asked.found and typed is None:
        faults.append(FieldProblem("/typed", "A search is kept for one day. Type it again."))
    where = None
    try:
        where = await condition(session, actor, replace(asked.wanted, q=typed), casework=casework, today=today)
    except Unprocessable as unknown:
        faults += unknown.errors
    return Opened(asked=asked, view=view, typed=typed, where=None if faults else where, faults=faults)


async def list_page(
    session: Session, actor: Actor, opened: Opened, *, casework: Casework, today: date
) -> dict[str, Any]:
    """What the page's template is filled in with; the read of the cases on it is on record."""
    asked, where = opened.asked, opened.where
    page, count = WorkPage(items=(), following=None, preceding=None), 0
    if where is not None:
        page = await worklist(
            session,
            where,
            order=asked.wanted.order,
            today=today,
            cursor=asked.before or asked.cursor,
            backwards=asked.before is not None,
            limit=ROWS,
        )
        count = await count_up_to(session, where)
    await note_read(session, actor, "GET /worklist", page.ids)
    counts = await count_lists(session, actor, COUNTED, casework=casework, today=today)
    views = await own_views(session)
    return {
        "asked": asked,
        "view": opened.view,
        "typed": opened.typed or "",
        "list": LISTS[asked.wanted.list] if asked.wanted.list else None,
        "lists": [_list_tab(name, asked, counts) for name in TABS],
        "views": [_view_tab(view, opened) for view in views],
        "lines": [work_line(one, actor, casework=casework, today=today) for one in page.items],
        "following": asked.address(cursor=page.following) if page.following else None,
        "preceding": asked.address(before=page.preceding) if page.preceding else None,
        "count": said(count),
        "faults": opened.faults,
        "choices": await _choices(session, actor, casework) if asked.choosing or asked.shown or opened.faults else {},
        "labels": _FILTER_LABELS,
        "orders": {order.key: order.label for order in ORDERS.values()},
        "may_assign": permits(actor, Permission.CASE_ASSIGN),
    }


def said(count: int) -> str:
    """A number that was counted no further than one more than MANY, as people read it."""
    return f"more than {MANY}" if count > MANY else str(count)


def lines_of(page: WorkPage, actor: Actor, *, casework: Casework, today: date) -> list[WorkLine]:
    """The cases of a page in words."""
    return [work_line(one, actor, casework=casework, today=today) for one in page.items]


def _list_tab(name: ListName, asked: Asked, counts: Mapping[ListName, int]) -> Tab:
    count = counts.get(name)
    short = None if count is None else f"{MANY}+" if count > MANY else str(count)
    current = asked.view is None and asked.wanted.list == name
    return Tab(label=LISTS[name].label, address=list_address(name), current=current, count=short)


def _view_tab(view: SavedView, opened: Opened) -> Tab:
    current = opened.view is not None and opened.view.id == view.id
    return Tab(label=view.name, address=f"/worklist?view={view.id}", current=current)


async def _choices(session: Session, actor: Actor, casework: Casework) -> dict[str, Mapping[str, str]]:
    """Filter -> value -> label; colleagues are those of the organisations that the actor acts for."""
    known = options(casework.pathways)
    organisations = await team.organisations(session)
    staff = await team.staff_in(session, tuple(actor.holdings))
    return {
        **{name: known[name] for name in _FILTER_LABELS if name in known},
        "organisation": organisations,
        "assigned_to": {"me": "Me", NOBODY: "Nobody"}
        | {str(one.user_id): one.name for one in staff if one.user_id != actor.user_id},
        "on_hold": {"true": "Yes", "false": "No"},
    }
