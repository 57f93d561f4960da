"""Judge plain text: UTF-8 without control characters, that no program takes for something else."""

import codecs
import re
from typing import BinaryIO, Final

from app.documents.formats import TAKEN, FileRefused

_PIECE: Final = 1 << 16
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# What a browser looks for when it guesses that a text is a page (WHATWG MIME sniffing), and scripts anywhere.
_PAGE: Final = re.compile(
    r"\ufeff?\s*<(?:!doctype|!--|\?xml|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg)\b"
    r"|\ufeff?\s*<(?:!--|\?xml)",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"<(?:script|svg|iframe|html)[\s>/]", re.IGNORECASE)
_OTHER_PROGRAMS: Final = ("{\\rtf", "%!PS", "#!", "MIME-Version:", "From ", "@echo", "<%", "<?php")
_OVERLAP: Final = 16
_BEGINNING: Final = 1_024
_UNKNOWN: Final = f"We cannot tell what kind of file this is. {TAKEN}"
_NOT_TEXT: Final = f"This is a web page, a message or a program, not plain text. Print it to PDF, and add that. {TAKEN}"


def check_text(file: BinaryIO) -> None:
    """Raise FileRefused unless the file is text that is no more than text."""
    file.seek(0)
    begins = file.read(_BEGINNING).decode("utf-8", errors="replace")
    if _PAGE.match(begins) or begins.lstrip("\ufeff \t\r\n").startswith(_OTHER_PROGRAMS):
        raise FileRefused(_NOT_TEXT)
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    before = ""
    while piece := file.read(_PIECE):
        said = _decoded(decoder, piece)
        if _SCRIPT.search(before + said):
            raise FileRefused(_NOT_TEXT)
        before = said[-_OVERLAP:]
    _decoded(decoder, b"", final=True)


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> str:
    try:
        said = decoder.decode(piece, final)
    except UnicodeDecodeError:
        raise FileRefused(_UNKNOWN) from None
    if _CONTROL.search(said):
        raise FileRefused(_UNKNOWN)
    return said
