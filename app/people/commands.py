"""What the `adapt` command does with people, as the database's owner: nobody is signed in, so nobody is asked.

Everything takes users by e-mail address, checks what the API checks and raises the same problems; their `detail` says
what to do.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from app.access.roles import Role
from app.edge.problem_answers import from_validation
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotFound, Unprocessable
from app.people import queries
from app.people.actions.add_organisation import AddOrganisation, write_organisation
from app.people.actions.add_user import AddUser, write_user
from app.people.actions.hold_role import EndRole, HoldRole, grant_role, withdraw_role
from app.people.actions.record_training import RecordTraining, write_training
from app.people.actions.reset_password import issue_reset
from app.people.actions.tokens import DEFAULT_DAYS, CreateToken, issue_token, withdraw_token
from app.people.new_passwords import fault_of
from app.people.passwords import hash_password
from app.people.schemas import OrganisationIn, TokenIn, TrainingIn, UserIn

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenListed:
    """A token as it is listed; the secret was shown once and is not kept."""

    id: int
    email: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


_TOKENS = text(
    """
    SELECT t.id, u.email, t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at
      FROM api_tokens t JOIN users u ON u.id = t.user_id
     WHERE CAST(:user_id AS integer) IS NULL OR t.user_id = :user_id ORDER BY u.email, t.id
    """
)


async def create_token(
    session: Session,
    email: str,
    *,
    name: str = "made by command",
    scopes: Sequence[str] = ("read", "write"),
    days: int = DEFAULT_DAYS,
) -> str:
    """Make a token and give its secret, which is nowhere else. Raises Unprocessable."""
    form = _filled_in(TokenIn, name=name, scopes=list(scopes), days=days)
    user = await queries.user_by_email(session, email, pointer="/email")
    command = CreateToken(name=form.name, scopes=tuple(form.scopes), days=form.days)
    return (await issue_token(session, user.id, command)).secret


async def list_tokens(session: Session, email: str | None = None) -> list[TokenListed]:
    """Everybody's tokens, or one user's. Raises Unprocessable for an unknown user."""
    user_id = (await queries.user_by_email(session, email, pointer="/email")).id if email else None
    rows = await session.execute(_TOKENS, {"user_id": user_id})
    return [TokenListed(**{**row._asdict(), "scopes": tuple(row.scopes)}) for row in rows]


async def revoke_token(session: Session, token_id: int) -> None:
    """Revoke a token, whosever it is. Raises NotFound."""
    await withdraw_token(session, token_id, user_id=None)


async def add_organisation(session: Session, key: str, *, name: str, kind: str) -> int:
    """Add an organisation and give its number. Raises Unprocessable, Conflict."""
    form = _filled_in(OrganisationIn, key=key, name=name, kind=kind)
    return await write_organisation(session, AddOrganisation(**form.model_dump()))


async def add_user(session: Session, email: str, *, name: str, organisation: str, roles: Sequence[str] = ()) -> int:
    """Add a user and give its number. Raises Unprocessable, Conflict."""
    form = _filled_in(UserIn, email=email, name=name, organisation=organisation, roles=list(roles))
    command = AddUser(email=form.email, name=form.name, organisation=form.organisation, roles=tuple(form.roles))
    return await write_user(session, command, added_by=None)


async def hold_role(
    session: Session, email: str, role: Role, *, organisation: str | None = None, held_from: date | None = None
) -> None:
    """Give a role, in the home organisation when none is named. Raises Unprocessable, Conflict."""
    user = await queries.user_by_email(session, email, pointer="/email")
    command = HoldRole(user_id=user.id, role=role, organisation=organisation, held_from=held_from)
    await grant_role(session, command, granted_by=None)


async def end_role(
    session: Session, email: str, role: Role, *, organisation: str | None = None, ends_on: date | None = None
) -> None:
    """End a role today, or on a later day. Raises Unprocessable, Conflict."""
    user = await queries.user_by_email(session, email, pointer="/email")
    await withdraw_role(session, EndRole(user_id=user.id, role=role, organisation=organisation, ends_on=ends_on))


async def record_training(
    session: Session, email: str, module: int, *, completed_on: date, expires_on: date, evidence: str, today: date
) -> None:
    """Record a completed training module. Raises Unprocessable."""
    form = _filled_in(TrainingIn, module=module, completed_on=completed_on, expires_on=expires_on, evidence=evidence)
    user = await queries.user_by_email(session, email, pointer="/email")
    await write_training(session, RecordTraining(user_id=user.id, **form.model_dump()), recorded_by=None, today=today)


def _filled_in(form: type[Form], **answers: object) -> Form:
    try:
        return form.model_validate(answers)
    except ValidationError as error:
        raise from_validation(list(error.errors())) from None


_UNLINK = text("DELETE FROM provider_links WHERE user_id = :id")
_SIGN_OUT = text("UPDATE sessions SET ended_at = now() WHERE user_id = :id AND ended_at IS NULL")
_DROP_CODES = text("DELETE FROM recovery_codes WHERE user_id = :id")
_DROP_FACTOR = text("DELETE FROM second_factors WHERE user_id = :id")


async def make_reset(session: Session, email: str) -> str:
    """Make the secret of a link by which a user sets a new password. Raises Unprocessable."""
    user = await queries.user_by_email(session, email, pointer="/email")
    return await issue_reset(session, user.id)


async def sign_out(session: Session, email: str) -> int:
    """End every session of a user; their number. Raises Unprocessable."""
    user = await queries.user_by_email(session, email, pointer="/email")
    return (await session.execute(_SIGN_OUT, {"id": user.id})).rowcount


async def unlink(session: Session, email: str) -> int:
    """Forget what providers call a user: the next sign-in with one is a first again. Raises Unprocessable."""
    user = await queries.user_by_email(session, email, pointer="/email")
    await session.execute(_SIGN_OUT, {"id": user.id})
    return (await session.execute(_UNLINK, {"id": user.id})).rowcount


async def reset_second_factor(session: Session, email: str) -> None:
    """Take a user's second factor away, and end their sessions. Raises Unprocessable, Conflict where there is none."""
    user = await queries.user_by_email(session, email, pointer="/email")
    await session.execute(_DROP_CODES, {"id": user.id})
    if (await session.execute(_DROP_FACTOR, {"id": user.id})).rowcount == 0:
        raise Conflict("This user has no second factor.", code="no_second_factor")
    await session.execute(_SIGN_OUT, {"id": user.id})


_SET_PASSWORD = text(
    "UPDATE users SET password_hash = :hash WHERE lower(email) = lower(:email) AND active RETURNING id"
)


async def set_password(session: Session, email: str, password: str) -> None:
    """Give a user a password and end their open sessions. Raises Unprocessable, NotFound."""
    fault = fault_of(password, about=(email,))
    if fault is not None:
        raise Unprocessable([FieldProblem("/password", fault)])
    kept = await asyncio.to_thread(hash_password, password)
    user_id = await session.scalar(_SET_PASSWORD, {"hash": kept, "email": email})
    if user_id is None:
        raise NotFound("There is no active user with this e-mail address.")
    await session.execute(_SIGN_OUT, {"id": user_id})
