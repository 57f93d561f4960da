"""The organisations that rows name: those of the partnership, and new ones that an import brings."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import Row, text

from app.imports.limits import SheetRefused
from app.kernel.database import Session

LONGEST_NAME = 200
LONGEST_SLUG = 70
MOST_NEW = 200
NEW_KIND = "other"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as far as an import asks. In a dry run a new one has the number 0."""

    id: int
    kind: str


_ALL = text("SELECT id, key, name, kind FROM organisations ORDER BY id")
_FIND = text("SELECT id, kind FROM organisations WHERE lower(name) = lower(:name)")
_ADD = text(
    "INSERT INTO organisations (key, name, kind) VALUES (:key, :name, :kind) ON CONFLICT DO NOTHING RETURNING id, kind"
)


@dataclass(slots=True)
class Organisations:
    """Finds organisations by name or key, whatever the case and spaces; `new` are the names that were not known."""

    dry_run: bool
    new: list[str] = field(default_factory=list)
    _known: dict[str, Organisation] = field(default_factory=dict)

    @classmethod
    async def of(cls, session: Session, *, dry_run: bool) -> "Organisations":
        """Read those of the partnership, which are few."""
        rows = (await session.execute(_ALL)).all()
        by_key = {_plain(row.key): Organisation(row.id, row.kind) for row in rows}
        by_name = {_plain(row.name): Organisation(row.id, row.kind) for row in rows}
        return cls(dry_run, _known=by_key | by_name)

    def get(self, name: str) -> Organisation:
        """Return one that has been looked up."""
        return self._known[_plain(name)]

    async def look_up(self, session: Session, names: Iterable[str]) -> None:
        """Make sure that each is known; one that the partnership does not have is added.

        Raises SheetRefused when there are so many new ones that the column can hardly hold organisations.
        """
        for name in names:
            if _plain(name) in self._known:
                continue
            if len(self.new) == MOST_NEW:
                message = (
                    f"The sheet names more than {MOST_NEW} organisations that the partnership does not know. Check that"
                    ' "Organisation" is the right column, or add the organisations first.'
                )
                raise SheetRefused(message)
            self.new.append(_shortened(name))
            self._known[_plain(name)] = await self._added(session, _shortened(name))

    async def _added(self, session: Session, name: str) -> Organisation:
        if self.dry_run:
            return Organisation(0, NEW_KIND)
        for number in count(1):
            key = slug(name) if number == 1 else f"{slug(name)}-{number}"
            row = (await session.execute(_ADD, {"key": key, "name": name, "kind": NEW_KIND})).one_or_none()
            if row := row or await _found(session, name):
                return Organisation(row.id, row.kind)
        raise AssertionError  # there is always another number


async def _found(session: Session, name: str) -> Row[tuple[int, str]] | None:
    """Find the organisation that somebody else has added under this name meanwhile."""
    return (await session.execute(_FIND, {"name": name})).one_or_none()


def slug(name: str) -> str:
    """Make the key that programs call an organisation by: `Care & Repair Glenmore` is `care-repair-glenmore`."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:LONGEST_SLUG].strip("-") or "organisation"


def _plain(name: str) -> str:
    return " ".join(_shortened(name).casefold().split())


def _shortened(name: str) -> str:
    return name[:LONGEST_NAME].rstrip()
