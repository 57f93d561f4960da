"""Counts what became of the rows, and what a person should know of them, while an import goes on."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_DOUBTS = 100
_QUOTED = re.compile(r'".*"', re.DOTALL)

REMARKS = (
    "A sheet does not say whether people agree to sharing. None is recorded, and cases still to be screened need it.",
    "Possible repeats are not looked for among imported cases.",
    "Days are known, hours are not: every milestone stands at midday of its day.",
)


@dataclass(slots=True)
class Tally:
    """The four ends that a row can have, which add up to the rows, and the doubts by kind."""

    accepted: int = 0
    unchanged: int = 0
    conflict: int = 0
    rejected: int = 0
    doubts: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """Count the rows read."""
        return self.accepted + self.unchanged + self.conflict + self.rejected

    def add_doubts(self, doubts: Iterable[str]) -> None:
        """Count doubts of one row by what they are about; past so many kinds the rarest are one."""
        for doubt in doubts:
            kind = without_words(doubt)
            self.doubts[kind if kind in self.doubts or len(self.doubts) < MOST_DOUBTS else "Other doubts."] += 1

    def counts(self) -> dict[str, int]:
        """Give the counts under the names that the report has for them."""
        return {name: getattr(self, name) for name in ("rows", "accepted", "unchanged", "conflict", "rejected")}

    def notes(self, *, unknown_columns: Sequence[str], new_organisations: Sequence[str]) -> Mapping[str, Any]:
        """Give what the report says beside the counts."""
        return {
            "unknown_columns": list(unknown_columns),
            "new_organisations": list(new_organisations),
            "doubts": [{"doubt": doubt, "rows": rows} for doubt, rows in self.doubts.most_common()],
            "remarks": list(REMARKS) if self.accepted else [],
        }


def without_words(doubt: str) -> str:
    """Leave out what a doubt quotes from the row: it may be about a person, and the journal keeps it for ever."""
    return _QUOTED.sub("what is written", doubt)
