"""What a worklist's address asks for, and the address that asks for it: list, filters, order, view, search, place.

Nothing that was typed to find a person is in an address: a search is kept under a number (`found`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from app.cases.filters import Filters
from app.cases.lists import LISTS, ListName
from app.cases.orders import ORDERS
from app.cases.worklist import Wanted
from app.kernel.problems import FieldProblem, Unprocessable

WORKLIST: Final = "/worklist"
CSV: Final = "/worklist.csv"
FILTERS: Final = tuple(one.name for one in fields(Filters))
_LONGEST: Final = 200
_MOST_FIELDS: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_OWN: Final = ("list", "sort", *FILTERS)
_KNOWN: Final = ("view", "found", *_OWN)
_YES_NO: Final[Mapping[str, bool]] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One address of the worklist, read. `faults` name what in it cannot be."""

    wanted: Wanted
    pairs: tuple[tuple[str, str], ...]
    """The address without the place in the list."""
    view: int | None
    found: UUID | None
    cursor: str | None
    before: str | None
    faults: tuple[FieldProblem, ...]
    shown: Mapping[str, str]
    """Filters as they came, for the form to show again."""
    choosing: bool
    """Whether the filters are to be chosen: their form takes longer to make than the list does."""

    @property
    def as_kept(self) -> bool:
        """Whether it asks for a saved view as it is, with nothing changed."""
        return self.view is not None and not any(name in _OWN for name, _ in self.pairs)

    @property
    def query(self) -> str:
        """The address's query without the place in the list: what forms carry to come back."""
        return urlencode(self.pairs)

    def address(self, path: str = WORKLIST, **place: str | None) -> str:
        """The same list at a place: `cursor` or `before`, or at its beginning."""
        return _address([*self.pairs, *((name, at) for name, at in place.items() if at)], path)

    def carried(self, *but_not: str) -> Iterator[tuple[str, str]]:
        """What a form of the page carries along, without some of it."""
        return ((name, value) for name, value in self.pairs if name not in but_not)

    def of_view(self, kept: Wanted) -> "Asked":
        """The saved view that this address asks for; as it was kept unless the address says otherwise."""
        if not self.as_kept:
            return self
        return replace(self, wanted=kept, shown={name: _text(value) for name, value in kept.filters.given().items()})


def address_of(wanted: Wanted) -> str:
    """The address of a list with filters: where a number on another page leads to."""
    pairs: list[tuple[str, str]] = [("list", wanted.list)] if wanted.list else []
    if wanted.order != "first":
        pairs.append(("sort", wanted.order))
    return _address([*pairs, *((name, _text(value)) for name, value in wanted.filters.given().items())])


def list_address(name: ListName) -> str:
    """The address of a list as it is."""
    return address_of(Wanted(list=name))


def query_fields(query: str) -> dict[str, str]:
    """What an address says by name; of a name that comes twice the last counts. Raises Unprocessable for too many."""
    try:
        pairs = parse_qsl(query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Unprocessable([], f"An address of the worklist has at most {_MOST_FIELDS} fields.") from None
    return {name: value.replace("\x00", "")[:_LONGEST] for name, value in pairs}


def read_query(query: str) -> Asked:
    """Read an address's query. Names that mean nothing are passed over; values that cannot be are faults.

    Raises Unprocessable for more fields than any address of ours has.
    """
    given = query_fields(query)
    shown = {name: given[name] for name in FILTERS if name in given}
    values: dict[str, Any] = {**shown}
    if "on_hold" in shown:
        values["on_hold"] = _YES_NO.get(shown["on_hold"])
    list_, order = given.get("list"), given.get("sort", "first")
    return Asked(
        wanted=Wanted(
            list=list_ if list_ in LISTS else None,  # type: ignore[arg-type] # it is one of them
            order=order if order in ORDERS else "first",  # type: ignore[arg-type] # likewise
            filters=Filters(**values),
        ),
        pairs=tuple((name, value) for name, value in given.items() if name in _KNOWN),
        view=int(given["view"]) if _NUMBER.fullmatch(given.get("view", "")) else None,
        found=_uuid(given.get("found", "")),
        cursor=given.get("cursor"),
        before=given.get("before"),
        faults=tuple(_faults(given)),
        shown=shown,
        choosing=given.get("choose") == "1",
    )


def _faults(given: Mapping[str, str]) -> Iterator[FieldProblem]:
    if given.get("list", "open") not in LISTS:
        yield FieldProblem("/list", "There is no such list any more. Choose one of the lists above.")
    if given.get("sort", "first") not in ORDERS:
        yield FieldProblem("/sort", "There is no such order. Choose one.")
    if given.get("on_hold", "true") not in _YES_NO:
        yield FieldProblem("/on_hold", "Choose yes or no.")


def _address(pairs: Iterable[tuple[str, str]], path: str = WORKLIST) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
