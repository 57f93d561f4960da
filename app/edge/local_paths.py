"""Where somebody was going, as the browser says it: only ever to a page of ours."""

import re
from typing import Final

LONGEST: Final = 200
# A path and nothing else: what follows a question mark may hold a name that was searched for.
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~@:+-]+(?:/[A-Za-z0-9._~@:+-]+)*/?)?")
_NOT_PAGES: Final = ("/sign-", "/forgot-password", "/reset-password", "/api/", "/static/")


def local_path(typed: str | None) -> str | None:
    """The path of a page of ours without its query, or None for anything else.

    Not another site's address however it is disguised (`//site`, a backslash, an encoded slash), nor a page of signing
    in itself, from which one would be sent in a circle.
    """
    path = (typed or "").partition("?")[0].partition("#")[0]
    if len(path) > LONGEST or not _PATH.fullmatch(path) or ".." in path:
        return None
    return None if path.startswith(_NOT_PAGES) else path
