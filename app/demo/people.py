"""Invented people in invented homes: names nobody has, numbers and addresses that belong to nobody.

NHS numbers begin with 999, which is kept for tests; telephone numbers are of the range kept for drama; no postcode
begins with ZZ.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.cases.identify import Home, Person, home_from, person_from
from app.cases.schemas import HomeIn, PersonIn
from app.kernel.problems import FieldProblem, Unprocessable

_FIRST: Final = (
    "Davina", "Hamish", "Fatima", "Ewan", "Isla", "Tariq", "Morag", "Piotr", "Jean", "Nkechi", "Ross", "Olga", "Angus",
    "Wanda", "Fergus", "Amir", "Senga", "Lorna", "Kenneth", "Beata", "Malcolm", "Priya", "Archie", "Una", "Gregor",
    "Zofia", "Duncan", "Ailsa", "Yusuf", "Effie", "Norman", "Chika", "Rhona", "Walter", "Mairi", "Iqbal", "Agnes",
)  # fmt: skip
_LAST: Final = (
    "Dummie", "Specimen", "Sample", "Placeholder", "Mockford", "Testcase", "Fixture", "Examplar", "Trial", "Instance",
    "McSample", "Standin",
)  # fmt: skip
_STREETS: Final = (
    "Sample Street", "Fixture Wynd", "Placeholder Place", "Specimen Close", "Mock Avenue", "Testcase Terrace",
    "Example Loan", "Dummy Lane",
)  # fmt: skip
_TOWNS: Final = ("Fixtureton", "Sampleburgh", "Testwick", "Mockhaven", "Easter Example")
_ZONE_LETTERS: Final = "ABDEFGHJLN"

_FIRST_BIRTH: Final = date(1930, 3, 1)
_BIRTHS_APART: Final = 7_919
_BIRTHS_WITHIN: Final = 19_000  # shares no factor with the step, so no two people share a birth date
_TEST_RANGE: Final = 999_000_000
_PHONES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Somebody who may need an adaptation, at home, as a referral would have it. The same number: the same person."""

    person: Person
    home: Home


def resident(number: int, *, tenure: str, landlord: str | None, child_on: date | None = None) -> Resident:
    """Invent the resident of this number, counted from 0; with `child_on` one who is a child on that day.

    Raises ValueError beyond the last number for which everything differs from everybody else's.
    """
    if not 0 <= number < _PHONES:
        message = f"Residents have numbers from 0 to {_PHONES - 1}."
        raise ValueError(message)
    born = _FIRST_BIRTH + timedelta(days=number * _BIRTHS_APART % _BIRTHS_WITHIN)
    if child_on is not None:
        born = child_on - timedelta(days=3_000 + number)
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[(number + number // len(_LAST)) % len(_LAST)]}"
    errors: list[FieldProblem] = []
    body = PersonIn(
        name=name,
        date_of_birth=born,
        nhs_number=nhs_number_of(number),
        phone=f"01632 960{number:03d}",
        preferred_contact=("phone", "letter", "text message")[number % 3],
    )
    person = person_from(body, allow_test_numbers=True, errors=errors)
    home = home_from(_home(number, tenure, landlord), errors=errors)
    if errors:
        raise Unprocessable(errors)
    return Resident(person=person, home=home)


def _home(number: int, tenure: str, landlord: str | None) -> HomeIn:
    street = _STREETS[number % len(_STREETS)]
    letters = f"{_ZONE_LETTERS[number // 10 % 10]}{_ZONE_LETTERS[number // 100]}"
    return HomeIn(
        address=f"{3 + number * 2} {street}, {_TOWNS[number % len(_TOWNS)]}",
        postcode=f"ZZ{1 + number % len(_TOWNS)} {number % 10}{letters}",
        tenure=tenure,
        landlord=landlord,
    )


def nhs_number_of(number: int) -> str:
    """Give the NHS number of the test range for this resident: nine digits and the check digit that makes eleven."""
    taken = -1
    for body in range(_TEST_RANGE, _TEST_RANGE + 2 * _PHONES):
        digit = _check_digit(body)
        taken += digit is not None
        if taken == number:
            return f"{body}{digit}"
    message = f"There is no test number for {number}."
    raise ValueError(message)


def _check_digit(body: int) -> int | None:
    """None where the sum would need a tenth digit of 10: such numbers are never given out."""
    weighed = sum(int(digit) * weight for digit, weight in zip(str(body), range(10, 1, -1), strict=True))
    digit = (11 - weighed % 11) % 11
    return None if digit == 10 else digit
