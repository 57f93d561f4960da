"""Whether ended cases say how they ended, and whether the panel's agenda fits the cases on it."""

from collections.abc import AsyncIterator

from sqlalchemy import text

from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.kernel.database import Session
from app.panels.meetings import SCHEDULED

_WITHOUT_OUTCOME = text(
    """
    SELECT c.reference, c.ended_at, o.name AS organisation
      FROM cases c JOIN organisations o ON o.id = c.custody_id
     WHERE c.stage_group = 'ended' AND c.outcome IS NULL ORDER BY c.id
    """
)
# A hold leaves the case on its agenda. What an extract brought in was on an agenda that is not kept here.
_AGENDA_DIFFERS = text(
    """
    SELECT c.reference, i.id IS NOT NULL AS on_agenda
      FROM cases c LEFT JOIN panel_items i ON i.case_id = c.id AND i.closed_at IS NULL
     WHERE (i.id IS NOT NULL) <> (c.stage = :scheduled OR coalesce(c.resume_stage, '') = :scheduled)
       AND (i.id IS NOT NULL OR NOT EXISTS (
             SELECT FROM case_events e
              WHERE e.case_id = c.id AND e.kind = 'milestone_imported' AND e.to_stage = :scheduled
                AND e.sequence = (SELECT max(m.sequence) FROM case_events m
                                   WHERE m.case_id = c.id AND m.to_stage = :scheduled AND m.action IS NOT NULL)))
     ORDER BY c.id
    """
)


async def _without_outcome(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    for row in await session.execute(_WITHOUT_OUTCOME):
        message = f"It ended on {row.ended_at:%d %B %Y} and nothing says how. Ask {row.organisation} and add a note;"
        yield Finding(row.reference, f"{message} reports count it under “not known”.")


async def _agenda(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    for row in await session.execute(_AGENDA_DIFFERS, {"scheduled": SCHEDULED}):
        if row.on_agenda:
            message = "It is on a panel's agenda but does not wait for the panel. Close the agenda's item."
        else:
            message = (
                "It waits for the panel's decision but is on no agenda. Record that the panel deferred it, and put it"
                " on one."
            )
        yield Finding(row.reference, message)


ENDED_WITHOUT_OUTCOME = Rule(
    key="ended_without_outcome",
    title="Every ended case says how it ended",
    severity=Severity.WARNING,
    means="A case has ended and has no outcome, so it counts in no figure about outcomes. Extracts bring in such"
    " cases.",
    mend="Ask the organisation that held it. The extract can be completed and the case noted by hand.",
    find=_without_outcome,
)
PANEL_ITEM_MATCHES_STAGE = Rule(
    key="panel_item_matches_stage",
    title="The panel's agenda fits the cases on it",
    severity=Severity.ERROR,
    means="A case is on an agenda and does not wait for the panel, or waits for it and is on no agenda.",
    mend="Close the item, or defer the case and put it on an agenda; then find out how the two came apart.",
    find=_agenda,
)
