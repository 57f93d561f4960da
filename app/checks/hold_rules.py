"""Whether the ledger of holds fits the stages, and whether holds are looked at in time."""

from collections.abc import AsyncIterator

from sqlalchemy import text

from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.kernel.database import Session

_OVERLAPS = text(
    """
    SELECT DISTINCT c.reference, a.opened_by AS one, b.opened_by AS other
      FROM holds a
      JOIN holds b ON b.case_id = a.case_id AND b.id > a.id
                  AND tstzrange(a.held_from, a.held_to) && tstzrange(b.held_from, b.held_to)
      JOIN cases c ON c.id = a.case_id ORDER BY c.reference, one, other
    """
)
_OPEN_WITHOUT_STAGE = text(
    """
    SELECT c.reference, count(h.id) AS open_holds, c.stage_group = 'held' AS held
      FROM cases c LEFT JOIN holds h ON h.case_id = c.id AND h.held_to IS NULL
     GROUP BY c.id HAVING count(h.id) <> CASE WHEN c.stage_group = 'held' THEN 1 ELSE 0 END ORDER BY c.id
    """
)
# The journal's own list of holds, which `state_follows_journal` holds to the events, against the ledger.
_LEDGER_DIFFERS = text(
    """
    WITH told AS (
      SELECT c.id, (t.hold ->> 'opened_by')::integer AS opened_by, (t.hold ->> 'from')::timestamptz AS held_from,
             (t.hold ->> 'to')::timestamptz AS held_to
        FROM cases c CROSS JOIN LATERAL jsonb_array_elements(c.memory -> 'holds') AS t (hold)
    )
    SELECT c.reference, coalesce(t.opened_by, h.opened_by) AS opened_by
      FROM told t FULL JOIN holds h ON h.case_id = t.id AND h.opened_by = t.opened_by
      JOIN cases c ON c.id = coalesce(t.id, h.case_id)
     WHERE (t.held_from, t.held_to) IS DISTINCT FROM (h.held_from, h.held_to) ORDER BY c.id, opened_by
    """
)
_PAST_REVIEW = text(
    """
    SELECT c.reference, h.review_on, h.waits_on, o.name AS organisation
      FROM holds h JOIN cases c ON c.id = h.case_id JOIN organisations o ON o.id = c.custody_id
     WHERE h.held_to IS NULL AND h.review_on < :today ORDER BY h.review_on, c.id
    """
)


async def _overlap(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    for row in await session.execute(_OVERLAPS):
        message = f"The holds opened by events {row.one} and {row.other} overlap. Correct the time of the later one."
        yield Finding(row.reference, message)


async def _match(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    for row in await session.execute(_OPEN_WITHOUT_STAGE):
        if row.held:
            message = f"The case is on hold with {row.open_holds} open holds; there must be one."
        else:
            message = f"The case is not on hold but has {row.open_holds} open hold(s)."
        yield Finding(row.reference, f"{message} Compare `holds` with the journal's events that hold and resume.")
    for row in await session.execute(_LEDGER_DIFFERS):
        message = f"The hold opened by event {row.opened_by} is not in the ledger as the journal has it."
        yield Finding(row.reference, f"{message} Compare `holds` with the journal's events that hold and resume.")


async def _past_review(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    for row in await session.execute(_PAST_REVIEW, {"today": surroundings.today}):
        message = (
            f"The hold should have been looked at on {row.review_on.isoformat()}; it waits on: {row.waits_on}."
            f" Ask {row.organisation} to resume the case, or to hold it anew with another review date."
        )
        yield Finding(row.reference, message)


HOLDS_DO_NOT_OVERLAP = Rule(
    key="holds_do_not_overlap",
    title="Holds never overlap",
    severity=Severity.ERROR,
    means="Two holds of one case share a moment, so time would be given back twice.",
    mend="Look at the events that hold and resume, and correct the time that is wrong. The database refuses overlaps:"
    " find out how this one came in.",
    find=_overlap,
)
HOLD_MATCHES_STAGE = Rule(
    key="hold_matches_stage",
    title="A case is on hold exactly while a hold is open",
    severity=Severity.ERROR,
    means="A case on hold has no open hold, an open hold belongs to a case that goes on, or the ledger of holds differs"
    " from the journal.",
    mend="Compare the table `holds` with the journal's events: the journal is right. Find out who changed the ledger.",
    find=_match,
)
HOLD_PAST_REVIEW = Rule(
    key="hold_past_review",
    title="Holds are looked at when they should be",
    severity=Severity.WARNING,
    means="A hold's review date has passed and the case is still on hold.",
    mend="The organisation that holds the case resumes it, or holds it anew with another review date.",
    find=_past_review,
)
