"""Judge a Word or Excel file: a zip from its first byte to its last, with the right parts and no macros."""

import re
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO, Final
from xml.parsers import expat

from app.documents.formats import DOCX, XLSX, FileRefused, Format

_MOST_PARTS: Final = 2_000
_MOST_UNPACKED: Final = 300_000_000
_MOST_TIMES: Final = 200
"""How many times as large as the file its parts may be together; XML packs well, 200 times does not happen."""
_PIECE: Final = 1 << 16
_TYPES: Final = "[Content_Types].xml"
_LOCAL: Final = b"PK\x03\x04"
_END: Final = b"PK\x05\x06"
_END_LENGTH: Final = 22
_FIXED: Final = 30
_ENCRYPTED: Final = 0x1
_PLAIN_NAME: Final = re.compile(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^\\\x00-\x1f:]+")
_MAIN: Final = {
    "/word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", DOCX),
    "/xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", XLSX),
}
_DOES_SOMETHING: Final = re.compile(r"vbaproject|macro|activex|oleobject|/embeddings/", re.IGNORECASE)

_DAMAGED: Final = "This file is damaged, or something else is attached to it. Open it, save it again, and add that."
_NOT_OURS: Final = (
    "This is an archive or a file that we do not take in. Add Word files as .docx and Excel files as .xlsx, without "
    "macros; of an archive, add the files in it one by one."
)
_ACTIVE: Final = "This file has macros or other files in it. Save it as PDF, and add that."
_TOO_MUCH: Final = "This file unpacks to far more than a document needs. Save it as PDF, and add that."


def office_format(file: BinaryIO) -> Format:
    """Which of the two it is. Raises FileRefused for any other zip, and for one that is not what it should be."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            _require_modest(file, parts)
            _require_alone(file, parts)
            if _TYPES not in package.namelist():
                raise FileRefused(_NOT_OURS)
            _require_readable(package, parts)
            return _declared(package.read(_TYPES), parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError, expat.ExpatError):
        raise FileRefused(_DAMAGED) from None
    except (RuntimeError, NotImplementedError):
        # What zipfile raises for a part with a password, and for a packing that it does not know.
        raise FileRefused("This file is locked or packed in an unusual way. Save it as PDF, and add that.") from None


def _require_modest(file: BinaryIO, parts: Sequence[zipfile.ZipInfo]) -> None:
    size = file.seek(0, 2)
    together = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or together > min(_MOST_UNPACKED, size * _MOST_TIMES):
        raise FileRefused(_TOO_MUCH)


def _require_alone(file: BinaryIO, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Nothing before the first part, between parts, or after the directory; no part twice or inside another."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_LENGTH))
    ends = file.read(4)
    file.seek(0)
    names = {part.filename.casefold() for part in parts}
    ordered = sorted(parts, key=lambda part: part.header_offset)
    reach = 0
    for part in ordered:
        if part.header_offset < reach:
            raise FileRefused(_DAMAGED)
        reach = part.header_offset + _FIXED + len(part.orig_filename.encode()) + part.compress_size
    plain = all(_PLAIN_NAME.fullmatch(part.filename) and not part.flag_bits & _ENCRYPTED for part in parts)
    if file.read(4) != _LOCAL or ends != _END or len(names) != len(parts) or not plain or ordered[0].header_offset:
        raise FileRefused(_DAMAGED)


def _require_readable(package: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Unpack every part once: none is longer than it says (zipfile compares its checksum), none is broken."""
    for part in parts:
        with package.open(part) as unpacked:
            while unpacked.read(_PIECE):
                pass


def _declared(content_types: bytes, parts: Sequence[zipfile.ZipInfo]) -> Format:
    found: dict[str, str] = {}
    defaults: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Override"):
            found[attributes.get("PartName", "")] = attributes.get("ContentType", "")
        elif name.endswith("Default"):
            defaults.append(attributes.get("ContentType", ""))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.Parse(content_types, True)  # noqa: FBT003 # expat's own way to say that this is all
    if any(_DOES_SOMETHING.search(word) for word in (*found.values(), *defaults, *(part.filename for part in parts))):
        raise FileRefused(_ACTIVE)
    names = {f"/{part.filename}" for part in parts}
    kinds = [kind for name, (kind_of, kind) in _MAIN.items() if found.get(name) == kind_of and name in names]
    if len(kinds) != 1:
        raise FileRefused(_NOT_OURS)
    return kinds[0]


def _no_doctype(*_: object) -> None:
    raise FileRefused(_DAMAGED)
