"""Reads the parts of a row that are more than a word or a day: person, home, hold, cost."""

import re
from datetime import date
from decimal import Decimal

from app.imports.cells import Number
from app.imports.columns import Column
from app.imports.imported import ImportedHold, ImportedHome, ImportedPerson, Milestone
from app.imports.readings import RowReading, Table, quote
from app.kernel.identifiers import TEN_DIGITS, InvalidIdentifier, chi_or_nhs, postcode, uprn

LONGEST_NAME = 200
LONGEST_ADDRESS = 500
HIGHEST_COST = Decimal(100_000_000)
UNKNOWN_CAUSE = "other"

_AMOUNT = re.compile(
    r"(?:£|GBP)? ?([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?) ?(?:GBP)?", re.IGNORECASE
)
_PENCE = Decimal("0.01")


def read_person(reading: RowReading) -> ImportedPerson:
    """Read who the case is about; a number that cannot be one is an error."""
    chi, nhs = _read_number(reading)
    return ImportedPerson(
        name=_shortened(reading, Column.PERSON_NAME, reading.required(Column.PERSON_NAME), LONGEST_NAME),
        date_of_birth=reading.day(Column.DATE_OF_BIRTH),
        chi_number=chi,
        nhs_number=nhs,
    )


def read_home(reading: RowReading) -> ImportedHome:
    """Read where the case is; only an impossible postcode and an unknown tenure are errors."""
    address = _shortened(reading, Column.ADDRESS, reading.text(Column.ADDRESS), LONGEST_ADDRESS)
    return ImportedHome(
        address=address or None,
        postcode=_read_postcode(reading),
        uprn=_read_uprn(reading),
        tenure=_read_tenure(reading),
    )


def read_hold(reading: RowReading, milestones: tuple[tuple[Milestone, date], ...]) -> ImportedHold | None:
    """Read the hold; one that cannot stand in the ledger beside the milestones is left out with a doubt."""
    held_from, held_to = reading.day(Column.HOLD_FROM), reading.day(Column.HOLD_TO)
    reason = reading.text(Column.HOLD_REASON) or None
    if held_from is None:
        if held_to or reason:
            reading.doubt("Hold from: the hold has no first day, so it is kept with the row only.")
        return None
    if problem := _hold_problem(held_from, held_to, dict(milestones)):
        reading.doubt(f"{problem} The hold is kept with the row only.")
        return None
    cause = reading.word(Column.HOLD_REASON, Table.HOLD_CAUSE)
    # The vocabulary knows whom a cause waits on; the row's own words may name somebody when the cause is unknown.
    waits_on = reading.rules.vocabulary.match(Table.WAITS_ON, cause or reason or "")
    return ImportedHold(
        held_from=held_from,
        held_to=held_to,
        cause=cause or UNKNOWN_CAUSE,
        waits_on=waits_on or UNKNOWN_CAUSE,
        reason=reason,
    )


def read_cost(reading: RowReading) -> Decimal | None:
    """Read a cost in pounds, such as `£12,199.50`; what is not an amount is a doubt."""
    text = reading.text(Column.COST)
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    cost = Decimal(found[1].replace(",", "")).quantize(_PENCE) if found and len(text) <= 20 else None
    if cost is None or cost >= HIGHEST_COST:
        reading.doubt(f"{Column.COST}: {quote(text)} is not an amount in pounds; it is kept with the row only.")
        return None
    reading.means(Column.COST, str(cost))
    return cost


def _read_number(reading: RowReading) -> tuple[str | None, str | None]:
    text = reading.text(Column.NHS_OR_CHI)
    if not text:
        return None, None
    if isinstance(reading.cell(Column.NHS_OR_CHI), Number):
        # A spreadsheet that took the number for an amount has dropped the 0 in front; the check digit tells.
        text = text.zfill(TEN_DIGITS)
    try:
        kind, number = chi_or_nhs(text, allow_test_numbers=reading.rules.allow_test_numbers)
    except InvalidIdentifier as wrong:
        reading.blame(Column.NHS_OR_CHI, wrong.message)
        return None, None
    reading.means(Column.NHS_OR_CHI, number)
    return (number, None) if kind == "chi" else (None, number)


def _read_postcode(reading: RowReading) -> str | None:
    text = reading.text(Column.POSTCODE)
    if not text:
        return None
    try:
        found = postcode(text)
    except InvalidIdentifier as wrong:
        reading.blame(Column.POSTCODE, wrong.message)
        return None
    reading.means(Column.POSTCODE, found)
    return found


def _read_uprn(reading: RowReading) -> str | None:
    text = reading.text(Column.UPRN)
    if not text:
        return None
    try:
        found = uprn(text)
    except InvalidIdentifier as wrong:
        reading.doubt(f"{Column.UPRN}: {wrong.message} It is kept with the row only.")
        return None
    reading.means(Column.UPRN, found)
    return found


def _read_tenure(reading: RowReading) -> str:
    text = reading.required(Column.TENURE)
    if not text:
        return ""
    tenure = reading.rules.vocabulary.match(Table.TENURE, text)
    if tenure is None:
        reading.blame(
            Column.TENURE,
            f"{quote(text)} is not a tenure that is known. Write owner occupier, private rented, council tenant, "
            "housing association tenant or other.",
        )
    return tenure or ""


def _hold_problem(held_from: date, held_to: date | None, days: dict[Milestone, date]) -> str | None:
    first, closed = days.get(Milestone.FIRST_CONTACT), days.get(Milestone.CLOSED)
    if held_to and held_to < held_from:
        return "Hold to: the hold ends before it begins."
    if first and held_from < first:
        return "Hold from: the hold begins before the first contact."
    if held_to is None and any(day > held_from for day in days.values()):
        return "Hold to: the hold has no last day, yet the case moved on after it began."
    if closed and (held_to or held_from) > closed:
        return "Hold to: the hold ends after the case was closed."
    if closed and held_to is None:
        return "Hold to: the hold has no last day, yet the case is closed."
    return None


def _shortened(reading: RowReading, column: Column, text: str, longest: int) -> str:
    if len(text) > longest:
        reading.doubt(f"{column}: longer than {longest} characters and cut there; the row keeps all of it.")
    return text[:longest].rstrip()
