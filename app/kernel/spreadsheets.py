"""What goes into a cell of a file that a spreadsheet will open."""

from datetime import date
from typing import Any

_BECOMES_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(value: Any) -> Any:
    """Give a cell's value such that no spreadsheet takes text for a formula; numbers stay numbers."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.lstrip(" ").startswith(_BECOMES_A_FORMULA):
        return f"'{value}"
    return value
