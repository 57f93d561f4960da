"""What a check is: a named rule that looks at live data and yields findings, each saying what to do."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.cases.casework import Casework
from app.cases.models import Case
from app.cases.rules import Event
from app.kernel.database import Session


class Severity(StrEnum):
    """An error: the data contradict themselves. A warning: somebody should look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found. The reference is None where it is about no single case; no person's data in the message."""

    reference: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What rules need beside the data: the pathways with their calendars, and what time it is."""

    casework: Casework
    now: datetime

    @property
    def today(self) -> date:
        """The day it is for the people concerned."""
        return self.casework.timekeeper.day(self.now)


Find = Callable[[Session, Surroundings], AsyncIterator[Finding]]
"""Looks for findings in the whole database."""
Judge = Callable[[Case, Sequence[Event], Surroundings], Iterable[str]]
"""Judges one case with its journal (times as corrected): gives the messages of its findings. Pure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named rule. `means` says what a finding means, `mend` what to do about it. It finds, or judges, or both."""

    key: str
    title: str
    severity: Severity
    means: str
    mend: str
    find: Find | None = field(default=None, repr=False)
    judge: Judge | None = field(default=None, repr=False)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What one rule found: how often, and the first findings."""

    rule: Rule
    kept: int
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there is room."""
        self.count += 1
        if len(self.findings) < self.kept:
            self.findings.append(finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of the checks found, rule by rule, in the order of the registry."""

    started_at: datetime
    finished_at: datetime
    cases: int
    outcomes: tuple[Outcome, ...]

    def total(self, severity: Severity) -> int:
        """How many findings of a severity there are."""
        return sum(outcome.count for outcome in self.outcomes if outcome.rule.severity is severity)

    @property
    def exit_code(self) -> int:
        """1 when something contradicts itself, else 0: warnings are for people, not for scripts."""
        return 1 if self.total(Severity.ERROR) else 0
