"""Keep what a run of the checks found, so that people see it without running it."""

from sqlalchemy import text

from app.checks.findings import Report, Severity
from app.kernel.database import Database

_RUN = text(
    """
    INSERT INTO check_runs (started_at, finished_at, cases, errors, warnings)
    VALUES (:started_at, :finished_at, :cases, :errors, :warnings) RETURNING id
    """
)
_FINDING = text(
    """
    INSERT INTO check_findings (run_id, rule, severity, reference, message)
    VALUES (:run_id, :rule, :severity, :reference, :message)
    """
)


async def keep(db: Database, report: Report) -> int:
    """Store a report, as the schema's owner; gives the run's number."""
    async with db.transaction() as session:
        values = {
            "started_at": report.started_at,
            "finished_at": report.finished_at,
            "cases": report.cases,
            "errors": report.total(Severity.ERROR),
            "warnings": report.total(Severity.WARNING),
        }
        run_id: int = await session.scalar(_RUN, values)
        for outcome in report.outcomes:
            rows = [
                {
                    "run_id": run_id,
                    "rule": outcome.rule.key,
                    "severity": outcome.rule.severity.value,
                    "reference": finding.reference,
                    "message": finding.message,
                }
                for finding in outcome.findings
            ]
            if rows:
                await session.execute(_FINDING, rows)
    return run_id
