"""Whether what the database shows of a case is what its journal says, and whether the journal is what was recorded."""

from collections.abc import AsyncIterator, Iterator, Sequence

from sqlalchemy import text

from app.cases import rules
from app.cases.models import Case
from app.cases.projection import differences
from app.cases.rules import Event
from app.checks.chain import broken_links
from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.checks.seals import broken_seals
from app.checks.spans import spans
from app.kernel.database import Session
from app.pathways.loader import UnknownPathway


def _follows(case: Case, events: Sequence[Event], surroundings: Surroundings) -> Iterator[str]:
    del surroundings
    replayed = rules.replay(events)
    if replayed is None:
        yield "The case has no journal. Compare the database with a backup."
    elif wrong := differences(case.state, replayed):
        yield f"Not what the journal says: {', '.join(wrong)}. `adapt journal project {case.reference}` sets it right."


async def _chains(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    async for span in spans(session):
        async for link in broken_links(session, span):
            yield Finding(link.reference, f"{link.message} Keep the database as it is and compare it with a backup.")


async def _seals(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    async for seal in broken_seals(session):
        yield Finding(None, f"{seal.message} Keep the database as it is and compare it with a backup.")


_VERSIONS = text(
    """
    SELECT pathway_key, pathway_version, count(*) AS cases, min(reference) AS reference
      FROM cases GROUP BY pathway_key, pathway_version ORDER BY pathway_key, pathway_version
    """
)


async def _pathways(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    for row in await session.execute(_VERSIONS):
        try:
            surroundings.casework.pathways.get(row.pathway_key, row.pathway_version)
        except UnknownPathway:
            name = f"{row.pathway_key} version {row.pathway_version}"
            message = f"{row.cases} cases run on {name}, which is not in the pathways folder. Put its file back."
            yield Finding(row.reference, message)


STATE_FOLLOWS_JOURNAL = Rule(
    key="state_follows_journal",
    title="Every case is where its journal says",
    severity=Severity.ERROR,
    means="A case's row differs from what its journal gives when it is replayed: somebody has changed the row behind"
    " the service's back, or the service has a fault.",
    mend="`adapt journal verify REFERENCE` tells whether the journal itself is whole. If it is, `adapt journal project"
    " REFERENCE` works the row out anew; then find out who changed it. If it is not, compare with a backup.",
    judge=_follows,
)
CHAIN_IS_WHOLE = Rule(
    key="chain_is_whole",
    title="No event has been changed or taken out",
    severity=Severity.ERROR,
    means="An event's hash does not fit its content, a link to the event before it is broken, or events are missing:"
    " the journal was changed past the database's own refusal to change it.",
    mend="Leave the database as it is, take a copy, and compare the case with the newest backup in which it verifies."
    " `adapt journal verify REFERENCE` names the first broken link.",
    find=_chains,
)
SEALS_ARE_WHOLE = Rule(
    key="seals_are_whole",
    title="No case and no end of a journal has disappeared",
    severity=Severity.ERROR,
    means="A nightly seal no longer fits the events that it covers: events, or whole cases, have gone since.",
    mend="Leave the database as it is and compare it with the backup made before the seal that does not hold.",
    find=_seals,
)
PATHWAY_IS_KNOWN = Rule(
    key="pathway_is_known",
    title="Every case's version of its pathway is there",
    severity=Severity.ERROR,
    means="Cases run on a version of a pathway whose file is no longer in the folder: nothing can be done with them.",
    mend="Put the version's file back; it may go once `adapt pathway migrate` has moved its open cases and the"
    " finished ones no longer need to be reopened.",
    find=_pathways,
)
