"""What is in homes, as it is shown: to whoever works there, and to those who look for something to use again."""

from typing import Final

from sqlalchemy import text

from app.cases.casework import Casework
from app.cases.models import Case
from app.kernel.database import Session
from app.kernel.paging import encode
from app.provision import queries
from app.provision.answers import HomeHistoryOut, HomeItemOut, MarkOut, WaitingItemOut, WaitingPage
from app.provision.shown import Words

_ORGANISATIONS: Final = text("SELECT key, name FROM organisations ORDER BY lower(name)")


def words_of(casework: Casework, case: Case | None = None) -> Words:
    """The words of a case's pathway, or of the partnership's own where no case is concerned."""
    pathways = casework.pathways
    if case is None:
        return Words(pathways.latest(casework.default_pathway))
    return Words(pathways.get(case.pathway_key, case.state.pathway_version))


async def show_home(session: Session, case: Case, *, casework: Casework) -> tuple[HomeHistoryOut, list[int]]:
    """The history of a case's home, and the numbers of the cases that are named in it for the record of reads."""
    words = words_of(casework, case)
    rows = await queries.home_history(session, case)
    items = [
        HomeItemOut(
            id=row.id,
            adaptation=row.adaptation,
            label=words.items([row.adaptation])[0].label,
            installed_on=row.installed_on,
            organisation=row.organisation,
            reusable=row.reusable,
            own=row.own,
            reference=row.reference,
            marks=[MarkOut.model_validate(mark) for mark in row.marks],
        )
        for row in rows
    ]
    named = {case.id, *(row.case_id for row in rows if row.case_id is not None)}
    return HomeHistoryOut(reference=case.reference, items=items), sorted(named)


async def show_waiting(
    session: Session,
    *,
    casework: Casework,
    adaptation: str | None,
    organisation: str | None,
    after: int,
    limit: int,
) -> tuple[WaitingPage, list[int]]:
    """Some items that wait to be used again, and the numbers of the cases that are named."""
    words = words_of(casework)
    rows = await queries.items_waiting(
        session, adaptation=adaptation, organisation=organisation, after=after, limit=limit + 1
    )
    names = (
        "id",
        "adaptation",
        "installed_on",
        "marked_on",
        "organisation",
        "note",
        "reference",
        "address",
        "postcode",
    )
    items = [
        WaitingItemOut(
            **{name: getattr(row, name) for name in names},
            label=words.items([row.adaptation])[0].label,
            may_mark=row.reached,
        )
        for row in rows[:limit]
    ]
    following = encode(str(rows[limit - 1].mark_id)) if len(rows) > limit else None
    return WaitingPage(items=items, next_cursor=following), [row.case_id for row in rows[:limit] if row.case_id]


def reusable_items(casework: Casework) -> dict[str, str]:
    """What can be used again, by the catalogue of the partnership's own pathway: key and label, by label."""
    items = words_of(casework).pathway.catalogue.items
    return dict(sorted(((key, item.label) for key, item in items.items() if item.reusable), key=lambda one: one[1]))


async def organisations_that_mark(session: Session) -> dict[str, str]:
    """Whom one may ask for an item: key and name of every organisation, by name."""
    return {row.key: row.name for row in await session.execute(_ORGANISATIONS)}
