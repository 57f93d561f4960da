"""Reads one event as what it says of provision: pure. What it does not say is left out, never guessed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.cases.rules import Event
from app.provision.readings import amount, day, keys, rows, words
from app.provision.rules import Answer, Cost, Funding, Goal, Order, Outcome, Quote, Snag, Survey


def funding_of(event: Event, on: date) -> Funding:
    """Read an approval of money."""
    said = event.details
    level = said.get("level")
    return Funding(
        sequence=event.sequence,
        approved_on=on,
        source=words(said.get("source")),
        level=level if isinstance(level, int) else None,
        amount=amount(said.get("amount")),
        reference=words(said.get("reference")),
    )


def order_of(event: Event, on: date, wanted: tuple[str, ...]) -> Order:
    """Read an order; where it names no items it is for what is `wanted`."""
    said = event.details
    return Order(
        sequence=event.sequence,
        ordered_on=on,
        contractor=words(said.get("contractor")),
        items=keys(said.get("items")) or wanted,
        price=amount(said.get("price")),
        expected_start=day(said.get("expected_start")),
        expected_finish=day(said.get("expected_finish")),
    )


def works_without_order(event: Event, wanted: tuple[str, ...]) -> Order:
    """Works that nobody wrote an order for."""
    return Order(
        sequence=event.sequence,
        ordered_on=None,
        contractor=None,
        items=wanted,
        price=None,
        expected_start=None,
        expected_finish=None,
    )


def costs_of(event: Event, funding: Sequence[Funding]) -> tuple[Cost, ...]:
    """Read what works cost; an extract knows the sum, and the source if one was named."""
    said = event.details
    read = [(words(row.get("source")), amount(row.get("amount"))) for row in rows(said.get("final_cost"))]
    whole = amount(said.get("cost"))
    if not read and whole is not None:
        read = [(funding[-1].source if funding else None, whole)]
    return tuple(Cost(source=source, amount=pounds) for source, pounds in read if pounds is not None)


def snag_of(event: Event, on: date) -> Snag:
    """Read what is wrong."""
    what = words(event.details.get("what_is_wrong")) or words(event.details.get("reason")) or "Not written down."
    return Snag(sequence=event.sequence, raised_on=on, what_is_wrong=what)


def goals_of(event: Event, on: date) -> list[Goal]:
    """Read the goals that were agreed."""
    agreed = [words(row.get("goal")) for row in rows(event.details.get("goals"))]
    return [Goal(goal=goal, agreed_on=on) for goal in agreed if goal]


def results_of(event: Event) -> list[tuple[str, str]]:
    """Read each goal with its result."""
    read = [(words(row.get("goal")), words(row.get("result"))) for row in rows(event.details.get("results"))]
    return [(goal, result) for goal, result in read if goal and result]


def outcome_of(event: Event, on: date) -> Outcome:
    """Read the outcome review."""
    return Outcome(
        sequence=event.sequence,
        recorded_on=on,
        satisfaction=words(event.details.get("satisfaction")),
        what_changed=words(event.details.get("what_changed")),
    )


def quote_of(event: Event, on: date) -> Quote:
    """Read a quote."""
    said = event.details
    return Quote(
        sequence=event.sequence,
        contractor=words(said.get("contractor")) or "",
        amount=amount(said.get("amount")),
        items=keys(said.get("items")),
        received_on=day(said.get("received_on")) or on,
        valid_until=day(said.get("valid_until")),
        document=words(said.get("document")),
    )


def survey_of(event: Event, on: date) -> Survey:
    """Read the answers of a survey."""
    said = event.details
    version = said.get("survey")
    return Survey(
        sequence=event.sequence,
        version=version if isinstance(version, int) else 0,
        answered_on=day(said.get("answered_on")) or on,
        given_by=words(said.get("given_by")) or "",
        how=words(said.get("how")) or "",
        answers=tuple(_answer(row) for row in rows(said.get("answers"))),
    )


def _answer(row: Mapping[str, Any]) -> Answer:
    answer = str(row.get("answer", ""))
    return Answer(
        question=str(row.get("question", "")),
        asked=str(row.get("asked", row.get("question", ""))),
        answer=answer,
        said=str(row.get("said", answer)),
    )
