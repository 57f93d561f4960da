"""What an accepted row says, before anything of it is written: plain values, in the words of the pathway."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.imports.columns import Column


class Milestone(StrEnum):
    """The days that an extract gives, in the order in which they must come."""

    FIRST_CONTACT = "first_contact"
    RECEIVED = "received"
    SCREENED = "screened"
    ASSESSED = "assessed"
    RECOMMENDED = "recommended"
    PANEL_DATE = "panel_date"
    APPROVED = "approved"
    ORDERED = "ordered"
    WORKS_STARTED = "works_started"
    WORKS_COMPLETED = "works_completed"
    CHECKED = "checked"
    CLOSED = "closed"

    @property
    def column(self) -> Column:
        """Give the column that holds this milestone's day."""
        return Column[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPerson:
    """The person. Of the two numbers at most one is given."""

    name: str
    date_of_birth: date | None
    chi_number: str | None
    nhs_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedHome:
    """The home; an extract need not give its address. `tenure` is a key of the pathway."""

    address: str | None
    postcode: str | None
    uprn: str | None
    tenure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedHold:
    """A hold. `cause` is a key of the vocabulary or "other"; `reason` is how the row words it."""

    held_from: date
    held_to: date | None
    cause: str
    waits_on: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCase:
    """One accepted row.

    `milestones` are in order and always begin with first contact and received. `tier` is None when the row
    leaves it to triage. `priority`, `fast_track`, `panel_decision`, `outcome` and `funding_source` are keys,
    or None where the row has none or an unknown one; `outcome_words` is how the row words its outcome.
    `extra` holds the unknown columns that are not blank, `raw` every column of the row as read.
    `content_hash` is the same for two rows that say the same, whatever the file's form. `doubts` are what a
    person should look at; none of them kept the row out.
    """

    source_reference: str
    organisation: str
    person: ImportedPerson
    home: ImportedHome
    referred_by: str | None
    priority: str | None
    fast_track: str | None
    tier: str | None
    adaptations: tuple[str, ...]
    milestones: tuple[tuple[Milestone, date], ...]
    panel_decision: str | None
    outcome: str | None
    outcome_words: str | None
    hold: ImportedHold | None
    funding_source: str | None
    cost: Decimal | None
    notes: str | None
    extra: Mapping[str, str]
    raw: Mapping[str, str]
    content_hash: str
    doubts: tuple[str, ...]

    def day_of(self, milestone: Milestone) -> date | None:
        """Return the day of a milestone, or None when the row has none for it."""
        return next((day for key, day in self.milestones if key is milestone), None)
