"""Links that begin with where people find the service: never with what a stranger's request says that is."""

from typing import Final

from fastapi import Request

from app.edge.sessions import is_loopback
from app.settings import Settings

RESET: Final = "/reset-password"


def public_base(settings: Settings, request: Request) -> str | None:
    """Where people find the service, without a stroke at the end; None where it has not been told.

    Only from this very machine is the request believed: elsewhere anybody could have a link sent to their own address,
    or to a machine of the reader's that somebody else listens on.
    """
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    try:
        host, port = request.url.hostname or "", request.url.port
    except ValueError:  # a Host header that is no host
        return None
    near = request.client is not None and is_loopback(request.client.host)
    if not near or (host != "localhost" and not is_loopback(host)):
        return None
    return f"{request.url.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"


def reset_link(base: str, secret: str) -> str:
    """The link by which a password is set anew."""
    return f"{base}{RESET}?token={secret}"
