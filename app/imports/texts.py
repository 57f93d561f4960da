"""The texts of an XLSX: what a cell says, and the shared texts that cells point to."""

import re
from array import array
from collections.abc import Mapping

from app.imports.limits import damaged

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

Attributes = Mapping[str, str]


class SharedTexts:
    """The texts that cells point to, packed into one block: a hundred thousand rows bring millions of them."""

    def __init__(self) -> None:
        self._block = bytearray()
        self._ends = array("Q")

    def append(self, text: str) -> None:
        self._block += text.encode("utf-8", "replace")
        self._ends.append(len(self._block))

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends):
            raise damaged()
        start = self._ends[index - 1] if index else 0
        return self._block[start : self._ends[index]].decode()


class TextCollector:
    """Gathers what a cell or a shared text says, leaving out how it is pronounced (`rPh`) and its formula."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open = False
        self._pronounced = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name in {"t", "v"}:
            self._open = not self._pronounced
        elif name == "rPh":
            self._pronounced = True

    def end(self, name: str) -> None:
        if name in {"t", "v"}:
            self._open = False
        elif name == "rPh":
            self._pronounced = False

    def text(self, piece: str) -> None:
        if self._open:
            self._pieces.append(piece)

    def take(self) -> str:
        """Give what was gathered since the last time."""
        text = "".join(self._pieces)
        self._pieces.clear()
        return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)
