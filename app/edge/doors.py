"""Who is at the door: a token or a session becomes an actor, and the transaction sees what that actor may see."""

import hashlib
from collections import defaultdict
from dataclasses import replace
from typing import Any, LiteralString

from sqlalchemy import text

from app.access.actor import Actor
from app.access.roles import Role
from app.edge.sessions import secret_hash
from app.kernel.database import Session, direct
from app.kernel.problems import NotPermitted, NotSignedIn

_ENTER: LiteralString = "SELECT * FROM door.enter(%(hash)s)"
_ENTER_SESSION: LiteralString = "SELECT * FROM door.enter_session(%(hash)s)"
_ENTER_AS = text("SELECT * FROM door.enter_as(:user_id)")
TOKEN_PREFIX = "adapt_"  # noqa: S105 # makes a leaked token recognisable, is no secret


def token_hash(token: str) -> bytes:
    """What is kept of a token. Tokens have 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def bearer(authorization: str | None) -> str:
    """Read the Authorization header, or raise NotSignedIn."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("Send a token: Authorization: Bearer … . `adapt token create EMAIL` prints one.")
    return token.strip()


async def enter(session: Session, authorization: str | None, *, scope: str) -> Actor:
    """Let the holder of a token in for this transaction.

    Raises NotSignedIn for an unknown, expired or revoked token, NotPermitted when the token lacks the scope.
    """
    rows = await direct(session, _ENTER, {"hash": token_hash(bearer(authorization))})
    if not rows:
        raise NotSignedIn("This token is unknown, has expired or was revoked. Make another.")
    [row] = rows
    if scope not in row.scopes:
        raise NotPermitted(f"This token does not allow to {scope}. Use one that has the scope `{scope}`.")
    return _actor(row, frozenset(row.scopes))


async def enter_session(session: Session, secret: str | None) -> Actor:
    """Let in whoever signed in with this browser, by its cookie's secret.

    Raises NotSignedIn without one, and for a session that is unknown, was ended, was left alone too long, or still
    waits for its second factor.
    """
    rows = await direct(session, _ENTER_SESSION, {"hash": secret_hash(secret)}) if secret else []
    if not rows:
        raise NotSignedIn("You are not signed in, or have been signed out. Sign in again.")
    [row] = rows
    return replace(
        _actor(row, frozenset({"read", "write"})),
        acting_for=row.acting_for_name,
        acting_for_id=row.acting_for,
        has_other_hats=row.has_other_hats,
    )


async def enter_as(session: Session, user_id: int) -> Actor:
    """Let a user in whose identity has been established another way: a command, a job, a session."""
    row = (await session.execute(_ENTER_AS, {"user_id": user_id})).one_or_none()
    if row is None:
        raise NotSignedIn("This user does not exist or is no longer active.")
    return _actor(row, frozenset({"read", "write"}))


def _actor(row: Any, scopes: frozenset[str]) -> Actor:
    holdings: dict[int, set[Role]] = defaultdict(set)
    for organisation, role in row.holdings:
        holdings[organisation].add(Role(role))
    return Actor(
        user_id=row.user_id,
        email=row.email,
        name=row.name,
        home_organisation_id=row.home_organisation_id,
        holdings={organisation: frozenset(roles) for organisation, roles in holdings.items()},
        scopes=scopes,
    )
