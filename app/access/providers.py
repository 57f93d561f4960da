"""The sign-in of partner organisations (OpenID Connect): who provides it, for whom, and what its groups stand for.

Which of a provider's groups stands for which role is data beside the provider's address and secret: whoever may change
one may change the other, and nobody can do it from within the service.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from app.access.roles import Role

Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, pattern=r"^(?i:[a-z0-9-]+(\.[a-z0-9-]+)+)$", max_length=190
    ),
]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is said there: https, or this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _is_issuer(value: str) -> str:
    if not is_safe(value) or "?" in value or "#" in value:
        raise ValueError("An issuer is an https address without a query.")
    return value


class GroupRole(BaseModel):
    """A group of the provider's, and the role in an organisation that its members hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str
    role: Role
    organisation: str
    """The organisation's key: one of the provider's own."""


class Provider(BaseModel):
    """One organisation's, or several organisations', sign-in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    """What people know it by: "Sign in with {label}"."""
    issuer: Annotated[str, AfterValidator(_is_issuer)]
    client_id: Annotated[str, StringConstraints(min_length=1)]
    client_secret: SecretStr
    organisations: Annotated[tuple[str, ...], Field(min_length=1)]
    """Keys of the organisations whose people it knows: nobody else is signed in by it."""
    email_domains: Annotated[tuple[Domain, ...], Field(min_length=1)]
    """A first sign-in finds its user by an e-mail address of these alone."""
    email_verified_claim: str = "email_verified"
    """The claim that says that the provider has made sure of the address: it must be true."""
    groups_claim: str = "groups"
    roles: tuple[GroupRole, ...] = ()
    """Roles given and taken by the provider's groups; without any, roles are given here alone."""
    has_second_factor: bool = False
    """Whether the provider itself asks for a second factor each time, so that none is asked for here."""

    @model_validator(mode="after")
    def _gives_roles_in_its_own_organisations(self) -> "Provider":
        strange = sorted({mapped.organisation for mapped in self.roles} - set(self.organisations))
        if strange:
            raise ValueError(f"{self.label} gives roles in {', '.join(strange)}: none of its own organisations.")
        return self

    def allows(self, email: str) -> bool:
        """Whether an e-mail address is of a domain that the provider speaks for."""
        return email.rpartition("@")[2].lower() in self.email_domains

    def roles_of(self, claims: Mapping[str, Any]) -> frozenset[tuple[str, Role]]:
        """The roles that the claims stand for, with their organisations' keys: those mapped, and no other."""
        groups = _texts(claims.get(self.groups_claim))
        return frozenset((mapped.organisation, mapped.role) for mapped in self.roles if mapped.group in groups)


def _texts(value: object) -> frozenset[str]:
    """A claim that is one text or a list of them; anything else says nothing."""
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
