"""The JSON API of the record of reads: who has seen which person's case, and through which door."""

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries
from app.edge.desk import ReadingDesk
from app.edge.parameters import Cursor, Limit
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode_number, encode

router = APIRouter(tags=["casework"])
BEYOND_EVERY_ID = 2**63 - 1

_READS = text(
    """
    SELECT r.id, r.at, u.name AS reader, u.email, o.name AS organisation, r.route
      FROM case_reads r JOIN users u ON u.id = r.user_id JOIN organisations o ON o.id = u.home_organisation_id
     WHERE r.case_ids @> ARRAY[CAST(:case_id AS bigint)] AND r.id < :before ORDER BY r.id DESC LIMIT :limit
    """
)


class ReadOut(BaseModel):
    """One read: who, of which organisation, when, and through which route."""

    at: AwareDatetime
    reader: str
    email: str
    organisation: str
    route: str


class ReadPage(BaseModel):
    """Some reads, newest first."""

    items: list[ReadOut]
    next_cursor: str | None


@router.get("/cases/{reference}/reads", response_model=ReadPage, summary="Who read this person's case")
async def get_reads(reference: str, desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """Every read of the case, newest first, lists in which it was shown included."""
    before = decode_number(cursor)

    async def work(session: Session, actor: Actor) -> ReadPage:
        case = await queries.find(session, reference)
        require(actor, Permission.READS_AUDIT, case.state.party_ids)
        place = BEYOND_EVERY_ID if before is None else before
        rows = (await session.execute(_READS, {"case_id": case.id, "before": place, "limit": limit + 1})).all()
        shown = [ReadOut(**{k: v for k, v in row._asdict().items() if k != "id"}) for row in rows[:limit]]
        return ReadPage(items=shown, next_cursor=encode(str(rows[limit - 1].id)) if len(rows) > limit else None)

    return await desk.read(work)
