"""Whether papers are what was circulated."""

from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import text

from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.kernel.database import Session
from app.panels.papers import digest

_PACKS: Final = text(
    """
    SELECT p.id, p.content, p.sha256, p.version, i.reference FROM panel_packs p JOIN panel_items i ON i.id = p.item_id
     WHERE p.id > :after ORDER BY p.id LIMIT 200
    """
)


async def _changed(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    del surroundings
    after = 0
    while rows := (await session.execute(_PACKS, {"after": after})).all():
        for row in rows:
            if digest(row.content) != bytes(row.sha256):
                yield Finding(row.reference, f"Version {row.version} of its papers is not what was circulated.")
        after = rows[-1].id


PAPERS_AS_CIRCULATED: Final = Rule(
    key="papers_as_circulated",
    title="Papers of panels are what was circulated",
    severity=Severity.ERROR,
    means="The content of papers does not give the fingerprint that was kept with them: somebody has changed either.",
    mend="Take the papers from a dump of before; then find out who reached into the database.",
    find=_changed,
)
