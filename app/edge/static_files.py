"""Stylesheets and whatever else pages need that is the same for everybody."""

import os
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from app.edge.templating import STATIC, version_of

_FOR_GOOD = "public, max-age=31536000, immutable"


class StyledFiles(StaticFiles):
    """The folder of static files: kept for good under the address that names the content, else asked about by ETag."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    @override
    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with the file, or that it has not changed."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("v")
        current = asked == [version_of(os.path.relpath(full_path, os.path.realpath(STATIC)))]
        response.headers["Cache-Control"] = _FOR_GOOD if current else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
