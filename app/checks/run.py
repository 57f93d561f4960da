"""`adapt check`: run the rules over live data, in one snapshot that nothing disturbs and that disturbs nothing."""

from collections.abc import Iterator, Sequence

from sqlalchemy import text

from app.cases import rules as case_rules
from app.cases.casework import Casework
from app.cases.models import Case
from app.cases.rules import Event
from app.checks.findings import Finding, Outcome, Report, Rule, Surroundings
from app.checks.journal_rules import STATE_FOLLOWS_JOURNAL
from app.checks.journals import journals
from app.checks.registry import RULES
from app.kernel.clock import Clock
from app.kernel.database import Database, Session
from app.pathways.loader import UnknownPathway

KEPT = 1_000
"""Findings of a rule that are kept; all are counted."""


async def run_checks(
    db: Database, *, casework: Casework, clock: Clock, rules: Sequence[Rule] = RULES, kept: int = KEPT
) -> Report:
    """Run rules as the schema's owner. Reading takes some milliseconds a case, and no more memory for more cases."""
    started_at = clock.now()
    async with db.snapshot() as session:
        outcomes = await judge_all(session, rules, Surroundings(casework=casework, now=started_at), kept=kept)
        cases = await session.scalar(text("SELECT count(*) FROM cases"))
    return Report(started_at=started_at, finished_at=clock.now(), cases=cases, outcomes=outcomes)


async def judge_all(
    session: Session, rules: Sequence[Rule], surroundings: Surroundings, *, kept: int = KEPT
) -> tuple[Outcome, ...]:
    """Run rules in a transaction that the caller has opened: every journal is read once for all that judge it."""
    outcomes = [Outcome(rule=rule, kept=kept) for rule in rules]
    for outcome in outcomes:
        if outcome.rule.find is not None:
            async for finding in outcome.rule.find(session, surroundings):
                outcome.add(finding)
    judging = [outcome for outcome in outcomes if outcome.rule.judge is not None]
    if judging:
        async for case, events in journals(session):
            for outcome in judging:
                for message in _judged(outcome.rule, case, events, surroundings):
                    outcome.add(Finding(case.reference, message))
    return tuple(outcomes)


def _judged(rule: Rule, case: Case, events: Sequence[Event], surroundings: Surroundings) -> Iterator[str]:
    assert rule.judge is not None
    # Replaying corrects the times itself.
    read = events if rule is STATE_FOLLOWS_JOURNAL else _as_corrected(events)
    try:
        yield from rule.judge(case, read, surroundings)
    except UnknownPathway:
        return  # `pathway_is_known` says so, once for all its cases
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, AssertionError):
        # What was changed by hand can be wrong in any way; a check must live through it and go on.
        yield f"The journal is too damaged to be judged. `adapt journal verify {case.reference}` tells where."


def _as_corrected(events: Sequence[Event]) -> Sequence[Event]:
    try:
        return case_rules.as_corrected(events)
    except (KeyError, ValueError, TypeError):
        return events
