"""Folds a case's journal into its provision: pure, and the only reading of orders, costs, snags and goals.

Pathways of other jurisdictions need not have every action; what an event does to the case counts, whatever it is
called, where the journal says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from app.cases.rules import Event
from app.provision import parts
from app.provision.readings import as_now_known, day, keys, words
from app.provision.rules import (
    Check,
    Funding,
    Goal,
    Order,
    Outcome,
    Placed,
    Provision,
    Quote,
    Snag,
    Survey,
    same_contractor,
)

DayOf = Callable[[datetime], date]
"""Gives the day on which a moment falls for the people concerned."""
_STILL_WANTED: Final = frozenset({"delivering", "held"})
"""Stage groups in which an order that is not finished still stands."""


def provision_of(events: Sequence[Event], *, adaptations: Sequence[str], day_of: DayOf) -> Provision:
    """Give what a journal says of provision. `adaptations` are the case's, for works that nobody ordered by item."""
    known, remarks = as_now_known(events)
    fold = _Fold(tuple(adaptations), day_of, {event.sequence: event for event in events})
    for event in known:
        fold.take(event)
    return Provision(
        funding=tuple(fold.funding),
        quotes=tuple(fold.quotes),
        orders=tuple(fold.orders),
        snags=tuple(fold.snags),
        checks=tuple(fold.checks),
        goals=tuple(fold.goals),
        outcome=fold.outcome,
        surveys=tuple(fold.surveys),
        placed=tuple(fold.placed.values()),
        remarks=tuple(remark for remark in remarks if remark.sequence in fold.told),
    )


@dataclass(slots=True)
class _Fold:
    wanted: tuple[str, ...]
    """What is to be provided, where an order does not say: asked for first, then recommended."""
    day_of: DayOf
    first_told: Mapping[int, Event]
    funding: list[Funding] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    snags: list[Snag] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    outcome: Outcome | None = None
    surveys: list[Survey] = field(default_factory=list)
    placed: dict[str, Placed] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    """Events that say something about provision."""

    def take(self, event: Event) -> None:
        for reading in _readings(event):
            reading(self, event)
            self.told.add(event.sequence)
        group = event.effects.get("stage_group")
        if event.action is not None and group is not None and group not in _STILL_WANTED:
            self._give_up(event)

    def _give_up(self, event: Event) -> None:
        """An order is given up when the case leaves delivery before the works are done."""
        if self.orders and self.orders[-1].state in ("ordered", "in_works"):
            self.orders[-1] = replace(self.orders[-1], given_up_on=self._on(event))

    def _on(self, event: Event, named: str | None = None) -> date:
        """The day of an event, or the one that a correction of its detail `named` gave."""
        if named is not None:
            now, was = day(event.details.get(named)), day(self.first_told[event.sequence].details.get(named))
            if now is not None and now != was:
                return now
        return self.day_of(event.occurred_at)

    def funded(self, event: Event) -> None:
        self.funding.append(parts.funding_of(event, self._on(event)))

    def quoted(self, event: Event) -> None:
        self.quotes.append(parts.quote_of(event, self._on(event)))

    def surveyed(self, event: Event) -> None:
        self.surveys.append(parts.survey_of(event, self._on(event)))

    def recommended(self, event: Event) -> None:
        """A new recommendation takes the place of goals that nobody has asked the person about yet."""
        sets = event.effects.get("sets", {})
        if "goals" in sets:
            asked_about = [goal for goal in self.goals if goal.result is not None]
            self.goals = asked_about + parts.goals_of(event, self._on(event))
        if "adaptations" in sets:
            self.wanted = keys(event.details.get("adaptations")) or self.wanted

    def ordered(self, event: Event) -> None:
        order = parts.order_of(event, self._on(event), self.wanted)
        self.orders.append(order)
        fitting = [
            at for at, quote in enumerate(self.quotes)
            if order.contractor and same_contractor(quote.contractor, order.contractor)
        ]  # fmt: skip
        if fitting:  # of a contractor's quotes the newest is the one that was taken
            self.quotes[fitting[-1]] = replace(self.quotes[fitting[-1]], chosen_by=order.sequence)

    def started(self, event: Event) -> None:
        order = self._order(event)
        contractor = order.contractor or words(event.details.get("contractor"))
        started = order.started_on or self._on(event, "started_on")
        self.orders[-1] = replace(order, contractor=contractor, started_on=started)

    def _order(self, event: Event) -> Order:
        """The order that works belong to; one without a contractor where nobody wrote any down."""
        if not self.orders or self.orders[-1].state == "given_up":
            self.orders.append(parts.works_without_order(event, self.wanted))
        return self.orders[-1]

    def completed(self, event: Event) -> None:
        order, on = self._order(event), self._on(event, "finished_on")
        first = order.first_finished_on or on
        costs = parts.costs_of(event, self.funding) or order.costs
        self.orders[-1] = replace(order, first_finished_on=first, finished_on=on, costs=costs)
        for item in order.items:
            # A contractor who comes back for a snag changes neither since when it is there nor who saw to it.
            if order.first_finished_on is None or item not in self.placed:
                self.placed[item] = Placed(adaptation=item, installed_on=first, organisation_id=event.custody_id)
        self._close_snags(on)

    def snagged(self, event: Event) -> None:
        self.snags.append(parts.snag_of(event, self._on(event)))

    def checked(self, event: Event) -> None:
        on, by = self._on(event), words(event.details.get("checked_by"))
        self.checks.append(Check(sequence=event.sequence, passed_on=on, checked_by=by))
        self._close_snags(on)

    def _close_snags(self, on: date) -> None:
        self.snags = [snag if snag.closed_on else replace(snag, closed_on=on) for snag in self.snags]

    def reviewed(self, event: Event) -> None:
        on = self._on(event)
        for goal, result in parts.results_of(event):
            at = next((n for n, known in enumerate(self.goals) if _awaits(known, goal)), None)
            if at is None:
                self.goals.append(Goal(goal=goal, agreed_on=None, result=result, asked_on=on))
            else:
                self.goals[at] = replace(self.goals[at], result=result, asked_on=on)
        self.outcome = parts.outcome_of(event, on)


def _awaits(known: Goal, goal: str) -> bool:
    return known.result is None and known.goal.casefold().strip() == goal.casefold().strip()


_Reading = Callable[[_Fold, Event], None]
_MOVES: Final[Mapping[str, _Reading]] = {
    "approve_funding": _Fold.funded,
    "approve_grant": _Fold.funded,
    "place_order": _Fold.ordered,
    "start_works": _Fold.started,
    "raise_snag": _Fold.snagged,
    "pass_check": _Fold.checked,
    "record_outcome": _Fold.reviewed,
}
_BESIDE: Final[Mapping[str, _Reading]] = {"quote_received": _Fold.quoted, "survey_answered": _Fold.surveyed}


def _readings(event: Event) -> Iterator[_Reading]:
    """What to read an event for: by its name, and by what it does to the case."""
    if {"goals", "adaptations"} & set(event.effects.get("sets", {})):
        yield _Fold.recommended
    by_name = _BESIDE.get(event.kind) if event.action is None else _MOVES.get(event.action)
    if by_name is not None:
        yield by_name
    if event.effects.get("solution") == "adapted":
        yield _Fold.completed
