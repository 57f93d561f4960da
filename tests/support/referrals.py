"""Referrals for tests: each one a new person in a new home, so that none is a possible repeat of another."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from app.kernel.identifiers import InvalidIdentifier, nhs_number

_numbers = count(1)
_nhs = count(900_000_001)
_FIRST = ("Davina", "Ewan", "Fatima", "Hamish", "Isla", "Jean", "Morag", "Nkechi", "Olga", "Piotr", "Ross", "Tariq")


def test_number() -> str:
    """The next NHS number of the test range that has a right check digit."""
    for body in _nhs:
        for digit in range(10):
            try:
                return nhs_number(f"{body}{digit}", allow_test_numbers=True)
            except InvalidIdentifier:
                continue
    raise AssertionError


test_number.__test__ = False  # type: ignore[attr-defined] # a helper that only sounds like a test


def referral(**changes: Any) -> dict[str, Any]:
    """A referral's body; `changes` replace parts of `need`, `home`, `person` or the whole."""
    n = next(_numbers)
    body: dict[str, Any] = {
        "person": {
            "name": f"{_FIRST[n % len(_FIRST)]} Dummie-{_letters(n)}",
            # A day of one's own: with a like-sounding name, a shared one would make two people a possible repeat.
            "date_of_birth": (date(1930, 1, 1) + timedelta(days=n)).isoformat(),
            "nhs_number": test_number(),
        },
        "home": {
            "address": f"{n} Sample Street, Fixtureton",
            "postcode": f"FK{1 + n % 90} {n % 10}{_letters(n)[-1:]}B".replace("I", "H").upper(),
            "tenure": "rsl_tenant",
            "landlord": "Clydeview Housing Association",
        },
        "referrer": {"capacity": "carer"},
        "need": {"description": "Cannot get into the bath.", "adaptations": ["level_access_shower"], "flags": []},
        "first_contact_on": "2026-01-12",
        "consent": {"share_with_partners": True, "recorded_on": "2026-01-12", "given_by": "the person"},
    }
    for part, values in changes.items():
        body[part] = {**body[part], **values} if isinstance(values, dict) and part in body else values
    return body


def _letters(n: int) -> str:
    text = ""
    while n:
        n, rest = divmod(n, 26)
        text += "abcdefghijklmnopqrstuvwxyz"[rest]
    return text.capitalize() or "A"
