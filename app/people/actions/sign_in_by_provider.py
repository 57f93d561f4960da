"""Sign in with a partner organisation's own sign-in: a journey begins, ends once, and a session is opened by it."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import text

from app.access.providers import Provider
from app.edge.sessions import secret_hash
from app.kernel.database import Session
from app.people.actions.sign_in import Opened, Terms
from app.people.openid import Identity

_BEGIN = text("SELECT door.begin_journey(:state, :browser, :provider, CAST(:resume AS jsonb))")
_END = text("SELECT resume FROM door.end_journey(:state, :browser, :provider)")
_OPEN = text(
    """
    SELECT door.open_session_by_provider(
      :provider, :issuer, :subject, :email, CAST(:organisations AS text[]), CAST(:roles_given AS jsonb), :secret_hash,
      :idle_minutes, :hours, CAST(:roles AS text[]), CAST(:resume AS jsonb))
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInByProvider:
    """Somebody whom a provider (its key and settings) has made known."""

    key: str
    provider: Provider
    identity: Identity


async def begin_journey(session: Session, key: str, *, state: str, browser: str, resume: Mapping[str, str]) -> None:
    """Remember that this browser has set out to a provider, and where its person was going."""
    values = {"state": secret_hash(state), "browser": secret_hash(browser), "provider": key, "resume": _json(resume)}
    await session.execute(_BEGIN, values)


async def end_journey(session: Session, key: str, *, state: str, browser: str) -> dict[str, str] | None:
    """Where its person was going; None for a journey that ended before, took too long, or began elsewhere."""
    values = {"state": secret_hash(state), "browser": secret_hash(browser), "provider": key}
    row = (await session.execute(_END, values)).one_or_none()
    return None if row is None else row.resume or {}


async def sign_in_by_provider(
    session: Session, command: SignInByProvider, *, secret_hash: bytes, terms: Terms, resume: Mapping[str, str]
) -> Opened | None:
    """Begin a session and give the roles that the provider's groups stand for; None where there is nobody to let in.

    Who has been asked for a second factor by the provider is not asked for a role's sake again; a second factor that
    was set up here is asked for as ever.
    """
    provider, identity = command.provider, command.identity
    given = sorted(provider.roles_of(identity.claims)) if provider.roles else None
    values = {
        **terms.values(),
        "provider": command.key,
        "issuer": provider.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "organisations": list(provider.organisations),
        "roles_given": None if given is None else orjson.dumps(given).decode(),
        "secret_hash": secret_hash,
        "resume": _json(resume),
    }
    if provider.has_second_factor or identity.by_several_factors:
        values["roles"] = []
    opened: Opened | None = await session.scalar(_OPEN, values)
    return opened


def _json(resume: Mapping[str, str]) -> str | None:
    return orjson.dumps(resume).decode() if resume else None
