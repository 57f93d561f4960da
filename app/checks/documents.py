"""The page about the checks, generated from the registry so that it never tells of another rule than there is."""

from app.checks.findings import Rule, Severity
from app.checks.registry import RULES

PAGE = "docs/checks.md"
_HEAD = """# Integrity checks

`adapt check` looks at the live data, in one read-only snapshot, and tells what does not hold together and what
somebody should look at. Every night the worker does the same and keeps what it found (`check_runs`, `check_findings`).
The command ends with exit code 1 when there is an error; warnings are for people. `--json` gives the same for programs.

An error says that the data contradict themselves. A warning says that somebody should look: often nothing is wrong.

| rule | severity | what holds |
|---|---|---|
"""


def checks_page() -> str:
    """The text of docs/checks.md."""
    rows = "".join(f"| [{rule.key}](#{rule.key}) | {rule.severity.value} | {rule.title} |\n" for rule in RULES)
    parts = "".join(_part(rule) for severity in Severity for rule in RULES if rule.severity is severity)
    return f"{_HEAD}{rows}{parts}"


def _part(rule: Rule) -> str:
    return (
        f"\n## {rule.key}\n{rule.title}. ({rule.severity.value})\n\n"
        f"**A finding means:** {rule.means}\n\n**What to do:** {rule.mend}\n"
    )
