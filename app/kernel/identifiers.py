"""The numbers and codes by which a person and a home are known elsewhere.

Each function takes what somebody typed or a spreadsheet held, and returns the one form that we store, or
raises `InvalidIdentifier`. They check what can be checked without asking anybody: shape, check digit, a real
date. None of them says that the person or the home exists. Numbers are text: a CHI number may begin with 0.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Literal

TEN_DIGITS = 10
HIGHEST_CHI_PREFIX = "31"
TEST_PREFIX = "9"
LONGEST_UPRN = 12
SHORTEST_POSTCODE, LONGEST_POSTCODE = 5, 7

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
# People and word processors put hyphens, longer dashes and every kind of space between groups of digits.
_SEPARATORS = re.compile("[\\s\u200b\u2060\ufeff\u2010-\u2015\u2212-]+")


class IdentifierFault(StrEnum):
    """What is wrong with an identifier; the values are stable and may be stored or counted."""

    BLANK = "blank"
    INVALID_CHARACTERS = "invalid_characters"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    INVALID_DATE = "invalid_date"
    BAD_CHECK_DIGIT = "bad_check_digit"
    BAD_SHAPE = "bad_shape"
    TEST_NUMBER = "test_number"


class InvalidIdentifier(ValueError):
    """Cannot be such a number; `message` tells a caseworker what to do and never repeats the number."""

    def __init__(self, code: IdentifierFault, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def chi_number(text: str) -> str:
    """Return a Community Health Index number as ten digits.

    Its first six digits are a date of birth (DDMMYY, century unknown: never work out an age from it) and its
    last is a check digit. The rule is the one that Public Health Scotland publishes.
    """
    number = _ten_digits(text, "CHI number")
    _require_birth_date(number)
    _require_check_digit(number, "CHI number")
    return number


def nhs_number(text: str, *, allow_test_numbers: bool = False) -> str:
    """Return an NHS number as ten digits.

    A number in Scotland's range is a CHI number too and must begin with a real date. Nobody is issued a
    number that begins with 9; it is accepted only where test data is.
    """
    number = _ten_digits(text, "NHS number")
    if _is_in_chi_range(number):
        _require_birth_date(number)
    _require_check_digit(number, "NHS number")
    if number.startswith(TEST_PREFIX) and not allow_test_numbers:
        raise InvalidIdentifier(
            IdentifierFault.TEST_NUMBER,
            "This NHS number is for testing only. Ask for the person's own number, or leave it empty.",
        )
    return number


def chi_or_nhs(text: str, *, allow_test_numbers: bool) -> tuple[Literal["chi", "nhs"], str]:
    """Say which of the two a number is, and return it as ten digits.

    For spreadsheets with one column for both. The ranges do not overlap: a CHI number begins with 31 or less.
    """
    number = nhs_number(text, allow_test_numbers=allow_test_numbers)
    return ("chi" if _is_in_chi_range(number) else "nhs"), number


def postcode(text: str) -> str:
    """Return a postcode in capitals with one space before its last three characters.

    Only the shape is checked: one or two letters, a digit, perhaps one letter or digit more, then a digit and
    two letters.
    """
    compact = _compact(text, "postcode").upper()
    if not re.fullmatch(r"[A-Z0-9]+", compact):
        raise InvalidIdentifier(
            IdentifierFault.INVALID_CHARACTERS,
            "A postcode has only letters and digits. Check what was typed.",
        )
    if len(compact) < SHORTEST_POSTCODE:
        raise InvalidIdentifier(
            IdentifierFault.TOO_FEW, "This postcode is too short. Enter all of it, for example AB10 1AB."
        )
    if len(compact) > LONGEST_POSTCODE:
        raise InvalidIdentifier(
            IdentifierFault.TOO_MANY,
            "This postcode is too long. Enter the postcode alone, for example AB10 1AB.",
        )
    if not _POSTCODE.fullmatch(compact):
        raise InvalidIdentifier(
            IdentifierFault.BAD_SHAPE,
            "This does not look like a postcode. Check for O typed as 0, or I as 1. Example: AB10 1AB.",
        )
    return f"{compact[:-3]} {compact[-3:]}"


def uprn(text: str) -> str:
    """Return a unique property reference number without the noughts that some exports put before it.

    Up to twelve digits; it has no date in it, and we check no check digit.
    """
    number = _digits(text, "UPRN")
    if len(number) > LONGEST_UPRN:
        raise InvalidIdentifier(
            IdentifierFault.TOO_MANY,
            f"A UPRN has at most {LONGEST_UPRN} digits. Check that it is not two numbers in one.",
        )
    number = number.lstrip("0")
    if not number:
        raise InvalidIdentifier(
            IdentifierFault.BAD_SHAPE, "A UPRN cannot be all noughts. Look it up again, or leave it empty."
        )
    return number


def _compact(text: str, what: str) -> str:
    compact = _SEPARATORS.sub("", text)
    if not compact:
        raise InvalidIdentifier(IdentifierFault.BLANK, f"Enter the {what}.")
    if not compact.isascii():
        # Also keeps out other scripts' digits, which `str.isdigit` would let through.
        raise InvalidIdentifier(
            IdentifierFault.INVALID_CHARACTERS,
            f"This {what} has characters that do not belong in one. Type it again.",
        )
    return compact


def _digits(text: str, what: str) -> str:
    compact = _compact(text, what)
    if not compact.isdigit():
        raise InvalidIdentifier(
            IdentifierFault.INVALID_CHARACTERS,
            f"The {what} may hold only digits, spaces and hyphens. Check what was typed.",
        )
    return compact


def _ten_digits(text: str, what: str) -> str:
    number = _digits(text, what)
    if len(number) < TEN_DIGITS:
        raise InvalidIdentifier(
            IdentifierFault.TOO_FEW,
            f"The {what} must have {TEN_DIGITS} digits and this has {len(number)}. A spreadsheet may have "
            "dropped a 0 from the front: check it against the original.",
        )
    if len(number) > TEN_DIGITS:
        raise InvalidIdentifier(
            IdentifierFault.TOO_MANY,
            f"The {what} must have {TEN_DIGITS} digits and this has {len(number)}. Check the original.",
        )
    return number


def _is_in_chi_range(number: str) -> bool:
    # 00 counts as Scotland's range so that 0000000000, which passes the check digit, is refused for its date.
    return number[:2] <= HIGHEST_CHI_PREFIX


def _require_birth_date(number: str) -> None:
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    try:
        # The century is not in the number: 20xx has every leap day of 19xx, and 29 February 2000.
        date(2000 + year, month, day)
    except ValueError:
        raise InvalidIdentifier(
            IdentifierFault.INVALID_DATE,
            "A CHI number begins with a date of birth, and these six digits are not a real date. "
            "Check them against the original.",
        ) from None


def _require_check_digit(number: str, what: str) -> None:
    total = sum(weight * int(digit) for weight, digit in zip(range(TEN_DIGITS, 1, -1), number[:-1], strict=True))
    # Modulo 11: an outcome of 11 is written 0, and an outcome of 10 is never issued, so equals no last digit.
    if (11 - total % 11) % 11 != int(number[-1]):
        raise InvalidIdentifier(
            IdentifierFault.BAD_CHECK_DIGIT,
            f"This {what} has a digit wrong or two digits swapped. Check it against the original.",
        )
