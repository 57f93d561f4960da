"""Put a person and a home into the one form that is stored and searched, or say which field is wrong and why."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.cases.schemas import HomeIn, PersonIn
from app.kernel import identifiers
from app.kernel.names import address_key, name_keys
from app.kernel.problems import FieldProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as stored."""

    name: str
    date_of_birth: date | None
    chi_number: str | None = None
    nhs_number: str | None = None
    phone: str | None = None
    email: str | None = None
    preferred_contact: str | None = None
    name_keys: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values to store."""
        return {**asdict(self), "name_keys": list(self.name_keys)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A home as stored, with the tenure of the person who lives in it now."""

    address: str
    postcode: str | None
    uprn: str | None
    address_key: str
    tenure: str
    landlord: str | None = None

    def columns(self) -> dict[str, Any]:
        """The values to store with the home; tenure and landlord belong to the case."""
        return {name: getattr(self, name) for name in ("address", "postcode", "uprn", "address_key")}


def person_from(body: PersonIn, *, allow_test_numbers: bool, errors: list[FieldProblem]) -> Person:
    """Check a person; what is wrong is added to `errors`."""

    def nhs(value: str) -> str:
        return identifiers.nhs_number(value, allow_test_numbers=allow_test_numbers)

    return Person(
        name=" ".join(body.name.split()),
        date_of_birth=body.date_of_birth,
        chi_number=_checked(body.chi_number, identifiers.chi_number, "/person/chi_number", errors),
        nhs_number=_checked(body.nhs_number, nhs, "/person/nhs_number", errors),
        phone=body.phone or None,
        email=body.email or None,
        preferred_contact=body.preferred_contact or None,
        name_keys=name_keys(body.name),
    )


def home_from(body: HomeIn, *, errors: list[FieldProblem]) -> Home:
    """Check a home; what is wrong is added to `errors`."""
    postcode = _checked(body.postcode, identifiers.postcode, "/home/postcode", errors)
    return Home(
        address=body.address,
        postcode=postcode,
        uprn=_checked(body.uprn, identifiers.uprn, "/home/uprn", errors),
        address_key=address_key(body.address, postcode),
        tenure=body.tenure,
        landlord=body.landlord or None,
    )


def _checked(value: str | None, check: Callable[[str], str], pointer: str, errors: list[FieldProblem]) -> str | None:
    if not value:
        return None
    try:
        return check(value)
    except identifiers.InvalidIdentifier as invalid:
        errors.append(FieldProblem(pointer, str(invalid)))
        return None
