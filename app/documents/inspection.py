"""Find out what a file really is, and make what is kept of it. Pure of database and web; a file in, a file out."""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Final

import puremagic

from app.documents.formats import PDF, TAKEN, TEXT, FileRefused, Format
from app.documents.images import made_anew
from app.documents.names import safe_name
from app.documents.office import office_format
from app.documents.pdf import check_pdf
from app.documents.plain_text import check_text

_HEAD: Final = 4_096
_PIECE: Final = 1 << 20
_IMAGES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIC: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")
_SURE: Final = 0.5
"""From here on puremagic's word is taken for what a file is; below it guesses from two letters."""
_LIKE_TEXT: Final = frozenset({"", ".txt", ".csv"})
_SAID_BETTER: Final = frozenset({"HTML", "HTM", "XHTML", "SVG", "XML"})
"""Pages: the check of text says what to do with one."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is kept of a file that was taken in. The open files end with the stack that `inspect` was given."""

    format: Format
    name: str
    file: BinaryIO
    size: int
    sha256: bytes
    thumbnail: BinaryIO | None


def inspect(file: BinaryIO, given_name: str | None, *, until: ExitStack) -> Inspected:
    """Judge the content; what its sender calls it decides nothing. Raises FileRefused."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise FileRefused("This file is empty. Check that it was saved, and choose it again.")
    thumbnail = None
    if head.startswith(_IMAGES) or (head[:4], head[8:12]) == (b"RIFF", b"WEBP"):
        image = made_anew(file, until.enter_context)
        kind, file, thumbnail = image.format, image.file, image.thumbnail
    else:
        kind = _format(file, head)
    size, digest = measured(file)
    return Inspected(kind, safe_name(given_name, kind.extension), file, size, digest, thumbnail)


def _format(file: BinaryIO, head: bytes) -> Format:
    if head.startswith(b"%PDF-"):
        check_pdf(file)
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return office_format(file)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise FileRefused(
            "This is a HEIC or AVIF photograph, which not every computer can show. Add it as JPEG. On an iPhone: "
            "Settings, Camera, Formats, Most Compatible."
        )
    known = _known_as(head)
    if known in _SAID_BETTER:
        check_text(file)
    if known:
        raise FileRefused(f"This is a file of the kind {known}, whatever its name says. {TAKEN}")
    check_text(file)
    return TEXT


def _known_as(head: bytes) -> str:
    """What a file is known as that begins like this, by its usual extension; nothing for text and the unknown."""
    try:
        found = [match for match in puremagic.magic_string(head) if match.confidence >= _SURE]
    except (puremagic.PureError, ValueError):
        return ""
    extension = found[0].extension if found else ""
    return "" if extension in _LIKE_TEXT else extension.lstrip(".").upper()


def measured(file: BinaryIO) -> tuple[int, bytes]:
    """Length and SHA-256 of a file, read piece by piece; it is left at its beginning."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return size, digest.digest()
