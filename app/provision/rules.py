"""What was agreed, ordered, built, paid and achieved for one case: pure values, folded from its journal in `fold`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.provision.readings import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Money that was approved."""

    sequence: int
    approved_on: date
    source: str | None
    level: int | None
    amount: Decimal | None
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a contractor offered. `chosen_by` is the order that took it."""

    sequence: int
    contractor: str
    amount: Decimal | None
    items: tuple[str, ...]
    received_on: date
    valid_until: date | None
    document: str | None
    chosen_by: int | None = None

    def lapsed(self, today: date) -> bool:
        """Whether it is too late to take it."""
        return self.chosen_by is None and self.valid_until is not None and self.valid_until < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one source paid; None where nobody wrote down which."""

    source: str | None
    amount: Decimal


OrderState = Literal["ordered", "in_works", "finished", "given_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order and what became of it. Works that nobody wrote an order for have one without a contractor.

    `costs` are those of the last completion: a contractor who came back for a snag reports the whole anew.
    """

    sequence: int
    ordered_on: date | None
    contractor: str | None
    items: tuple[str, ...]
    price: Decimal | None
    expected_start: date | None
    expected_finish: date | None
    started_on: date | None = None
    first_finished_on: date | None = None
    finished_on: date | None = None
    given_up_on: date | None = None
    costs: tuple[Cost, ...] = ()

    @property
    def state(self) -> OrderState:
        """Where the order stands."""
        if self.finished_on is not None:
            return "finished"
        if self.given_up_on is not None:
            return "given_up"
        return "in_works" if self.started_on is not None else "ordered"

    @property
    def final_cost(self) -> Decimal | None:
        """What it cost in the end, over all sources; None until somebody says."""
        return sum((cost.amount for cost in self.costs), Decimal(0)) if self.costs else None

    @property
    def variance(self) -> Decimal | None:
        """How much more than agreed it cost; less is negative."""
        final = self.final_cost
        return None if final is None or self.price is None else final - self.price

    def days_late(self, today: date) -> int | None:
        """Calendar days after the expected finish, so far or in the end; 0 is in time. None when nothing was expected.

        A snag does not make a finished order late: the first completion counts.
        """
        if self.expected_finish is None or self.state == "given_up":
            return None
        return max(0, ((self.first_finished_on or today) - self.expected_finish).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snag:
    """Something that was wrong, open until the works are completed again or the check is passed."""

    sequence: int
    raised_on: date
    what_is_wrong: str
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check that was passed."""

    sequence: int
    passed_on: date
    checked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the person wants to be able to do, and what came of it; None until the person is asked."""

    goal: str
    agreed_on: date | None
    result: str | None = None
    asked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the outcome review found."""

    sequence: int
    recorded_on: date
    satisfaction: str | None
    what_changed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a survey with the question as it was asked; `said` is the answer in words."""

    question: str
    asked: str
    answer: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One survey that somebody answered."""

    sequence: int
    version: int
    answered_on: date
    given_by: str
    how: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An adaptation that was put in place. Put in again by a later order, it is there since then."""

    adaptation: str
    installed_on: date
    organisation_id: int
    """The organisation that held the case and saw to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """Everything about provision that a journal says."""

    funding: tuple[Funding, ...]
    quotes: tuple[Quote, ...]
    orders: tuple[Order, ...]
    snags: tuple[Snag, ...]
    checks: tuple[Check, ...]
    goals: tuple[Goal, ...]
    outcome: Outcome | None
    surveys: tuple[Survey, ...]
    placed: tuple[Placed, ...]
    remarks: tuple[Remark, ...]

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What each source paid over all orders, in order of first mention."""
        return by_source(cost for order in self.orders for cost in order.costs)

    @property
    def final_cost(self) -> Decimal | None:
        """What everything cost; None until something is finished and paid."""
        return sum((cost.amount for cost in self.costs), Decimal(0)) if self.costs else None

    @property
    def open_snags(self) -> tuple[Snag, ...]:
        """What is still wrong."""
        return tuple(snag for snag in self.snags if snag.closed_on is None)


def by_source(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    """Add up what each source paid."""
    totals: dict[str | None, Decimal] = {}
    for cost in costs:
        totals[cost.source] = totals.get(cost.source, Decimal(0)) + cost.amount
    return tuple(Cost(source=source, amount=total) for source, total in totals.items())


def same_contractor(one: str, other: str) -> bool:
    """Whether two ways to write a contractor mean one: capitals, spaces and full stops do not count."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(name.replace(".", " ").replace(",", " ").casefold().split())
