"""Hand out the bytes of a document so that nothing in them can act in our name."""

from typing import Final

import structlog
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from app.documents.formats import FORMATS, JPEG, served_type
from app.documents.names import disposition
from app.documents.queries import Version
from app.documents.store import DocumentStore, ObjectMissing
from app.kernel.problems import NotFound

_log = structlog.get_logger("adapt.documents")
HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


class StoredBytes(Response):
    """An object of the store, read once the transaction that allowed it is over, and sent piece by piece."""

    def __init__(self, store: DocumentStore, key: str, *, media_type: str, name: str, inline: bool) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._said = HEADERS | {
            "Content-Type": served_type(media_type),
            "Content-Disposition": disposition(name, inline=inline),
        }

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises NotFound, before anything is sent, when the object is not there."""
        try:
            found = await self._store.open(self._key)
        except ObjectMissing:
            _log.error("document missing from the store", key=self._key)
            raise NotFound("The contents are not where they should be. Tell whoever looks after the service.") from None
        headers = self._said | {"Content-Length": str(found.size)}
        await StreamingResponse(found.pieces, headers=headers)(scope, receive, send)


def content_of(store: DocumentStore, version: Version) -> Response:
    """The whole of a version. Only images that were made anew here are shown in place, the rest is downloaded."""
    inline = FORMATS[version.media_type].image
    return StoredBytes(store, version.object_key, media_type=version.media_type, name=version.name, inline=inline)


def thumbnail_of(store: DocumentStore, version: Version) -> Response:
    """The small picture of a version. Raises NotFound where there is none."""
    if version.thumbnail_key is None:
        raise NotFound("There is no small picture of this document.")
    name = f"thumbnail.{JPEG.extension}"
    return StoredBytes(store, version.thumbnail_key, media_type=JPEG.media_type, name=name, inline=True)
