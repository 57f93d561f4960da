"""Speak with the sign-in of a partner organisation: OpenID Connect, authorisation code with a proof key (PKCE).

What a provider says is believed when it is signed by one of its published keys, for us, by whom it says, within its
time, and for the very journey that this browser began. Addresses and keys are asked for once an hour, and anew when a
token is signed by a key that is not known yet.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import AsyncClient, HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.access.providers import Provider, is_safe
from app.edge.sessions import new_secret
from app.kernel.problems import NotReady

_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""Signatures by a key pair alone: a secret that two know proves nothing, and `none` less."""
_KEPT: Final = timedelta(hours=1)
_LEEWAY_SECONDS: Final = 60
_PATIENCE: Final = 5
_SCOPE: Final = "openid email profile"
_SEVERAL_FACTORS: Final = frozenset({"mfa"})


class Unbelievable(Exception):
    """What came back from a provider is not to be believed; `why` is for the log and names nobody."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """To a provider and back: what travels (`state`), and what only the browser that began it can make."""

    state: str
    nonce: str
    proof_key: str

    @classmethod
    def of(cls, browser: str, state: str | None = None) -> "Journey":
        """The journey of a browser's cookie: a new one, or the one of a state that has come back."""
        state = state or new_secret()
        return cls(state=state, nonce=_made(browser, "nonce", state), proof_key=_made(browser, "proof", state))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is for a provider. `email` is there when the provider has verified it."""

    subject: str
    email: str | None
    claims: Mapping[str, Any]

    @property
    def by_several_factors(self) -> bool:
        """Whether the provider says that it asked for a second factor."""
        methods = self.claims.get("amr")
        return isinstance(methods, list) and not _SEVERAL_FACTORS.isdisjoint(map(str, methods))


@dataclass(frozen=True, slots=True)
class _Known:
    metadata: Mapping[str, Any]
    keys: KeySet
    until: datetime


class OpenIdProvider:
    """One provider, with what it has published about itself."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._known: _Known | None = None

    async def address(self, journey: Journey, *, back: str, now: datetime) -> str:
        """Where to send the browser. Raises NotReady when the provider is away."""
        known = await self._publication(now)
        async with self._client(known.metadata, back) as client:
            address, _ = client.create_authorization_url(
                known.metadata["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.proof_key,
            )
        return str(address)

    async def identity(self, journey: Journey, code: str, *, back: str, now: datetime) -> Identity:
        """Who has come back with this code. Raises Unbelievable, and NotReady when the provider is away."""
        known = await self._publication(now)
        try:
            async with self._client(known.metadata, back) as client:
                token = await client.fetch_token(
                    known.metadata["token_endpoint"], code=code, code_verifier=journey.proof_key
                )
                claims = await self._checked(str(token.get("id_token", "")), journey, now)
                if "email" not in claims or self.provider.email_verified_claim not in claims:
                    claims = await self._completed(client, known.metadata, claims)
        except OAuthError as error:
            raise Unbelievable("code refused") from error
        except (HTTPError, ValueError) as error:
            raise self._away() from error
        return Identity(subject=claims["sub"], email=self._verified_email(claims), claims=claims)

    def _verified_email(self, claims: Mapping[str, Any]) -> str | None:
        email = claims.get("email")
        verified = claims.get(self.provider.email_verified_claim) in (True, "true", 1, "1")
        return email if verified and isinstance(email, str) and self.provider.allows(email) else None

    async def _checked(self, token: str, journey: Journey, now: datetime) -> dict[str, Any]:
        try:
            return self._read(token, (await self._publication(now)).keys, journey, now)
        except (JoseError, ValueError):
            # Perhaps signed by a key that has been published since; what is wrong otherwise is wrong again.
            self._known = None
        try:
            return self._read(token, (await self._publication(now)).keys, journey, now)
        except (JoseError, ValueError) as error:
            raise Unbelievable(f"token: {type(error).__name__} {getattr(error, 'claim', '')}".strip()) from error

    def _read(self, token: str, keys: KeySet, journey: Journey, now: datetime) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(token, keys, algorithms=list(_ALGORITHMS)).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": journey.nonce},
        ).validate(claims)
        for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if for_several else self.provider.client_id) != self.provider.client_id:
            raise ValueError("for another party")
        if not claims["sub"] or len(claims["sub"]) > 255:
            raise ValueError("no subject")
        return claims

    async def _completed(
        self, client: AsyncOAuth2Client, metadata: Mapping[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        """The claims with what the provider tells of the same person on being asked; the signed ones count first."""
        place = metadata.get("userinfo_endpoint")
        if place is None:
            return claims
        answer = (await client.get(place)).raise_for_status().json()
        if not isinstance(answer, dict) or answer.get("sub") != claims["sub"]:
            raise Unbelievable("somebody else's details")
        return answer | claims

    async def _publication(self, now: datetime) -> _Known:
        if self._known is None or now >= self._known.until:
            try:
                self._known = await self._ask(now)
            except (HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
                raise self._away() from error
        return self._known

    async def _ask(self, now: datetime) -> _Known:
        async with AsyncClient(timeout=_PATIENCE) as client:
            place = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            metadata = (await client.get(place)).raise_for_status().json()
            if metadata["issuer"] != self.provider.issuer:
                raise Unbelievable("another issuer")
            needed = [metadata[f"{name}_endpoint"] for name in ("authorization", "token")]
            told = [metadata[name] for name in ("jwks_uri", "userinfo_endpoint") if name in metadata]
            if not all(is_safe(address) for address in needed + told):
                raise Unbelievable("an unsafe address")
            keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
        return _Known(metadata, KeySet.import_key_set(keys), now + _KEPT)

    def _client(self, metadata: Mapping[str, Any], back: str) -> AsyncOAuth2Client:
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = "client_secret_basic" in methods or "client_secret_post" not in methods
        return AsyncOAuth2Client(
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",  # a method
            code_challenge_method="S256",
            scope=_SCOPE,
            redirect_uri=back,
            timeout=_PATIENCE,
        )

    def _away(self) -> NotReady:
        return NotReady(
            f"{self.provider.label} cannot be reached just now. Nothing was changed; try again in a few minutes."
        )


def _made(browser: str, what: str, state: str) -> str:
    """Something that nobody can make but who has the browser's cookie: 256 bits, as text."""
    code = hmac.digest(browser.encode(), f"journey {what} {state}".encode(), hashlib.sha256)
    return urlsafe_b64encode(code).decode().rstrip("=")
