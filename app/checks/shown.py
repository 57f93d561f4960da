"""A report of the checks as a table for people and as JSON for programs."""

from typing import Any

import orjson
from rich.table import Table

from app.checks.findings import Outcome, Report, Severity

SHOWN = 5
"""Findings of a rule in the table; the JSON has all that were kept."""


def as_table(report: Report, *, shown: int = SHOWN) -> Table:
    """Every rule with its number of findings, and the first findings of each."""
    errors, warnings = report.total(Severity.ERROR), report.total(Severity.WARNING)
    table = Table(title=f"{report.cases} cases: {errors} errors, {warnings} warnings", title_justify="left")
    for name in ("Rule", "Found", "Case", "What to do"):
        table.add_column(name, overflow="fold", justify="right" if name == "Found" else "left")
    for outcome in report.outcomes:
        _add(table, outcome, shown)
    return table


def _add(table: Table, outcome: Outcome, shown: int) -> None:
    rule, rows = outcome.rule, outcome.findings[:shown]
    found = f"{outcome.count} {rule.severity.value}{'s' if outcome.count > 1 else ''}" if outcome.count else "none"
    table.add_row(rule.title, found, rows[0].reference or "" if rows else "", rows[0].message if rows else "")
    for finding in rows[1:]:
        table.add_row("", "", finding.reference or "", finding.message)
    if outcome.count > len(rows):
        table.add_row("", "", "", f"… and {outcome.count - len(rows)} more")


def as_json(report: Report) -> str:
    """The whole report; keys are part of what scripts may rely on."""
    return orjson.dumps(as_data(report), option=orjson.OPT_INDENT_2).decode()


def as_data(report: Report) -> dict[str, Any]:
    """The whole report as plain data."""
    return {
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "cases": report.cases,
        "errors": report.total(Severity.ERROR),
        "warnings": report.total(Severity.WARNING),
        "rules": [
            {
                "rule": outcome.rule.key,
                "title": outcome.rule.title,
                "severity": outcome.rule.severity.value,
                "found": outcome.count,
                "findings": [{"case": f.reference, "message": f.message} for f in outcome.findings],
            }
            for outcome in report.outcomes
        ],
    }
