"""Read what a case's journal says of provision, and what is in its home.

Row-level security is behind every statement here; what lies in other people's cases comes through narrow doors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.cases.casework import Casework
from app.cases.events import load_events
from app.cases.models import SELECT_CASE, Case, case_from
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.provision.fold import provision_of
from app.provision.rules import Provision

_CASES = text(f"{SELECT_CASE} WHERE c.id = ANY (:ids) ORDER BY c.id DESC")
_HISTORY = text("SELECT * FROM door.home_history(:case_id)")
_ITEM = text("SELECT * FROM door.home_item(:item)")
_WAITING = text(
    """
    SELECT w.*, door.cases_at_item(w.id) <> '{}' AS reached
      FROM door.items_waiting(CAST(:adaptation AS text), CAST(:organisation AS text), :after, :limit) w
    """
)
_COUNT = text("SELECT * FROM door.items_waiting_count(CAST(:wanted AS text[]))")


async def load_provision(session: Session, case: Case, *, casework: Casework) -> Provision:
    """Fold the journal of a visible case."""
    events = await load_events(session, case.id)
    return provision_of(events, adaptations=case.adaptations, day_of=casework.timekeeper.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeItem:
    """An adaptation in a home; `case_ids` are the cases at that home that the asker may see, newest first."""

    adaptation: str
    installed_on: date
    reusable: bool
    mark: str | None
    marked_on: date | None
    case_ids: tuple[int, ...]


async def lock_item(session: Session, item_id: int) -> HomeItem:
    """The item, locked until the transaction ends; NotFound when the asker sees no case at its home."""
    row = (await session.execute(_ITEM, {"item": item_id})).one_or_none()
    if row is None:
        raise NotFound("There is no item with this number in a home that you work at. Look at the home's history.")
    return HomeItem(**{**row._asdict(), "case_ids": tuple(row.case_ids)})


async def cases_of(session: Session, case_ids: Sequence[int]) -> list[Case]:
    """Those of the cases that may be seen, newest first."""
    return [case_from(row) for row in await session.execute(_CASES, {"ids": list(case_ids)})]


async def home_history(session: Session, case: Case) -> Sequence[Row[Any]]:
    """What has been put into the home of a visible case, whoever lived there then; newest first."""
    return (await session.execute(_HISTORY, {"case_id": case.id})).all()


async def items_waiting(
    session: Session, *, adaptation: str | None, organisation: str | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Items of the whole partnership that wait to be used again, longest first.

    `organisation` is the key or name of the one that marked them.
    """
    values = {"adaptation": adaptation or None, "organisation": organisation or None, "after": after, "limit": limit}
    return (await session.execute(_WAITING, values)).all()


async def waiting_for_reuse(session: Session, wanted: Sequence[str]) -> dict[str, int]:
    """How many items of each kind wait in the whole partnership to be used again."""
    return {row.adaptation: row.waiting for row in await session.execute(_COUNT, {"wanted": list(wanted)})}
