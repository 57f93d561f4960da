"""The worklist: the cases one may see, on a list, by filters, in an order; page by page, forwards and backwards.

Open before ended, fast track first, then due date, then priority, then age is the order that needs no choice. Every
order is an indexed key, so a page costs the same at a thousand cases and at a hundred thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.cases.answers import CaseOut
from app.cases.casework import Casework
from app.cases.conditions import ANY, Condition, all_of
from app.cases.filters import Filters, condition_of
from app.cases.lists import LISTS, Asker, ListName
from app.cases.orders import ORDERS, OrderName
from app.cases.search import found_by
from app.cases.shown import SELECT_SHOWN, case_out
from app.cases.waiting import Stay
from app.kernel.database import Session

MANY: Final = 100
"""Counting stops here: nobody needs to know whether it is 2,316."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases, and in which order."""

    list: ListName | None = None
    filters: Filters = field(default_factory=Filters)
    q: str | None = None
    order: OrderName = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case on a list, with what tells how long it has waited."""

    id: int
    case: CaseOut
    stay: Stay
    custody_id: int
    party_ids: tuple[int, ...]
    handover_to: str | None
    """The organisation that has been offered the case and has not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """Some cases, and cursors to those after and before them; None where there are none."""

    items: Sequence[Listed]
    following: str | None
    preceding: str | None

    @property
    def ids(self) -> list[int]:
        """The numbers of the cases, for the record of reads."""
        return [one.id for one in self.items]


_SELECT: Final = SELECT_SHOWN.replace(
    "c.worklist_key,",
    "c.worklist_key, c.stage_since, c.custody_id, c.party_ids, c.memory -> 'entered' AS entered,"
    " c.memory -> 'holds' AS held, (SELECT name FROM organisations WHERE id = c.handover_to) AS handover_to,",
)
_COUNT: Final = "SELECT count(*) FROM (SELECT FROM cases c WHERE {where} LIMIT :most) counted"


async def condition(session: Session, actor: Actor, wanted: Wanted, *, casework: Casework, today: date) -> Condition:
    """What the cases wanted have in common. Raises Unprocessable naming each filter whose value nobody knows."""
    asker = Asker(actor, casework.pathways, today)
    parts = [LISTS[wanted.list].condition(asker) if wanted.list else ANY]
    parts += await condition_of(session, actor, wanted.filters, pathways=casework.pathways, today=today)
    if wanted.q:
        parts.append(await found_by(session, wanted.q))
    return all_of(parts)


async def worklist(
    session: Session,
    where: Condition,
    *,
    order: OrderName = "first",
    today: date,
    cursor: str | None = None,
    backwards: bool = False,
    limit: int,
) -> WorkPage:
    """One page of the cases that a condition fits: after the cursor, or before it.

    Raises Unprocessable for a cursor that is not of this order.
    """
    by = ORDERS[order]
    place = ANY if cursor is None else by.beyond(cursor, backwards=backwards)
    both = all_of((where, place))
    # One more than asked for tells whether there is another page.
    statement = text(f"{_SELECT} WHERE {both.sql} ORDER BY {by.by(backwards=backwards)} LIMIT :limit")
    rows = (await session.execute(statement, {**both.values, "limit": limit + 1})).all()
    more, rows = len(rows) > limit, rows[:limit]
    shown = list(reversed(rows)) if backwards else list(rows)
    before = more if backwards else cursor is not None
    after = cursor is not None if backwards else more
    return WorkPage(
        items=[_listed(row, today) for row in shown],
        following=by.cursor(shown[-1]) if after and shown else None,
        preceding=by.cursor(shown[0]) if before and shown else None,
    )


async def count_up_to(session: Session, where: Condition, most: int = MANY) -> int:
    """How many there are, counted no further than one more than `most`."""
    statement = text(_COUNT.format(where=where.sql))
    found: int = await session.scalar(statement, {**where.values, "most": most + 1})
    return found


async def count_lists(
    session: Session, actor: Actor, names: Sequence[ListName], *, casework: Casework, today: date
) -> dict[ListName, int]:
    """How many there are on each of some lists, none counted further than one more than MANY; in one question."""
    asker = Asker(actor, casework.pathways, today)
    conditions = {name: LISTS[name].condition(asker) for name in names}
    values = {key: value for one in conditions.values() for key, value in one.values.items()}
    counts = ", ".join(f"({_COUNT.format(where=one.sql)}) AS {name}" for name, one in conditions.items())
    row = (await session.execute(text(f"SELECT {counts}"), {**values, "most": MANY + 1})).one()
    return {name: getattr(row, name) for name in names}


def with_list(wanted: Wanted, name: ListName | None) -> Wanted:
    """The same filters and order on another list."""
    return replace(wanted, list=name)


def _listed(row: Row[Any], today: date) -> Listed:
    return Listed(
        id=row.id,
        case=case_out(row, today),
        stay=Stay(
            stage=row.stage,
            stage_group=row.stage_group,
            stage_since=row.stage_since,
            entered=row.entered or {},
            holds=row.held or (),
        ),
        custody_id=row.custody_id,
        party_ids=tuple(row.party_ids),
        handover_to=row.handover_to,
    )
