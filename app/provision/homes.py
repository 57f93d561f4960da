"""What has been put into homes, kept in step with the journal. It outlives the tenancy and names no person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text

from app.cases.events import load_events
from app.cases.models import Case, Recorded
from app.cases.rules import Event
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.pathways.catalogue import Catalogue
from app.provision.fold import provision_of
from app.provision.rules import Placed

_KEEP = text(
    """
    INSERT INTO home_adaptations AS known
           (case_id, adaptation, uprn, address_key, installed_on, organisation_id, reusable)
    SELECT c.id, p.adaptation, h.uprn, h.address_key, p.installed_on, p.organisation_id, p.reusable
      FROM cases c JOIN homes h ON h.id = c.home_id
     CROSS JOIN json_populate_recordset(NULL::home_adaptations, CAST(:placed AS json)) p
     WHERE c.id = :case_id
    ON CONFLICT (case_id, adaptation) DO UPDATE
       SET installed_on = excluded.installed_on, organisation_id = excluded.organisation_id,
           reusable = excluded.reusable, retracted_at = NULL
     WHERE (known.installed_on, known.organisation_id, known.reusable, known.retracted_at)
           IS DISTINCT FROM (excluded.installed_on, excluded.organisation_id, excluded.reusable, NULL)
    """
)
_RETRACT = text(
    """
    UPDATE home_adaptations SET retracted_at = now()
     WHERE case_id = :case_id AND retracted_at IS NULL AND adaptation <> ALL (CAST(:placed AS text[]))
    """
)


@dataclass(frozen=True, slots=True)
class HomeFollower:
    """Keeps what is in a home in step with the journal of the case that put it there (`app.cases.casework.Follower`).

    However often works are completed, and whatever is corrected afterwards: one row for each adaptation of a case.
    """

    timekeeper: Timekeeper

    async def followed(self, session: Session, case: Case, recorded: Recorded) -> None:
        """Write down what the works have put in place; a correction may change it."""
        event = recorded.event
        if event.effects.get("solution") == "adapted" or event.kind == "corrected":
            await keep_home(session, case, timekeeper=self.timekeeper)


async def keep_home(session: Session, case: Case, *, timekeeper: Timekeeper) -> None:
    """Write down what the case's journal says it has put into its home, and take out what it no longer says."""
    catalogue = timekeeper.pathways.get(case.pathway_key, case.state.pathway_version).catalogue
    rows = placed_rows(await load_events(session, case.id), case.adaptations, catalogue, timekeeper)
    if rows:
        await session.execute(_KEEP, {"case_id": case.id, "placed": orjson.dumps(rows).decode()})
    await session.execute(_RETRACT, {"case_id": case.id, "placed": [row["adaptation"] for row in rows]})


def placed_rows(
    events: Sequence[Event], adaptations: Sequence[str], catalogue: Catalogue, timekeeper: Timekeeper
) -> list[dict[str, Any]]:
    """What a journal says was put in place, as the table has it; of words that mean one thing, the latest counts."""
    placed = provision_of(events, adaptations=adaptations, day_of=timekeeper.day).placed
    return list({row["adaptation"]: row for row in _rows(placed, catalogue)}.values())


def _rows(placed: Iterable[Placed], catalogue: Catalogue) -> Iterable[dict[str, Any]]:
    for one in placed:
        # A correction is text, so it may name an item in other words than its key.
        key = one.adaptation if catalogue.get(one.adaptation) else catalogue.match(one.adaptation) or one.adaptation
        item = catalogue.get(key)
        yield {
            "adaptation": key,
            "installed_on": one.installed_on,
            "organisation_id": one.organisation_id,
            "reusable": item is not None and item.reusable,
        }
