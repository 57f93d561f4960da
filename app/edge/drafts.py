"""What somebody has begun to type on a page: kept for that person alone until it is sent, thrown away or too old.

A draft belongs to the page's path. Row-level security lets nobody read another's; `adapt worker` clears old ones away.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import text

from app.edge.forms import Filled
from app.kernel.database import Session
from app.kernel.problems import TooLarge

KEPT_DAYS: Final = 30
LONGEST: Final = 550_000
"""Characters as they are written here: the database spaces them out and takes 600,000."""
_OURS: Final = frozenset({"csrf_token", "form_key", "expected_sequence", "draft_path"})

_KEEP = text(
    """
    INSERT INTO drafts (user_id, path, fields, saved_at) VALUES (:user_id, :path, CAST(:fields AS jsonb), now())
    ON CONFLICT (user_id, path) DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at
    """
)
_LOAD = text("SELECT fields, saved_at FROM drafts WHERE user_id = :user_id AND path = :path")
_DROP = text("DELETE FROM drafts WHERE user_id = :user_id AND path = :path")
_SAVED = text("SELECT saved_at FROM drafts WHERE user_id = :user_id AND path = :path")
_LIST = text("SELECT path, saved_at FROM drafts WHERE user_id = :user_id ORDER BY saved_at DESC LIMIT 20")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and when it was kept."""

    form: Filled
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """That there is a draft for a page, without what is in it."""

    path: str
    saved_at: datetime

    @property
    def about(self) -> str:
        """The page in words, from its path: "A referral", "HS-000123-J: place order"."""
        first, *rest = self.path.strip("/").split("/")
        if first != "cases" or not rest:
            return "A referral" if first == "referrals" else first.replace("-", " ").capitalize()
        return f"{rest[0]}: {rest[-1].replace('_', ' ').replace('-', ' ')}"


async def keep(session: Session, user_id: int, path: str, form: Filled) -> None:
    """Keep what was typed on the page of this path, in place of what was kept before. Raises TooLarge."""
    fields = {name: list(values) for name, values in form.fields.items() if name not in _OURS and any(values)}
    written = orjson.dumps(fields).decode()
    if len(written) > LONGEST:
        raise TooLarge("There is more text on this page than can be kept as a draft. Shorten it, or send it now.")
    await session.execute(_KEEP, {"user_id": user_id, "path": path, "fields": written})


async def load(session: Session, user_id: int, path: str) -> Draft | None:
    """What was kept for the page of this path, or None."""
    row = (await session.execute(_LOAD, {"user_id": user_id, "path": path})).one_or_none()
    if row is None:
        return None
    return Draft(Filled({name: tuple(values) for name, values in row.fields.items()}), row.saved_at)


async def saved_at(session: Session, user_id: int, path: str) -> datetime | None:
    """When something was kept for the page of this path, or None."""
    found: datetime | None = await session.scalar(_SAVED, {"user_id": user_id, "path": path})
    return found


async def drop(session: Session, user_id: int, path: str) -> None:
    """Throw away what was kept for the page of this path."""
    await session.execute(_DROP, {"user_id": user_id, "path": path})


async def kept(session: Session, user_id: int) -> list[Kept]:
    """The drafts of a user, newest first."""
    return [Kept(row.path, row.saved_at) for row in await session.execute(_LIST, {"user_id": user_id})]
