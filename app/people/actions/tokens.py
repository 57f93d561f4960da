"""Make and revoke API tokens. Only a hash is kept, so a token is shown once, when it is made."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.edge.doors import TOKEN_PREFIX, token_hash
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, NotPermitted, Unprocessable

Scope = Literal["read", "write"]
DEFAULT_DAYS: Final = 90
MOST_DAYS: Final = 365
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateToken:
    """A token with a name to know it by again, what it allows, and how many days it is good for."""

    name: str
    scopes: tuple[str, ...] = ("read", "write")
    days: int = DEFAULT_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was just made; `secret` is nowhere else."""

    id: int
    secret: str
    created_at: datetime
    expires_at: datetime


# The database's clock judges a token's age, so the same clock sets it.
_CREATE = text(
    """
    INSERT INTO api_tokens (user_id, name, token_hash, scopes, expires_at)
    VALUES (:user_id, :name, :token_hash, :scopes, now() + make_interval(days => :days))
    RETURNING id, created_at, expires_at
    """
)
_REVOKE = text(
    """
    UPDATE api_tokens SET revoked_at = coalesce(revoked_at, now())
     WHERE id = :id AND (user_id = :user_id OR CAST(:user_id AS integer) IS NULL) RETURNING id
    """
)


async def create_token(session: Session, actor: Actor, command: CreateToken) -> NewToken:
    """Make a token of the actor's own.

    Raises NotPermitted when it would allow more than the token it is made with, Unprocessable.
    """
    require(actor, Permission.TOKEN_OWN)
    beyond = sorted(set(command.scopes) - actor.scopes)
    if beyond:
        raise NotPermitted(f"This token does not allow to {beyond[0]}, so it cannot make one that does.")
    return await issue_token(session, actor.user_id, command)


async def issue_token(session: Session, user_id: int, command: CreateToken) -> NewToken:
    """The same for whoever owns the database."""
    _check(command.scopes, command.days)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "user_id": user_id,
        "name": command.name,
        "token_hash": token_hash(secret),
        "scopes": sorted(set(command.scopes)),
        "days": command.days,
    }
    row = (await session.execute(_CREATE, values)).one()
    return NewToken(id=row.id, secret=secret, created_at=row.created_at, expires_at=row.expires_at)


def _check(scopes: Collection[str], days: int) -> None:
    errors = []
    if not scopes or not set(scopes) <= {"read", "write"}:
        errors.append(FieldProblem("/scopes", "Give read, write, or both."))
    if not 1 <= days <= MOST_DAYS:
        errors.append(FieldProblem("/days", f"Give 1 to {MOST_DAYS} days."))
    if errors:
        raise Unprocessable(errors)


async def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    """Revoke a token of one's own, from this moment; a second time changes nothing. Raises NotFound."""
    require(actor, Permission.TOKEN_OWN)
    await withdraw_token(session, token_id, user_id=actor.user_id)


async def withdraw_token(session: Session, token_id: int, *, user_id: int | None) -> None:
    """The same for whoever owns the database; with `user_id` None whosever token it is."""
    if await session.scalar(_REVOKE, {"id": token_id, "user_id": user_id}) is None:
        raise NotFound("You have no token with this number. GET /api/v1/tokens lists them.")
