"""Words, rows and files for the import's tests. Everybody in them is invented."""

import csv
import io
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.imports.columns import Column, match_columns
from app.imports.imported import ImportedCase
from app.imports.readings import Rules
from app.imports.rows import Accepted, Rejected, Verdict, judge_row, judge_rows
from app.imports.sheets import Row, open_sheet

TODAY = date(2026, 11, 17)

TABLES: Mapping[str, Mapping[str, str]] = {
    "tenure": {"owner occupier": "owner_occupier", "ha tenant": "rsl_tenant", "council": "council_tenant"},
    "tier": {"tier 1": "direct_access", "non-complex": "non_complex", "moderate": "moderate", "complex": "complex"},
    "priority": {"critical": "critical", "low": "low"},
    "fast_track": {"end of life": "end_of_life"},
    "outcome": {
        "adapted": "adapted", "rehoused": "rehoused", "advice only": "advice_only", "withdrawn": "withdrawn",
        "refused": "refused", "died": "died", "other solution": "other_solution",
    },
    "panel_decision": {"agreed": "agreed", "deferred": "deferred", "refused": "refused"},
    "funding_source": {"hra": "hra"},
    "hold_cause": {"person in hospital": "person_in_hospital"},
    "waits_on": {"person_in_hospital": "person", "landlord": "landlord"},
}  # fmt: skip
ADAPTATIONS: Mapping[str, tuple[str, ...]] = {
    "lever taps": ("lever_taps",),
    "key safe": ("key_safe",),
    "stairlift": ("stairlift",),
    "over-bath shower + grab rail": ("over_bath_shower", "grab_rail"),
}


@dataclass(frozen=True)
class SmallVocabulary:
    """A real, small vocabulary: exact words, whatever their case."""

    tables: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: TABLES)

    def match(self, table: str, text: str, /) -> str | None:
        return self.tables[table].get(text.casefold())


class SmallCatalogue:
    """A real, small catalogue of adaptations."""

    def match_all(self, text: str, /) -> tuple[str, ...]:
        return ADAPTATIONS.get(text.casefold(), ())


RULES = Rules(today=TODAY, vocabulary=SmallVocabulary(), catalogue=SmallCatalogue(), allow_test_numbers=True)

ORDINARY: Mapping[str, str] = {
    Column.SOURCE_REFERENCE: "GLEN-1",
    Column.ORGANISATION: "Care & Repair Glenmore",
    Column.PERSON_NAME: "Davina Dummie",
    Column.TENURE: "HA tenant",
    Column.ADAPTATIONS: "lever taps",
    Column.FIRST_CONTACT: "03/02/2025",
}


def a_row(**changes: str) -> dict[str, str]:
    """Return an ordinary row with some cells changed: `a_row(tenure="n/k", hold_from="1 Mar 2025")`."""
    return {**ORDINARY, **{Column[name.upper()]: value for name, value in changes.items()}}


def csv_text(rows: Sequence[Mapping[str, str]], *, header: Sequence[str] | None = None) -> str:
    """Write rows as a CSV with all known columns, or with the header given."""
    names = [*Column] if header is None else list(header)
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def judge_text(folder: Path, text: str | bytes, rules: Rules = RULES) -> list[Verdict]:
    """Judge a whole CSV given as text."""
    path = folder / "extract.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return judge_file(path, rules)


def judge_file(path: Path, rules: Rules = RULES) -> list[Verdict]:
    """Judge every row of a file."""
    sheet = open_sheet(path)
    return list(judge_rows(sheet.rows(), match_columns(sheet.header), rules))


def rejected_columns(verdicts: Iterable[Verdict]) -> dict[int, list[str]]:
    """Give the rejected rows as line -> columns."""
    return {
        verdict.line: [error.column for error in verdict.errors]
        for verdict in verdicts
        if isinstance(verdict, Rejected)
    }


def accepted(verdicts: Iterable[Verdict]) -> list[Accepted]:
    """Give the accepted rows."""
    return [verdict for verdict in verdicts if isinstance(verdict, Accepted)]


COLUMNS = match_columns(tuple(Column))


def judge(claimed: Container[str] = (), rules: Rules = RULES, **changes: str) -> Verdict:
    """Judge one ordinary row with some cells changed."""
    cells = a_row(**changes)
    return judge_row(Row(2, tuple(cells.get(column, "") for column in Column)), COLUMNS, rules, claimed=claimed)


def accept(**changes: str) -> ImportedCase:
    """Return the case of an ordinary row with some cells changed, which must be accepted."""
    verdict = judge(**changes)
    assert isinstance(verdict, Accepted), verdict
    return verdict.case


def blamed(rules: Rules = RULES, **changes: str) -> dict[str, str]:
    """Return the errors of an ordinary row with some cells changed, which must be rejected."""
    verdict = judge(rules=rules, **changes)
    assert isinstance(verdict, Rejected), "the row should have been rejected"
    return {error.column: error.message for error in verdict.errors}
