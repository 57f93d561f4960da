"""Open a document through the door of its case, with the read on record. The API and the pages both come this way."""

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.models import Case
from app.cases.reads import note_read
from app.documents.queries import Version, find_version
from app.kernel.database import Session


async def case_of_documents(session: Session, actor: Actor, reference: str, route: str) -> Case:
    """The case whose documents are shown. Raises NotFound, NotPermitted."""
    case = await cases.find(session, reference)
    require(actor, Permission.CASE_VIEW, case.state.party_ids)
    await note_read(session, actor, route, [case.id])
    return case


async def version_to_read(
    session: Session, actor: Actor, reference: str, place: tuple[int, int], route: str
) -> Version:
    """The version at `place` (document, version) of a case. Raises NotFound, NotPermitted."""
    case = await case_of_documents(session, actor, reference, route)
    return await find_version(session, case.id, *place)
