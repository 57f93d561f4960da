"""Change one's own password: it counts in this session alone from then on, and every other one ends."""

from sqlalchemy import text

from app.kernel.database import Session

_CHANGE = text("SELECT door.change_password(:hash, :new_hash, :attempt, :password_hash)")


async def change_password(
    session: Session, session_hash: bytes, *, attempt: int, new_hash: bytes, password_hash: str
) -> bool:
    """Keep the new password's hash; the session goes on under a new secret.

    `attempt` is the try at which the present password was given. False where that was not this session's, or is used.
    """
    values = {"hash": session_hash, "new_hash": new_hash, "attempt": attempt, "password_hash": password_hash}
    return bool(await session.scalar(_CHANGE, values))
