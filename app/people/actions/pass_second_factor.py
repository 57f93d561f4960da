"""Use a second factor: a try is counted, the code compared, and what it opens done, in a transaction each.

A code is taken once. A recovery code stands for one, and is used up by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.kernel.database import Session
from app.people.actions.sign_in import Opened, Wait
from app.people.second_factor import Vault, matching_step, recovery_hash

_TRY = text("SELECT * FROM door.try_second_factor(:hash, :address)")
_PASS = text("SELECT door.pass_second_factor(:hash, :new_hash, :attempt, :step, :recovery_hash)")
_DROP = text("SELECT door.drop_second_factor(:hash, :attempt, :step, :recovery_hash, CAST(:roles AS text[]))")


@dataclass(frozen=True, slots=True)
class CodeTry:
    """A counted try of the holder of a session. `secret` is as it is kept; None where there is no second factor."""

    number: int
    user_id: int
    secret: str | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class RightCode:
    """A code that fits, though it may have been used: of a time step, or a recovery code (`step` is None)."""

    attempt: int
    step: int | None
    recovery_hash: bytes | None


async def try_code(session: Session, session_hash: bytes, *, address: str) -> CodeTry | Wait | None:
    """Count a try in a session; None where there is no such session."""
    row = (await session.execute(_TRY, {"hash": session_hash, "address": address})).one_or_none()
    if row is None:
        return None
    if row.attempt is None:
        return Wait(row.wait_seconds)
    return CodeTry(row.attempt, row.user_id, row.secret, bool(row.confirmed))


def read_code(vault: Vault, counted: CodeTry, typed: str, *, now: datetime) -> RightCode | None:
    """What was typed, if it fits: a recovery code is compared by the database, which has the hashes."""
    secret = vault.unlock(counted.user_id, counted.secret) if counted.secret is not None else None
    step = matching_step(secret, typed, now=now) if secret is not None else None
    if step is not None:
        return RightCode(counted.number, step, None)
    found = recovery_hash(typed)
    return None if found is None else RightCode(counted.number, None, found)


async def pass_second_factor(session: Session, session_hash: bytes, code: RightCode, *, new_hash: bytes) -> bool:
    """Open the session that waits for a code, under a new secret; False when the code was used before, or is none."""
    return bool(await session.scalar(_PASS, {**_values(session_hash, code), "new_hash": new_hash}))


async def drop_second_factor(
    session: Session, session_hash: bytes, code: RightCode, *, roles: Sequence[str]
) -> Opened | None:
    """Give the second factor up; what the session is from then on, None when the code was used before, or is none."""
    dropped: Opened | None = await session.scalar(_DROP, {**_values(session_hash, code), "roles": list(roles)})
    return dropped


def _values(session_hash: bytes, code: RightCode) -> dict[str, object]:
    return {
        "hash": session_hash,
        "attempt": code.attempt,
        "step": code.step,
        "recovery_hash": code.recovery_hash,
    }
