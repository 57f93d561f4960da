"""Cursor paging: a cursor is the last row's place in the list's order, opaque to the client."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.kernel.problems import FieldProblem, Unprocessable

T = TypeVar("T")
MAX_LIMIT = 200
DEFAULT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and where the next ones begin (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None


def encode(place: str) -> str:
    """Make a cursor of a place."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode(cursor: str | None) -> str | None:
    """Read a cursor, or raise Unprocessable when it is not one that we gave."""
    if cursor is None:
        return None
    if len(cursor) > 200:
        raise malformed()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        raise malformed() from None
    if not place or not place.isprintable():
        raise malformed()
    return place


def decode_number(cursor: str | None) -> int | None:
    """Read a cursor whose place is a row's number."""
    place = decode(cursor)
    if place is None:
        return None
    if not place.isdecimal() or len(place) > 18:
        raise malformed()
    return int(place)


def malformed() -> Unprocessable:
    """The cursor is not one of ours."""
    message = "This is not a cursor that this service gave. Start again without one."
    return Unprocessable([FieldProblem("/cursor", message)])
