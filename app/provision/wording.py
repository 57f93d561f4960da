"""Provision in plain words, for pages: pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.edge.templating import plural
from app.provision.answers import HomeItemOut, OrderOut
from app.provision.rules import OrderState
from app.provision.schemas import MARKS

ORDER_WORDS: Final[Mapping[OrderState, str]] = {
    "ordered": "Ordered, works not begun",
    "in_works": "Works under way",
    "finished": "Finished",
    "given_up": "Given up before the works were done",
}
DETAIL_WORDS: Final[Mapping[str, str]] = {
    "contractor": "Contractor",
    "items": "What was ordered",
    "price": "Agreed price",
    "amount": "Amount",
    "expected_start": "Expected start",
    "expected_finish": "Expected finish",
    "started_on": "Works began",
    "finished_on": "Works finished",
    "final_cost": "Final cost",
    "what_is_wrong": "What was wrong",
    "goals": "Goals",
    "results": "Results",
}


def pounds(amount: Decimal) -> str:
    """Money as people write it: "£4,850.00"."""
    return f"£{amount:,.2f}"


def variance_words(variance: Decimal | None) -> str:
    """How the final cost lies against the price that was agreed."""
    if variance is None:
        return ""
    if variance == 0:
        return "As agreed"
    return f"{pounds(abs(variance))} {'more' if variance > 0 else 'less'} than agreed"


def lateness_words(order: OrderOut) -> str:
    """Whether the works were, or are, in time."""
    if order.days_late is None:
        return ""
    if order.days_late == 0:
        return "In time" if order.state == "finished" else "In time so far"
    return f"{plural(order.days_late, 'day')} late{'' if order.state == 'finished' else ' so far'}"


def detail_words(name: str) -> str:
    """The name of a detail as people call it."""
    return DETAIL_WORDS.get(name, name.replace("_", " ").capitalize())


def item_state(item: HomeItemOut) -> str:
    """What is known of an adaptation now."""
    return MARKS[item.marks[-1].mark] if item.marks else "In place; nobody has looked since"


def waiting_words(label: str, waiting: int) -> str:
    """How many wait to be used again: "Stairlift: 2 are marked for recycling"."""
    return f"{label}: {waiting} {'is' if waiting == 1 else 'are'} marked for recycling"
