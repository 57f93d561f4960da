"""Sign in with a password, in three steps: the try is counted, the password compared, the session opened.

The password is compared between two transactions, because it takes long on purpose and nobody should wait for it.
"""

from dataclasses import dataclass

from sqlalchemy import text

from app.kernel.database import Session

LONGEST_EMAIL = 254
_PASSWORD = text("SELECT * FROM door.password_of(:typed, :address)")
_OPEN = text("SELECT door.open_session(:attempt, :user_id, :secret_hash)")


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


async def attempt_sign_in(session: Session, typed: str, *, address: str) -> Attempt | Wait:
    """Count a try at the account that was typed, from a network address, and give what to compare the password with."""
    # What the database cannot hold is nobody's address either, and is counted all the same.
    known = typed.replace("\x00", "\ufffd")[: LONGEST_EMAIL + 1]
    row = (await session.execute(_PASSWORD, {"typed": known, "address": address})).one()
    if row.attempt is None:
        return Wait(row.wait_seconds)
    return Attempt(row.attempt, row.user_id, row.password_hash)


async def open_session(session: Session, attempt: Attempt, *, secret_hash: bytes) -> bool:
    """Open a session for a try whose password was right; False where the user has gone or the try was used."""
    values = {"attempt": attempt.number, "user_id": attempt.user_id, "secret_hash": secret_hash}
    return bool(await session.scalar(_OPEN, values))
