"""Say what has become of an adaptation in a home. Earlier marks stay; the newest one counts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.policy import permits, refusal, require
from app.cases.casework import Casework
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotPermitted, Unprocessable
from app.provision import queries
from app.provision.marking import check_mark
from app.provision.queries import HomeItem

_MARK = text(
    """
    INSERT INTO home_adaptation_marks (home_adaptation_id, mark, marked_on, note, marked_by, organisation_id)
    VALUES (:item_id, :mark, :marked_on, :note, :marked_by, :organisation_id)
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkItem:
    """What has become of the item, on which day, and what the next person should know."""

    item_id: int
    mark: str
    marked_on: date
    note: str | None = None


async def mark_item(
    session: Session, actor: Actor, command: MarkItem, *, casework: Casework, now: datetime
) -> HomeItem:
    """Write the mark and give the item as it was before.

    Raises NotFound when the actor sees no case at the item's home, NotPermitted, Unprocessable for a day that cannot
    be, Conflict when the mark says nothing new or the item cannot be used again.
    """
    require(actor, Permission.HOME_MARK)
    item = await queries.lock_item(session, command.item_id)
    cases = await queries.cases_of(session, item.case_ids)
    permitted = [case for case in cases if permits(actor, Permission.HOME_MARK, case.state.acting_party_ids)]
    if not permitted:
        raise NotPermitted(refusal(GRANTS[Permission.HOME_MARK]))
    wrong = check_mark(item, command.mark, command.marked_on, today=casework.timekeeper.day(now))
    if wrong is not None and wrong.field is not None:
        raise Unprocessable([FieldProblem(f"/{wrong.field}", wrong.message)])
    if wrong is not None:
        raise Conflict(wrong.message, code=wrong.code)
    own = permitted[0]
    values = {
        "item_id": command.item_id,
        "mark": command.mark,
        "marked_on": command.marked_on,
        "note": command.note,
        "marked_by": actor.user_id,
        "organisation_id": actor.organisation_for(
            custody_id=own.state.custody_id, parties=own.state.acting_party_ids, roles=GRANTS[Permission.HOME_MARK]
        ),
    }
    await session.execute(_MARK, values)
    return item
