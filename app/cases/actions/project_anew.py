"""Set a case's row right from its journal, when the row was changed behind the service's back."""

from dataclasses import dataclass

from sqlalchemy import text

from app.cases import journal, queries, rules
from app.cases.events import load_events
from app.cases.models import Case
from app.cases.projection import differences
from app.cases.rules import CaseState
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Projected:
    """Which columns of the case were not what its journal gives; none when all were."""

    reference: str
    columns: tuple[str, ...]


_HEAD = text("SELECT hash FROM case_events WHERE case_id = :id ORDER BY sequence DESC LIMIT 1")
_SET = text(
    "UPDATE cases SET "
    + ", ".join(f"{n} = CAST(:{n} AS jsonb)" if n == "memory" else f"{n} = :{n}" for n in journal.PROJECTED)
    + " WHERE id = :id"
)


async def project_anew(session: Session, reference: str, *, timekeeper: Timekeeper) -> Projected:
    """Replay the case's journal and write what it gives, as the schema's owner. The journal is not touched.

    Raises NotFound, or Conflict for a case without a journal: that can only come from a backup.
    """
    case = await queries.lock(session, reference)
    state = rules.replay(await load_events(session, case.id))
    if state is None:
        raise Conflict("The case has no journal, so there is nothing to project. Compare with a backup.")
    head = await session.scalar(_HEAD, {"id": case.id})
    values = journal.projected_values(state, timekeeper.deadlines(case.pathway_key, state))
    await session.execute(_SET, {**values, "head_hash": head, "id": case.id})
    return Projected(reference=case.reference, columns=_changed(case, state, bytes(head)))


def _changed(case: Case, state: CaseState, head: bytes) -> tuple[str, ...]:
    head_hash = ("head_hash",) if case.head_hash != head else ()
    return (*differences(case.state, state), *head_hash)
