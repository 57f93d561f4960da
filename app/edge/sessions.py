"""The cookies of people who sign in, and what the service keeps of them: a hash, and where somebody came from."""

import hashlib
import secrets
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from app.kernel.database import Session

COOKIE: Final = "adapt_session"
_END = text("SELECT door.end_session(:hash)")


def new_secret() -> str:
    """A cookie's value: 256 bits of chance."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """What is kept of a session's secret. It has 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def secret_of(request: Request) -> str | None:
    """The secret that the browser sent, whether or not there is such a session."""
    return request.cookies.get(COOKIE)


async def end_session(session: Session, secret: str) -> None:
    """End the session of this secret, if there is one: the cookie opens nothing from then on."""
    await session.execute(_END, {"hash": secret_hash(secret)})


def set_cookie(response: Response, request: Request, value: str, *, name: str = COOKIE, path: str = "/") -> None:
    """Give the browser a cookie until it is closed; the server ends the session sooner or later than that."""
    response.set_cookie(name, value, path=path, httponly=True, samesite="lax", secure=_secure(request))


def drop_cookie(response: Response, request: Request, *, name: str = COOKIE, path: str = "/") -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path=path, httponly=True, samesite="lax", secure=_secure(request))


def _secure(request: Request) -> bool:
    """Whether the cookie must not travel in the clear: always, but on plain http to this very machine."""
    try:
        host = (request.url.hostname or "").lower()
    except ValueError:  # a Host header that is no host
        return True
    return request.url.scheme != "http" or not (host == "localhost" or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host is an address of this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(request: Request) -> str:
    """Where a request came from, as sign-in counts it: an IPv4 address, or the IPv6 network that one customer gets."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
