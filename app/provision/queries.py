"""Read what a case's journal says of provision. Row-level security is behind every statement here."""

from app.cases.casework import Casework
from app.cases.events import load_events
from app.cases.models import Case
from app.kernel.database import Session
from app.provision.fold import provision_of
from app.provision.rules import Provision


async def load_provision(session: Session, case: Case, *, casework: Casework) -> Provision:
    """Fold the journal of a visible case."""
    events = await load_events(session, case.id)
    return provision_of(events, adaptations=case.adaptations, day_of=casework.timekeeper.day)
