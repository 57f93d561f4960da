"""Sign in with a password, in three steps: the try is counted, the password compared, the session opened.

The password is compared between two transactions, because it takes long on purpose and nobody should wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import text

from app.kernel.database import Session

LONGEST_EMAIL = 254
Opened = Literal["open", "second_factor", "enrolment"]
"""What a session is once it has begun: open, or waiting for a code, or for a second factor to be set up."""
_PASSWORD = text("SELECT * FROM door.password_of(:typed, :address)")
_WAITING = text("SELECT awaits FROM door.waiting_session(:hash)")
_OPEN = text(
    """
    SELECT door.open_session(:attempt, :user_id, :secret_hash, :idle_minutes, :hours, CAST(:roles AS text[]),
                             CAST(:resume AS jsonb))
    """
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that has been counted. `user_id` and `password_hash` are None where nobody has that e-mail address."""

    number: int
    user_id: int | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """There have been too many tries: the next one is for after this many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the partnership asks of sessions: how long they last, and which roles need a second factor."""

    idle_minutes: int
    hours: int
    second_factor_roles: tuple[str, ...]

    def values(self) -> dict[str, Any]:
        """The terms as statements take them."""
        return {"idle_minutes": self.idle_minutes, "hours": self.hours, "roles": list(self.second_factor_roles)}


async def attempt_sign_in(session: Session, typed: str, *, address: str) -> Attempt | Wait:
    """Count a try at the account that was typed, from a network address, and give what to compare the password with."""
    # What the database cannot hold is nobody's address either, and is counted all the same.
    known = typed.replace("\x00", "\ufffd")[: LONGEST_EMAIL + 1]
    row = (await session.execute(_PASSWORD, {"typed": known, "address": address})).one()
    if row.attempt is None:
        return Wait(row.wait_seconds)
    return Attempt(row.attempt, row.user_id, row.password_hash)


async def open_session(
    session: Session, attempt: Attempt, *, secret_hash: bytes, terms: Terms, resume: Mapping[str, str]
) -> Opened | None:
    """Begin a session for a try whose password was right; None where the user has gone or the try was used.

    `resume` says where the person was going; it is kept with the session until it is open.
    """
    values = {
        **terms.values(),
        "attempt": attempt.number,
        "user_id": attempt.user_id,
        "secret_hash": secret_hash,
        "resume": orjson.dumps(resume).decode() if resume else None,
    }
    opened: Opened | None = await session.scalar(_OPEN, values)
    return opened


async def what_it_awaits(session: Session, session_hash: bytes) -> Opened | None:
    """What a session that is not open yet waits for; None for one that is open, or is none."""
    awaits: Opened | None = await session.scalar(_WAITING, {"hash": session_hash})
    return awaits
