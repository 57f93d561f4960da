"""Find organisations and users. Staff and organisations are known to the whole partnership; tokens to their owner."""

from typing import Any

from sqlalchemy import Row, text

from app.edge.parameters import LARGEST_ID
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Unprocessable

_ORGANISATION = text(
    "SELECT id, key, name FROM organisations WHERE active AND (key = lower(:named) OR lower(name) = lower(:named))"
)
_USER = text("SELECT id, email, name, home_organisation_id FROM users WHERE id = :id AND active")
_USER_BY_EMAIL = text(
    "SELECT id, email, name, home_organisation_id FROM users WHERE lower(email) = lower(:email) AND active"
)


async def organisation_named(session: Session, named: str, *, pointer: str = "/organisation") -> Row[Any]:
    """The organisation of this key or name, or Unprocessable at `pointer`."""
    rows = (await session.execute(_ORGANISATION, {"named": named.strip()})).all()
    if not rows:
        message = "There is no such organisation in this partnership. GET /api/v1/organisations lists them."
        raise Unprocessable([FieldProblem(pointer, message)])
    # One organisation's name may be another's key: the key is what programs mean.
    return min(rows, key=lambda row: row.key != named.strip().lower())


async def user_by_number(session: Session, user_id: int) -> Row[Any]:
    """The active user of this number, or NotFound."""
    known = user_id if 0 < user_id <= LARGEST_ID else 0
    row = (await session.execute(_USER, {"id": known})).one_or_none()
    if row is None:
        raise NotFound("There is no user of this number. GET /api/v1/staff lists them.")
    return row


async def user_by_email(session: Session, email: str, *, pointer: str) -> Row[Any]:
    """The active user of this e-mail address, in any case, or Unprocessable at `pointer`."""
    row = (await session.execute(_USER_BY_EMAIL, {"email": email.strip()})).one_or_none()
    if row is None:
        raise Unprocessable([FieldProblem(pointer, "There is no user with this e-mail address.")])
    return row
