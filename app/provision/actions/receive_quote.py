"""Record what a contractor offers to do the works for. The order that names the same contractor takes the quote."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.record import Record, record
from app.cases.casework import Casework
from app.cases.models import Case, Recorded
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.pathways.catalogue import Catalogue
from app.provision.queries import load_provision
from app.provision.rules import Quote, same_contractor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveQuote:
    """A quote. `items` are keys of the catalogue, or words for them."""

    reference: str
    contractor: str
    amount: Decimal
    items: tuple[str, ...]
    received_on: date
    valid_until: date | None = None
    document: str | None = None
    occurred_at: datetime | None = None
    expected_sequence: int | None = None


async def receive_quote(
    session: Session, actor: Actor, command: ReceiveQuote, *, casework: Casework, now: datetime
) -> Recorded:
    """Write the quote into the journal.

    Raises NotFound, NotPermitted, CaseMovedOn, Unprocessable, Conflict when the case has ended or the same quote is
    recorded already.
    """
    case = await cases.lock(session, command.reference)
    require(actor, Permission.QUOTE_RECORD, case.state.acting_party_ids)
    await cases.check_sequence(session, case, command.expected_sequence)
    catalogue = casework.pathways.get(case.pathway_key, case.state.pathway_version).catalogue
    items = _items(command, catalogue, today=casework.timekeeper.day(now))
    if (hindered := cannot_be_quoted(case, casework)) is not None:
        raise hindered
    known = await load_provision(session, case, casework=casework)
    if any(_same(quote, command, items) for quote in known.quotes):
        raise Conflict("This quote is recorded already: same contractor, amount, items and day.", code="known_quote")
    details = {
        "contractor": command.contractor,
        "amount": str(command.amount),
        "items": list(items),
        "received_on": command.received_on.isoformat(),
        "valid_until": command.valid_until.isoformat() if command.valid_until else None,
        "document": command.document or None,
    }
    said = {name: value for name, value in details.items() if value is not None}
    kept = Record(reference=command.reference, kind="quote_received", details=said, occurred_at=command.occurred_at)
    return await record(session, actor, kept, casework=casework)


def cannot_be_quoted(case: Case, _casework: Casework) -> Conflict | None:
    """Why a case takes no quote now, or None when it does."""
    if case.state.ended_at is None:
        return None
    return Conflict("The case has ended, so nothing is to be ordered. Reopen it first.", code="case_has_ended")


def _items(command: ReceiveQuote, catalogue: Catalogue, *, today: date) -> tuple[str, ...]:
    """The items as the catalogue calls them; raises Unprocessable with everything that is wrong."""
    found = [item if catalogue.get(item) else catalogue.match(item) for item in command.items]
    errors = [
        FieldProblem(f"/items/{at}", "This is not in the catalogue of adaptations; choose one that is.")
        for at, item in enumerate(found)
        if item is None
    ]
    if command.received_on > today:
        errors.append(FieldProblem("/received_on", "A quote cannot have come in the future."))
    if command.valid_until is not None and command.valid_until < command.received_on:
        errors.append(FieldProblem("/valid_until", "It cannot have lapsed before it came. Look at both days."))
    if errors:
        raise Unprocessable(errors)
    return tuple(dict.fromkeys(item for item in found if item is not None))


def _same(quote: Quote, command: ReceiveQuote, items: tuple[str, ...]) -> bool:
    known = (quote.amount, quote.received_on, set(quote.items))
    return same_contractor(quote.contractor, command.contractor) and known == (
        command.amount,
        command.received_on,
        set(items),
    )
