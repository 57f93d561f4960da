"""Commands about people: tokens, users, roles, training. They work as the schema's owner, for an administrator."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, TypeVar

import typer

from app.access.roles import Role
from app.commands.console import err, out, with_owner
from app.kernel.clock import LONDON, SystemClock, local_date
from app.kernel.database import Database, Session
from app.kernel.problems import Problem
from app.people import commands
from app.people import reset_links as links
from app.settings import Settings

T = TypeVar("T")
token = typer.Typer(no_args_is_help=True, help="Tokens for the API.")
user = typer.Typer(no_args_is_help=True, help="Users, their roles and their training.")
organisation = typer.Typer(no_args_is_help=True, help="Organisations of the partnership.")
Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]


def _do(work: Callable[[Session], Awaitable[T]]) -> T:
    async def run(db: Database) -> T:
        async with db.transaction() as session:
            return await work(session)

    try:
        return with_owner(Settings(), run)
    except Problem as problem:
        err.print(problem.detail, markup=False)
        raise typer.Exit(1) from None


@token.command("create")
def create_token(
    email: Email,
    name: Annotated[str, typer.Option(help="What the token is for.")] = "made by command",
    scope: Annotated[list[str] | None, typer.Option(help="read, write; both when not given.")] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="Days until it expires.")] = 90,
) -> None:
    """Print a new token. It is shown once; only its hash is kept."""
    scopes = tuple(scope or ("read", "write"))
    print(_do(lambda session: commands.create_token(session, email, name=name, scopes=scopes, days=days)))


@token.command("list")
def list_tokens(email: Annotated[str | None, typer.Argument(help="Of one user only.")] = None) -> None:
    """List tokens, never their secrets."""
    for found in _do(lambda session: commands.list_tokens(session, email)):
        out.print(str(found), markup=False)


@token.command("revoke")
def revoke_token(token_id: Annotated[int, typer.Argument(help="The number that `adapt token list` shows.")]) -> None:
    """Revoke a token: it opens nothing from now on."""
    _do(lambda session: commands.revoke_token(session, token_id))


@organisation.command("add")
def add_organisation(key: str, name: str, kind: str) -> None:
    """Add an organisation to the partnership."""
    _do(lambda session: commands.add_organisation(session, key, name=name, kind=kind))


@user.command("add")
def add_user(email: Email, name: str, organisation_key: str, role: list[Role]) -> None:
    """Add a user at an organisation, with roles held there."""
    _do(lambda session: commands.add_user(session, email, name=name, organisation=organisation_key, roles=role))


@user.command("password")
def set_password(email: Email) -> None:
    """Ask for a new password and set it; the user's open sessions end."""
    password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    _do(lambda session: commands.set_password(session, email, password))
    out.print("The password is set.")


@user.command("reset-link")
def reset_link(email: Email) -> None:
    """Print a link by which a user sets a new password: once, within 30 minutes."""
    settings = Settings()
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(links.reset_link(base.rstrip("/"), _do(lambda session: commands.make_reset(session, email))))


@user.command("sign-out")
def sign_out(email: Email) -> None:
    """End every session of a user."""
    ended = _do(lambda session: commands.sign_out(session, email))
    out.print(f"{ended} sessions ended.")


@user.command("unlink")
def unlink(email: Email) -> None:
    """Forget whom partner organisations' sign-ins take a user for, as when somebody has changed their employer."""
    links_gone = _do(lambda session: commands.unlink(session, email))
    out.print(f"{links_gone} links are gone. The next sign-in by the verified e-mail address makes another.")


@user.command("reset-second-factor")
def reset_second_factor(email: Email) -> None:
    """Take a lost second factor away, and end the user's sessions. Make sure first who is asking."""
    _do(lambda session: commands.reset_second_factor(session, email))
    out.print("The second factor is gone. Whose role asks for one sets up another at the next sign-in.")


@user.command("give-role")
def hold_role(email: Email, role: Role, organisation_key: Annotated[str | None, typer.Option()] = None) -> None:
    """Give a user a role in an organisation, the home one when none is named."""
    _do(lambda session: commands.hold_role(session, email, role, organisation=organisation_key))


@user.command("end-role")
def end_role(email: Email, role: Role, organisation_key: Annotated[str | None, typer.Option()] = None) -> None:
    """End a role; that it was held stays on record."""
    _do(lambda session: commands.end_role(session, email, role, organisation=organisation_key))


@user.command("train")
def record_training(email: Email, module: int, completed_on: str, expires_on: str, evidence: str) -> None:
    """Record that a user has completed a training module (days as YYYY-MM-DD)."""
    _do(
        lambda session: commands.record_training(
            session,
            email,
            module,
            completed_on=date.fromisoformat(completed_on),
            expires_on=date.fromisoformat(expires_on),
            evidence=evidence,
            today=local_date(SystemClock().now(), LONDON),
        )
    )
