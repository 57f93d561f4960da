"""Set a forgotten password anew: ask for a link, have one made, use it once within half an hour."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from app.edge.sessions import new_secret, secret_hash
from app.kernel.database import Session
from app.kernel.jobs import defer
from app.people.actions.sign_in import LONGEST_EMAIL

SEND: Final = "send_reset_link"
"""The job that makes the link and sends it."""
TELL: Final = "tell_of_new_password"
"""The job that tells somebody that their password is another now."""
_ASK = text("SELECT door.ask_for_reset(:typed, :address)")
_OF = text("SELECT user_id, email, name FROM door.reset_of(:hash)")
_USE = text("SELECT door.use_reset(:hash, :password_hash)")
_ISSUE = text("INSERT INTO password_resets (token_hash, user_id, made_at) VALUES (:hash, :user_id, clock_timestamp())")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A link that stands: whose password it sets anew."""

    user_id: int
    email: str
    name: str


async def ask_for_reset(session: Session, typed: str, *, address: str, base: str) -> None:
    """Let a link be sent to whoever has this e-mail address; the same is done where nobody has.

    `base` is where people find the service. The link is made when it is sent, so that it stands in the message alone.
    """
    known = typed.replace("\x00", "\ufffd")[: LONGEST_EMAIL + 1]
    request = await session.scalar(_ASK, {"typed": known, "address": address})
    if request is not None:
        await defer(session, SEND, request=request, base=base)


async def find_reset(session: Session, secret: str) -> Reset | None:
    """Whose password a link sets anew; None where it was used, is too old, or is none."""
    row = (await session.execute(_OF, {"hash": secret_hash(secret)})).one_or_none()
    return None if row is None else Reset(**row._asdict())


async def use_reset(session: Session, secret: str, *, password_hash: str) -> bool:
    """Set the password, end every session, and let its owner be told; False where the link no longer stands."""
    user_id = await session.scalar(_USE, {"hash": secret_hash(secret), "password_hash": password_hash})
    if user_id is None:
        return False
    await defer(session, TELL, user=user_id)
    return True


async def issue_reset(session: Session, user_id: int) -> str:
    """Make a link's secret, as whoever owns the database. Only its hash is kept."""
    secret = new_secret()
    await session.execute(_ISSUE, {"hash": secret_hash(secret), "user_id": user_id})
    return secret
