"""Views of the worklist that users have kept for themselves: a list, filters and an order under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, text

from app.cases.filters import Filters
from app.cases.lists import LISTS
from app.cases.orders import ORDERS
from app.cases.worklist import Wanted
from app.kernel.database import Session
from app.kernel.problems import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A view of somebody's own."""

    id: int
    name: str
    wanted: Wanted


# Row-level security leaves a user's own views.
_ALL = text("SELECT id, name, wanted FROM saved_views ORDER BY lower(name)")
_ONE = text("SELECT id, name, wanted FROM saved_views WHERE id = :id")


async def own_views(session: Session) -> Sequence[SavedView]:
    """The views of whoever was let in, by name."""
    return [_view(row) for row in await session.execute(_ALL)]


async def own_view(session: Session, view_id: int) -> SavedView:
    """One of them. Raises NotFound, for another's too."""
    row = (await session.execute(_ONE, {"id": view_id})).one_or_none()
    if row is None:
        raise no_such_view()
    return _view(row)


def no_such_view() -> NotFound:
    """The same words whether it is gone or another's."""
    return NotFound("You have no saved view with this number. It may have been deleted.")


def as_json(wanted: Wanted) -> dict[str, Any]:
    """What is kept of a view; never what was searched for."""
    return {"list": wanted.list, "order": wanted.order, "filters": wanted.filters.given()}


def _view(row: Row[Any]) -> SavedView:
    return SavedView(id=row.id, name=row.name, wanted=_wanted(row.wanted))


def _wanted(kept: Mapping[str, Any]) -> Wanted:
    """Read it back: a list, order or filter that this version no longer has is left out."""
    known = {one.name for one in fields(Filters)}
    return Wanted(
        list=kept["list"] if kept["list"] in LISTS else None,
        order=kept["order"] if kept["order"] in ORDERS else "first",
        filters=Filters(**{name: value for name, value in kept["filters"].items() if name in known}),
    )
