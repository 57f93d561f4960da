"""Case references: short enough to read out on the telephone, and they notice when they were misheard."""

import re

# No I, O or U: they are read as 1, 0 and V. Twenty-three letters, because a prime makes the check notice
# every single wrong digit and every two neighbours swapped.
CHECK_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
LARGEST_NUMBER = 999_999_999_999

_REFERENCE = re.compile(r"HS([0-9]{1,12})([A-Z])")
_SEPARATORS = re.compile("[\\s\u2010-\u2015\u2212-]+")


def case_reference(number: int) -> str:
    """Return the reference of the case with this number (1 or more), as in HS-000123-J."""
    if not 1 <= number <= LARGEST_NUMBER:
        message = f"A case number is from 1 to {LARGEST_NUMBER}, not {number}."
        raise ValueError(message)
    return f"HS-{number:06d}-{CHECK_LETTERS[number % len(CHECK_LETTERS)]}"


def parse_reference(text: str) -> str:
    """Return the canonical form of a reference typed in any case, spacing and number of leading noughts.

    Raises ValueError, with a message for the person who typed it, when it is not a reference or its letter
    does not match its number.
    """
    found = _REFERENCE.fullmatch(_SEPARATORS.sub("", text).upper())
    if found is None or int(found[1]) == 0:
        message = "A case reference looks like HS-000123-J. Check what was typed."
        raise ValueError(message)
    reference = case_reference(int(found[1]))
    if not reference.endswith(found[2]):
        message = "The letter at the end does not match the number, so one of them is wrong. Check the reference."
        raise ValueError(message)
    return reference
