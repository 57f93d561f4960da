"""Set up a second factor: a secret is put by, shown, and counts once a code made from it has come back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.kernel.database import Session
from app.people.actions.pass_second_factor import CodeTry
from app.people.second_factor import Vault, matching_step, new_recovery_codes, new_totp_secret, recovery_hash

_BEGIN = text("SELECT door.begin_second_factor(:hash, :secret, :attempt)")
_OWN = text("SELECT * FROM door.own_second_factor(:hash)")
_CONFIRM = text(
    "SELECT door.confirm_second_factor(:hash, :new_hash, :attempt, :step, CAST(:recovery_hashes AS bytea[]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSecondFactor:
    """How it stands with the second factor of a session's holder. `secret` is there while it is being set up."""

    user_id: int
    email: str
    asks_password: bool
    confirmed_at: datetime | None
    codes_left: int
    secret: str | None


async def own_second_factor(session: Session, session_hash: bytes, *, vault: Vault) -> OwnSecondFactor | None:
    """Look at one's own; None without a session, and in one that still waits for a code."""
    row = (await session.execute(_OWN, {"hash": session_hash})).one_or_none()
    if row is None:
        return None
    kept = row.unconfirmed_secret
    return OwnSecondFactor(
        user_id=row.user_id,
        email=row.email,
        asks_password=row.asks_password,
        confirmed_at=row.confirmed_at,
        codes_left=row.codes_left,
        secret=vault.unlock(row.user_id, kept) if kept is not None else None,
    )


async def begin_second_factor(
    session: Session, session_hash: bytes, *, user_id: int, attempt: int | None, vault: Vault
) -> bool:
    """Put a new secret by for the holder of the session; False where one counts already.

    `attempt` is the try at which the present password was given, where it is asked for.
    """
    values = {"hash": session_hash, "secret": vault.lock(user_id, new_totp_secret()), "attempt": attempt}
    return bool(await session.scalar(_BEGIN, values))


async def confirm_second_factor(
    session: Session, session_hash: bytes, counted: CodeTry, typed: str, *, new_hash: bytes, vault: Vault, now: datetime
) -> tuple[str, ...] | None:
    """Let the secret that was put by count; the recovery codes, which are nowhere else. None for a wrong code."""
    secret = vault.unlock(counted.user_id, counted.secret) if counted.secret and not counted.confirmed else None
    step = matching_step(secret, typed, now=now) if secret is not None else None
    if step is None:
        return None
    codes = new_recovery_codes()
    values = {
        "hash": session_hash,
        "new_hash": new_hash,
        "attempt": counted.number,
        "step": step,
        "recovery_hashes": [recovery_hash(code) for code in codes],
    }
    return codes if await session.scalar(_CONFIRM, values) else None
