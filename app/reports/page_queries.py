"""What a page of reports is asked for in its address, read forgivingly: what cannot be is told beside its field."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.reports import periods
from app.reports.labels import Labels
from app.reports.periods import Period

NARROWED: Final = (
    "tenure", "tier", "organisation", "priority", "fast_track", "age_band", "adaptation", "locality", "funding",
)  # fmt: skip
_BESIDE: Final[Mapping[str, frozenset[str]]] = {
    "priority": frozenset({"not_recorded"}), "age_band": frozenset({"not_recorded"}),
    "funding": frozenset({"not_recorded"}), "fast_track": frozenset({"none"}),
}  # fmt: skip
"""What may be asked for beside what pathways name."""
_LONGEST: Final = 200
_TOLD: Final = 40


@dataclass(frozen=True, slots=True)
class AskedOnPage:
    """What was asked: as it was written, as it could be read, and what is wrong with it by field."""

    period: Period
    written: Mapping[str, str]
    narrowed: Mapping[str, str]
    as_known_on: date | None
    split_on: date | None
    faults: Mapping[str, str] = field(default_factory=dict)

    def readable(self, faults: Mapping[str, str] | None = None) -> dict[str, str]:
        """What was written, without what could not be read: for links."""
        wrong = self.faults if faults is None else faults
        return {name: value for name, value in self.written.items() if name not in wrong}

    def query(self) -> dict[str, Any]:
        """As the API takes it."""
        told: dict[str, Any] = dict(self.narrowed)
        told |= {"completed_from": self.period.first, "completed_to": self.period.last}
        told |= {"as_known_on": self.as_known_on, "split_on": self.split_on}
        return {name: value for name, value in told.items() if value is not None}


def read(
    params: Mapping[str, str], today: date, labels: Labels, narrowing: Sequence[str], others: AbstractSet[str]
) -> AskedOnPage:
    """Read a page's address; `narrowing` is what the page may be narrowed by, `others` what else it may be asked."""
    written = {name: value.strip()[:_LONGEST] for name, value in params.items() if value.strip()}
    # What a page does not know would be left out, and the figures would be of something else than was asked.
    faults = {
        name: f"This page cannot be asked for “{name[:_TOLD]}”. Take it out of the address."
        for name in sorted(written.keys() - others - set(narrowing))
    }
    period = periods.find(written.get("period", ""), today)
    if period is None:
        faults["period"] = "There is no such period. Choose one of the list."
    narrowed = {}
    for name in narrowing:
        value = written.get(name)
        if value is None:
            continue
        known = labels.choices(name)
        if known and value not in known and value not in _BESIDE.get(name, ()):
            faults[name] = "This is not one of the choices. Choose one of the list."
        else:
            narrowed[name] = value
    known_on = _day("as_known_on", written, faults)
    if known_on is not None and known_on > today:
        faults["as_known_on"] = "This day is still to come. Give a day that is over, or leave it empty."
        known_on = None
    split_on = _day("split_on", written, faults)
    fallback = periods.find("", today)
    assert fallback is not None
    return AskedOnPage(period or fallback, written, narrowed, known_on, split_on, faults)


def _day(name: str, written: Mapping[str, str], faults: dict[str, str]) -> date | None:
    typed = written.get(name)
    try:
        return None if typed is None else date.fromisoformat(typed)
    except ValueError:
        faults[name] = "Write a day as year-month-day, such as 2026-03-31."
        return None
