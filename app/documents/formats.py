"""The kinds of file that are taken in, and what is said of every other. An allow-list: what is not here stays out."""

from dataclasses import dataclass
from typing import Final

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileRefused(Exception):
    """The file is not taken in; the message says why and what to do, and does not repeat what is in it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. `image`: made anew by us, so that it may be shown in place."""

    media_type: str
    extension: str
    words: str
    image: bool = False


JPEG: Final = Format("image/jpeg", "jpg", "JPEG image", image=True)
PNG: Final = Format("image/png", "png", "PNG image", image=True)
WEBP: Final = Format("image/webp", "webp", "WebP image", image=True)
PDF: Final = Format("application/pdf", "pdf", "PDF")
TEXT: Final = Format("text/plain", "txt", "text")
DOCX: Final = Format(WORD, "docx", "Word document")
XLSX: Final = Format(EXCEL, "xlsx", "Excel workbook")

FORMATS: Final[dict[str, Format]] = {f.media_type: f for f in (JPEG, PNG, WEBP, PDF, TEXT, DOCX, XLSX)}
"""By media type; the database holds the same list (migration `documents`)."""

PACKED_ALREADY: Final = tuple(media_type for media_type in FORMATS if media_type != TEXT.media_type)
"""Packing these once more takes time, loses their length and wins nothing."""

TAKEN: Final = (
    "You can add photographs and drawings (JPEG, PNG, WebP), PDF, Word and Excel files without macros, and plain text."
)
ACCEPT: Final = ",".join(f".{f.extension}" for f in FORMATS.values()) + ",.jpeg"
"""For the page's file field: a telephone that knows it hands its photographs over as JPEG."""


def served_type(media_type: str) -> str:
    """The Content-Type to send: text says how it is written."""
    return f"{media_type}; charset=utf-8" if media_type == TEXT.media_type else media_type
