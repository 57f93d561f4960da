"""A form is taken only from a page that this service gave to this browser.

The page carries a token made from the secret in the browser's own cookie, which no other site can read; who signs in
has a cookie for that page alone. The token differs each time, so that its bytes cannot be guessed from the length of
compressed answers, and it stays good as long as the cookie: going back, and two tabs, do no harm.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final, Protocol

from starlette.requests import Request

from app.kernel.problems import Problem

FIELD: Final = "csrf_token"
_OWN_PAGES: Final = ("same-origin", "none")


class ForeignForm(Problem):
    """The form did not come from a page of ours in this browser, or the page is older than the sign-in."""

    status, slug, title = 403, "foreign-form", "This form could not be taken"


def token(secret: str) -> str:
    """Make the token for a page, from the secret of the cookie that will come back with its form."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_mac(secret, nonce)}"


class Fields(Protocol):
    """A form, as far as a token is concerned."""

    def get(self, key: str, default: str, /) -> str: ...


def came_from_here(request: Request) -> bool:
    """Whether the browser says that a page of ours sent this; one that says nothing is not believed to."""
    return request.headers.get("sec-fetch-site") == "same-origin"


def check(request: Request, form: Fields, secret: str | None) -> None:
    """Raise ForeignForm unless the form carries a token made from `secret`, the cookie's."""
    site = request.headers.get("sec-fetch-site", "none")
    nonce, _, mac = form.get(FIELD, "").partition(".")
    ours = secret is not None and hmac.compare_digest(mac.encode(), _mac(secret, nonce).encode())
    if site not in _OWN_PAGES or not ours:
        raise ForeignForm(
            "The page was open too long, or this browser keeps no cookies. Nothing was changed. "
            "Go back, load the page again and send the form once more."
        )


def _mac(secret: str, nonce: str) -> str:
    code = hmac.digest(secret.encode(), b"form " + nonce.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(code).decode().rstrip("=")
