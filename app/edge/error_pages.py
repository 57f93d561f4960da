"""What a person sees when something is wrong: the same words as the API's, as a page."""

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

from app.edge.pages import View, html

_MACHINES: Final = ("/api/", "/healthz", "/readyz")
_JSON: Final = ("application/problem+json", "application/json")
_NOT_FOUND: Final = (
    "Page not found",
    "There is no page at this address. If you typed it, check it; if you followed a link, tell us which one.",
)


def wants_page(request: Request) -> bool:
    """Whether a page is the better answer: not to the API, and only to who would rather read HTML than JSON."""
    if str(request.scope["path"]).startswith(_MACHINES):
        return False
    weights = _weights(request.headers.get("accept", ""))
    return _weight(weights, "text/html") > max(_weight(weights, kind) for kind in _JSON)


def error_page(request: Request, status: int, title: str, detail: str) -> Response:
    """Write what went wrong and what to do. What a page of ours said about what is not there is kept."""
    if status == 404 and (request.scope.get("route") is None or "{" not in request.scope["route"].path):
        title, detail = _NOT_FOUND
    context = {"title": title, "detail": detail, "back": _came_from(request)}
    return html(View("edge/templates/problem.html", context, status), request=request)


def _came_from(request: Request) -> str | None:
    """The page of ours that led here, where the browser says so and it is another one."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host") or not came.path.startswith("/") or came.path == request.url.path:
        return None
    return came.path + (f"?{came.query}" if came.query else "")


def _weights(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for entry in accept.split(",")[:50]:
        kind, *parameters = (part.strip().lower() for part in entry.split(";"))
        quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            found[kind] = float(quality)
        except ValueError:
            found[kind] = 0.0
    return found


def _weight(weights: dict[str, float], kind: str) -> float:
    return next((weights[k] for k in (kind, kind.partition("/")[0] + "/*", "*/*") if k in weights), 0.0)
