"""Save a view of the worklist under a name, change it, delete it. Views are their user's own."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.casework import Casework
from app.cases.filters import condition_of
from app.cases.journal import as_json as json_text
from app.cases.saved_views import as_json, no_such_view
from app.cases.worklist import Wanted
from app.kernel.database import Session
from app.kernel.problems import Conflict

MOST_VIEWS: Final = 20
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveView:
    """Keep a list, filters and an order under a name."""

    name: str
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """Give a view another name; and, where `wanted` is given, other contents."""

    id: int
    name: str
    wanted: Wanted | None = None


_COUNT = text("SELECT count(*) FROM saved_views")
# Two tabs that save at once would count the same.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7401006, :user_id)")
_TAKEN = text("SELECT EXISTS (SELECT FROM saved_views WHERE lower(name) = lower(:name) AND id <> :id)")
_SAVE = text(
    """
    INSERT INTO saved_views (user_id, name, wanted) VALUES (:user_id, :name, CAST(:wanted AS jsonb)) RETURNING id
    """
)
_CHANGE = text(
    """
    UPDATE saved_views SET name = :name, wanted = coalesce(CAST(:wanted AS jsonb), wanted) WHERE id = :id RETURNING id
    """
)
_DELETE = text("DELETE FROM saved_views WHERE id = :id RETURNING id")


async def save_view(session: Session, actor: Actor, command: SaveView, *, casework: Casework, today: date) -> int:
    """Save a view; its number. Raises Unprocessable for what nobody knows, Conflict for a name that is taken."""
    require(actor, Permission.CASE_VIEW)
    await _check(session, actor, command.wanted, casework, today)
    await session.execute(_ONE_AT_A_TIME, {"user_id": actor.user_id})
    count: int = await session.scalar(_COUNT) or 0
    if count >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} saved views. Delete one first.", code="too_many_views")
    await _check_name(session, command.name)
    values = {"user_id": actor.user_id, "name": command.name, "wanted": json_text(as_json(command.wanted))}
    saved: int = await session.scalar(_SAVE, values)
    return saved


async def change_view(session: Session, actor: Actor, command: ChangeView, *, casework: Casework, today: date) -> None:
    """Rename a view of one's own, or give it other contents. Raises NotFound, Unprocessable, Conflict."""
    require(actor, Permission.CASE_VIEW)
    if command.wanted is not None:
        await _check(session, actor, command.wanted, casework, today)
    await session.execute(_ONE_AT_A_TIME, {"user_id": actor.user_id})
    await _check_name(session, command.name, but_not=command.id)
    wanted = None if command.wanted is None else json_text(as_json(command.wanted))
    values = {"id": command.id, "name": command.name, "wanted": wanted}
    if await session.scalar(_CHANGE, values) is None:
        raise no_such_view()


async def delete_view(session: Session, actor: Actor, view_id: int) -> None:
    """Delete a view of one's own. Raises NotFound."""
    require(actor, Permission.CASE_VIEW)
    if await session.scalar(_DELETE, {"id": view_id}) is None:
        raise no_such_view()


async def _check(session: Session, actor: Actor, wanted: Wanted, casework: Casework, today: date) -> None:
    await condition_of(session, actor, wanted.filters, pathways=casework.pathways, today=today, at="/filters")


async def _check_name(session: Session, name: str, *, but_not: int = 0) -> None:
    if await session.scalar(_TAKEN, {"name": name, "id": but_not}):
        raise Conflict("You have a saved view of this name already. Choose another name.", code="name_taken")
