"""Whether what is written down of homes is what the journals say was put into them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, text

from app.cases.events import event_from
from app.cases.models import SELECT_CASE, case_from
from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.checks.spans import Span, spans
from app.kernel.database import Session
from app.pathways.loader import UnknownPathway
from app.provision.homes import placed_rows

_CASES = text(
    f"""
    {SELECT_CASE} WHERE c.id > :after AND c.id <= :up_to
       AND (EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id AND e.effects ->> 'solution' = 'adapted')
            OR EXISTS (SELECT FROM home_adaptations a WHERE a.case_id = c.id AND a.retracted_at IS NULL))
     ORDER BY c.id
    """
)
_EVENTS = text("SELECT * FROM case_events WHERE case_id = ANY (:ids) ORDER BY case_id, sequence")
_KNOWN = text(
    """
    SELECT case_id, adaptation, installed_on FROM home_adaptations
     WHERE case_id = ANY (:ids) AND retracted_at IS NULL ORDER BY case_id, adaptation
    """
)
InPlace = dict[str, date]
"""Adaptation -> since when it is there."""


async def _homes(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    async for span in spans(session):
        async for finding in _homes_of(session, span, surroundings):
            yield finding


async def _homes_of(session: Session, span: Span, surroundings: Surroundings) -> AsyncIterator[Finding]:
    cases = [case_from(row) for row in await session.execute(_CASES, span.values)]
    ids = {"ids": [case.id for case in cases]}
    journals = _by_case((await session.execute(_EVENTS, ids)).all())
    known = _by_case((await session.execute(_KNOWN, ids)).all())
    timekeeper = surroundings.casework.timekeeper
    for case in cases:
        written: InPlace = {row.adaptation: row.installed_on for row in known.get(case.id, ())}
        try:
            catalogue = timekeeper.pathways.get(case.pathway_key, case.state.pathway_version).catalogue
            events = [event_from(row) for row in journals.get(case.id, ())]
            rows = placed_rows(events, case.adaptations, catalogue, timekeeper)
        except (UnknownPathway, KeyError, ValueError, TypeError, AttributeError):
            continue  # `pathway_is_known` and `state_follows_journal` say what is wrong with it
        if message := _difference(written, {row["adaptation"]: row["installed_on"] for row in rows}):
            yield Finding(case.reference, f"{message} `adapt journal project {case.reference}` sets it right.")


def _by_case(rows: Sequence[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
    return {case_id: list(own) for case_id, own in groupby(rows, lambda row: row.case_id)}


def _difference(written: InPlace, said: InPlace) -> str:
    missing, odd = sorted(said.keys() - written.keys()), sorted(written.keys() - said.keys())
    moved = sorted(item for item in said.keys() & written.keys() if said[item] != written[item])
    told = (("not written down", missing), ("not in the journal", odd), ("since another day", moved))
    return "; ".join(f"{what}: {', '.join(items)}" for what, items in told if items) + ("." if written != said else "")


HOME_FOLLOWS_JOURNAL = Rule(
    key="home_follows_journal",
    title="What is written down of a home is what was put into it",
    severity=Severity.ERROR,
    means="The history of a home, which the next tenant's case goes by, differs from what the journal of the case that"
    " had the works done gives.",
    mend="`adapt journal project REFERENCE` writes it down anew; then find out who changed it.",
    find=_homes,
)
