"""The orders that a list can be read in. Each is a unique key that an index has, so a page costs the same anywhere.

A cursor is the place of a row in one order, and begins with that order's name. The order by name keeps the row's number
alone: a cursor is part of an address, where no person's name belongs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.cases.conditions import DUE, Condition
from app.kernel.paging import decode, encode, malformed

OrderName = Literal["first", "due", "waited", "newest", "name"]
_ENDED: Final = "(c.ended_at IS NOT NULL)"
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ID: Final = r"[0-9]{1,15}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order: the columns that it goes by, and how a row's place in it is written and read."""

    key: OrderName
    label: str
    columns: str
    descending: bool = False
    place: Callable[[Any], str]
    """A row's place as text."""
    form: re.Pattern[str]
    """What such a text looks like; its groups are the values that `bound` binds."""
    bound: str
    """The same columns for a place that was read, as SQL over :place_1, :place_2 and so on."""

    def cursor(self, row: Any) -> str:
        """The cursor of a row."""
        return encode(self.place(row))

    def beyond(self, cursor: str, *, backwards: bool) -> Condition:
        """What comes after a cursor, or before it. Raises Unprocessable for a cursor of another list or order."""
        found = self.form.fullmatch(decode(cursor) or "")
        if found is None:
            raise malformed()
        side = "<" if backwards != self.descending else ">"
        values = {f"place_{number}": value for number, value in enumerate(found.groups(), 1)}
        return Condition(f"({self.columns}) {side} ({self.bound})", values)

    def by(self, *, backwards: bool) -> str:
        """The columns for ORDER BY."""
        way = " DESC" if backwards != self.descending else ""
        return ", ".join(f"{column}{way}" for column in _columns(self.columns))


def _columns(columns: str) -> list[str]:
    """Split at commas that are not inside brackets."""
    return re.split(r",\s*(?![^()]*\))", columns)


def _ended(row: Any) -> str:
    return "f" if row.ended_at is None else "t"


_BY_DAY: Final = "CAST(:place_1 AS boolean), CAST(:place_2 AS date), CAST(:place_3 AS bigint)"

ORDERS: Final[Mapping[str, Order]] = {
    one.key: one
    for one in (
        Order(
            key="first",
            label="What to do first",
            columns="c.worklist_key",
            place=lambda row: row.worklist_key,
            form=re.compile(r"([01][01][0-9]{5}[0-4][0-9]{12})"),
            bound=":place_1",
        ),
        Order(
            key="due",
            label="Target day",
            columns=f"{_ENDED}, {DUE}, c.id",
            place=lambda row: f"due:{_ended(row)}:{row.due_on or 'infinity'}:{row.id}",
            form=re.compile(rf"due:([tf]):({_DAY}|infinity):({_ID})"),
            bound=_BY_DAY,
        ),
        Order(
            key="waited",
            label="Longest wait",
            columns=f"{_ENDED}, c.first_contact_on, c.id",
            place=lambda row: f"waited:{_ended(row)}:{row.first_contact_on}:{row.id}",
            form=re.compile(rf"waited:([tf]):({_DAY}):({_ID})"),
            bound=_BY_DAY,
        ),
        Order(
            key="newest",
            label="Newest",
            columns="c.id",
            descending=True,
            place=lambda row: f"newest:{row.id}",
            form=re.compile(rf"newest:({_ID})"),
            bound="CAST(:place_1 AS bigint)",
        ),
        Order(
            key="name",
            label="Last name",
            columns="p.name_order, c.id",
            place=lambda row: f"name:{row.id}",
            form=re.compile(rf"name:({_ID})"),
            bound="""(SELECT pp.name_order FROM cases pc JOIN people pp ON pp.id = pc.person_id
                       WHERE pc.id = CAST(:place_1 AS bigint)), CAST(:place_1 AS bigint)""",
        ),
    )
}
