"""The columns of a milestone extract, and how a sheet's own header is matched with them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.imports.cells import column_letter, tidy
from app.imports.limits import SheetRefused


class Column(StrEnum):
    """The columns that the import knows, by the names that it prints."""

    SOURCE_REFERENCE = "Source reference"
    ORGANISATION = "Organisation"
    PERSON_NAME = "Person name"
    DATE_OF_BIRTH = "Date of birth"
    NHS_OR_CHI = "NHS or CHI"
    ADDRESS = "Address"
    POSTCODE = "Postcode"
    UPRN = "UPRN"
    TENURE = "Tenure"
    REFERRED_BY = "Referred by"
    PRIORITY = "Priority"
    FAST_TRACK = "Fast track"
    TIER = "Tier"
    ADAPTATIONS = "Adaptations"
    FIRST_CONTACT = "First contact"
    RECEIVED = "Received"
    SCREENED = "Screened"
    ASSESSED = "Assessed"
    RECOMMENDED = "Recommended"
    PANEL_DATE = "Panel date"
    PANEL_DECISION = "Panel decision"
    APPROVED = "Approved"
    ORDERED = "Ordered"
    WORKS_STARTED = "Works started"
    WORKS_COMPLETED = "Works completed"
    CHECKED = "Checked"
    CLOSED = "Closed"
    OUTCOME = "Outcome"
    HOLD_FROM = "Hold from"
    HOLD_TO = "Hold to"
    HOLD_REASON = "Hold reason"
    FUNDING_SOURCE = "Funding source"
    COST = "Cost GBP"
    NOTES = "Notes"


REQUIRED = (
    Column.SOURCE_REFERENCE,
    Column.ORGANISATION,
    Column.PERSON_NAME,
    Column.TENURE,
    Column.ADAPTATIONS,
    Column.FIRST_CONTACT,
)

# The column that our own list of rejected rows adds; such a file, mended, may come back.
ERROR_COLUMN = "Error"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known column is in one sheet.

    `header` is as the file has it; `places` counts from 0; `unknown` gives the place and the name under which
    a column that the import does not know is kept.
    """

    header: tuple[str, ...]
    places: Mapping[Column, int]
    unknown: tuple[tuple[int, str], ...]

    def name(self, column: Column) -> str:
        """Give the column's name as the file has it."""
        return self.header[self.places[column]]

    def unknown_names(self) -> tuple[str, ...]:
        """List the columns that are kept but not understood, for the report."""
        return tuple(name for _, name in self.unknown)


def column_key(name: str) -> str:
    """Reduce a column name to its letters and digits, so that case, spaces and underscores do not matter."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


_KNOWN = {column_key(column): column for column in Column}


def match_columns(header: tuple[str, ...]) -> Columns:
    """Match a sheet's header with the known columns.

    Raises SheetRefused when a required column is missing, naming each, or when two are the same known column.
    """
    places: dict[Column, int] = {}
    unknown: list[tuple[int, str]] = []
    for index, name in enumerate(header):
        column = _KNOWN.get(column_key(name))
        if column is None:
            unknown.append((index, _unknown_name(index, name, unknown)))
        elif column in places:
            raise _named_twice(column, places[column], index)
        else:
            places[column] = index
    _require_all(places)
    return Columns(header, places, tuple(unknown))


def _unknown_name(index: int, name: str, others: list[tuple[int, str]]) -> str:
    letter = column_letter(index)
    name = tidy(name) or f"Column {letter}"
    taken = {other for _, other in others}
    while name in taken:
        name = f"{name} (column {letter})"
    return name


def _named_twice(column: Column, first: int, second: int) -> SheetRefused:
    return SheetRefused(
        f'Columns {column_letter(first)} and {column_letter(second)} are both "{column}". '
        "Rename or take out the one that is not meant."
    )


def _require_all(places: Mapping[Column, int]) -> None:
    missing = [f'"{column}"' for column in REQUIRED if column not in places]
    if missing:
        message = (
            f"The sheet has no column {' and no column '.join(missing)}. The first row of the first sheet must hold "
            f"the names of the columns; these are needed: {', '.join(REQUIRED)}."
        )
        raise SheetRefused(message)
