"""Take a multipart form apart as it arrives: small fields in memory, the one file's bytes handed on piece by piece."""

from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

FILE: Final = "file"
_MOST_FIELDS: Final = 20
_LONGEST_FIELD: Final = 10_000


class FormUnreadable(Exception):
    """These bytes are not the form that was announced, or bring more than a form of ours has."""


@dataclass(slots=True)
class _Part:
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: bytes = b""
    name: str = ""
    is_file: bool = False


class Parts:
    """One form. `feed` it what arrives, then `finish`."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise FormUnreadable
        self.fields: dict[str, str] = {}
        """Of a name that comes twice the last counts."""
        self.before_file: dict[str, str] | None = None
        """The fields that came before the file; None until it begins."""
        self.given_name = ""
        self._part = _Part()
        self._content: list[bytes] = []
        self._whole = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._all,
                },
            )
        except FormParserError:
            raise FormUnreadable from None

    def feed(self, piece: bytes) -> bytes:
        """Read what has arrived; the part of it that belongs to the file. Raises FormUnreadable."""
        try:
            self._parser.write(piece)
        except FormParserError:
            raise FormUnreadable from None
        content = b"".join(self._content)
        self._content.clear()
        return content

    def finish(self) -> None:
        """Raise FormUnreadable when the form broke off."""
        if not self._whole:
            raise FormUnreadable

    def _begin(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        if self._part.header.lower() == b"content-disposition":
            self._part.disposition = bytes(self._part.value)
        self._part.header.clear()
        self._part.value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._part.disposition)
        self._part.name = options.get(b"name", b"").decode("utf-8", errors="replace")
        self._part.is_file = b"filename" in options
        if not self._part.is_file:
            return
        if self._part.name != FILE or self.before_file is not None:
            raise FormUnreadable
        self.before_file = dict(self.fields)
        self.given_name = options[b"filename"].decode("utf-8", errors="replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._content.append(data[start:end])
            return
        self._part.value += data[start:end]
        if len(self._part.value) > _LONGEST_FIELD:
            raise FormUnreadable

    def _end(self) -> None:
        if self._part.is_file:
            return
        if len(self.fields) >= _MOST_FIELDS:
            raise FormUnreadable
        self.fields[self._part.name] = self._part.value.decode("utf-8", errors="replace")

    def _all(self) -> None:
        self._whole = True
