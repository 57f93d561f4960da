"""Judge a PDF: one from its first byte to its last, that does nothing by itself and hides no other file."""

import mmap
import re
import zlib
from typing import BinaryIO, Final

from app.documents.formats import FileRefused

_HEADER: Final = re.compile(rb"%PDF-[12]\.\d[ \t]*[\r\n]")
_OBJECT: Final = re.compile(rb"\b\d{1,10} \d{1,5} obj\b")
_MARKUP: Final = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|img|object|embed)\b", re.IGNORECASE)
_END: Final = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\x00]*\Z")
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_REACH: Final = 65_557
"""As far from the end as a program looks for a zip's directory."""
_HEAD: Final = 4_096
_TAIL: Final = 1_024
_MOST_UNPACKED: Final = 50_000_000
_PIECE: Final = 1 << 16

_DAMAGED: Final = (
    "This PDF is damaged, or something else is attached to it. Print or save it as a PDF again, and add that."
)
_ACTIVE: Final = (
    "This PDF has a script, another file or something that starts by itself in it. "
    "Print it to a new PDF, which leaves that out, and add the new one."
)
_TOO_MUCH: Final = "This PDF unpacks to far more than a document needs. Print it to a new PDF, and add that."
_LOCKED: Final = "This PDF is locked with a password or restrictions. Print it to a new PDF, and add that."


def _name(word: str) -> bytes:
    """A PDF name as a pattern: any letter may also be written as `#` and its number."""
    letters = (rb"(?:%c|#(?i:%02x))" % (ord(c), ord(c)) for c in word)
    return rb"/" + b"".join(letters)


_DOES_SOMETHING: Final = re.compile(
    b"|".join(_name(word) for word in ("JavaScript", "Launch", "RichMedia", "EmbeddedFile", "EmbeddedFiles", "XFA"))
    + rb"(?![A-Za-z])"
)
_ENCRYPTED: Final = re.compile(_name("Encrypt") + rb"(?![A-Za-z])")
_PACKED_OBJECTS: Final = re.compile(_name("ObjStm") + rb"(?![A-Za-z])")
_STREAM: Final = re.compile(rb"stream\r?\n")


def check_pdf(file: BinaryIO) -> None:
    """Raise FileRefused unless the file is a plain PDF."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _require_whole(data)
        if _ENCRYPTED.search(data):
            raise FileRefused(_LOCKED)
        if _DOES_SOMETHING.search(data):
            raise FileRefused(_ACTIVE)
        _require_passive_objects(data)


def _require_whole(data: mmap.mmap) -> None:
    head = data[:_HEAD]
    whole = _HEADER.match(head) and _OBJECT.search(head) and _END.search(data[-_TAIL:])
    if not whole or _MARKUP.search(head) or data.rfind(_ZIP_END, max(0, len(data) - _ZIP_REACH)) >= 0:
        raise FileRefused(_DAMAGED)


def _require_passive_objects(data: mmap.mmap) -> None:
    """Look into the objects that are packed together, where a plain search does not reach."""
    room = _MOST_UNPACKED
    for found in _PACKED_OBJECTS.finditer(data):
        begun = _STREAM.search(data, found.end(), found.end() + _HEAD)
        around = data[max(0, found.start() - 300) : begun.start() if begun else found.end()]
        if begun is None or b"/FlateDecode" not in around[around.rfind(b" obj") + 1 :]:
            raise FileRefused(_DAMAGED)
        unpacked = _unpacked(data, begun.end(), room)
        room -= len(unpacked)
        if _DOES_SOMETHING.search(unpacked):
            raise FileRefused(_ACTIVE)


def _unpacked(data: mmap.mmap, start: int, room: int) -> bytes:
    packed, unpacked = zlib.decompressobj(), bytearray()
    try:
        for at in range(start, len(data), _PIECE):
            unpacked += packed.decompress(data[at : at + _PIECE], room + 1 - len(unpacked))
            if len(unpacked) > room:
                raise FileRefused(_TOO_MUCH)
            if packed.eof:
                return bytes(unpacked)
    except zlib.error:
        pass
    raise FileRefused(_DAMAGED)
