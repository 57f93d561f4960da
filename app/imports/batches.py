"""Turns some judged rows into what the database takes: JSON lists, one for each table. Pure, and the costly part."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.cases.journal import ImportedBatch, ImportedJournal, projected_values
from app.cases.timekeeping import Timekeeper
from app.imports.cells import text_of
from app.imports.columns import Column
from app.imports.imported import ImportedCase
from app.imports.journeys import Journey, Traveller
from app.imports.organisations import Organisation
from app.imports.rows import Accepted, Rejected
from app.kernel.names import address_key, name_keys
from app.kernel.references import case_reference
from app.provision.homes import placed_rows

_LANDLORDS = {("rsl_tenant", "housing_association"), ("council_tenant", "council")}


@dataclass(frozen=True, slots=True)
class Ids:
    """Numbers that the database has set aside for one case."""

    case_id: int
    person_id: int
    home_id: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row that becomes a case."""

    verdict: Accepted
    organisation: Organisation
    ids: Ids


@dataclass(frozen=True, slots=True)
class Clash:
    """A row whose reference an earlier import brought in with other content."""

    verdict: Accepted
    case_id: int


@dataclass(slots=True)
class Sorted:
    """The rows of one batch by what becomes of them."""

    arrivals: list[Arrival] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Compiled:
    """One batch, ready to be written: JSON lists by table, the journals, and the doubts of each new case."""

    tables: Mapping[str, str]
    journals: ImportedBatch
    report: Mapping[str, str]
    doubts: Sequence[Sequence[str]]


def give_way() -> None:
    """Let the server's own thread in, which has others to answer and waits up to 5 ms for a busy thread otherwise."""
    time.sleep(0)


def compile_batch(batch: Sorted, traveller: Traveller, timekeeper: Timekeeper) -> Compiled:
    """Work out every value that a batch writes."""
    journeys = []
    for one in batch.arrivals:
        journeys.append(traveller.journey(one.verdict.case, one.organisation, one.verdict.line))
        give_way()
    pairs = list(zip(batch.arrivals, journeys, strict=True))
    import_id, source = traveller.provenance.import_id, traveller.provenance.source
    return Compiled(
        tables={
            "people": _json(_person(one) for one in batch.arrivals),
            "homes": _json(_home(one) for one in batch.arrivals),
            "cases": _json(_case(one, journey, traveller, timekeeper) for one, journey in pairs),
            "home_adaptations": _json(
                row for one, journey in pairs for row in _placed(one, journey, traveller, timekeeper)
            ),
            "import_rows": _json(
                {"import_id": import_id, "source": source, **_kept_row(one, journey)} for one, journey in pairs
            ),
        },
        journals=ImportedBatch.of(
            [
                ImportedJournal(case_id=one.ids.case_id, state=journey.state, events=journey.events)
                for one, journey in pairs
            ]
        ),
        report={
            "import_conflicts": _json({"import_id": import_id, **_conflict(one)} for one in batch.clashes),
            "import_rejected": _json(
                {"import_id": import_id, "line": one.line, "cells": [text_of(cell) for cell in one.cells]}
                for one in batch.rejected
            ),
            "import_errors": _json(
                {"import_id": import_id, "line": one.line, "place": n, "column_name": e.column, "message": e.message}
                for one in batch.rejected
                for n, e in enumerate(one.errors)
            ),
        },
        doubts=[journey.doubts for journey in journeys],
    )


def _person(one: Arrival) -> dict[str, Any]:
    person = one.verdict.case.person
    return {
        "id": one.ids.person_id,
        "name": person.name,
        "date_of_birth": person.date_of_birth,
        "chi_number": person.chi_number,
        "nhs_number": person.nhs_number,
        "name_keys": name_keys(person.name),
    }


def _home(one: Arrival) -> dict[str, Any]:
    home = one.verdict.case.home
    address = home.address or ""
    return {
        "id": one.ids.home_id,
        "address": address,
        "postcode": home.postcode,
        "uprn": home.uprn,
        "address_key": address_key(address, home.postcode),
    }


def _case(one: Arrival, journey: Journey, traveller: Traveller, timekeeper: Timekeeper) -> dict[str, Any]:
    case, pathway = one.verdict.case, traveller.pathway
    due = timekeeper.deadlines(pathway.key, journey.state)
    own = (case.home.tenure, one.organisation.kind) in _LANDLORDS
    return projected_values(journey.state, due) | {
        "id": one.ids.case_id,
        "reference": case_reference(one.ids.case_id),
        "pathway_key": pathway.key,
        "person_id": one.ids.person_id,
        "home_id": one.ids.home_id,
        "tenure": case.home.tenure,
        # A tenant whose case the landlord's own sheet lists is that landlord's.
        "landlord_organisation_id": one.organisation.id if own else None,
        "referrer": {"capacity": case.referred_by} if case.referred_by else {},
        "need_description": _need(case),
        "adaptations": case.adaptations,
        "flags": (),
        "source": traveller.provenance.source,
        "source_reference": case.source_reference,
        "memory": journey.state.memory,
        # The journal gives it as soon as it is written.
        "head_hash": "\\x",
    }


def _placed(one: Arrival, journey: Journey, traveller: Traveller, timekeeper: Timekeeper) -> Iterable[dict[str, Any]]:
    """What the case put into its home, if anything: the sheet knows what was asked for and when it was there."""
    if journey.state.solution != "adapted":
        return ()
    home = _home(one)
    own = {"case_id": one.ids.case_id, "uprn": home["uprn"], "address_key": home["address_key"]}
    rows = placed_rows(journey.events, one.verdict.case.adaptations, traveller.pathway.catalogue, timekeeper)
    return (own | row for row in rows)


def _need(case: ImportedCase) -> str:
    """What the sheet says of the need: its notes, else the words for what was asked."""
    asked = next((text for name, text in case.raw.items() if name == Column.ADAPTATIONS), "")
    return case.notes or asked or ", ".join(case.adaptations)


def _kept_row(one: Arrival, journey: Journey) -> dict[str, Any]:
    case = one.verdict.case
    return {
        "source_reference": case.source_reference,
        "content_hash": f"\\x{case.content_hash}",
        "case_id": one.ids.case_id,
        "line": one.verdict.line,
        "raw": case.raw,
        "extra": case.extra,
        "doubts": journey.doubts,
    }


def _conflict(one: Clash) -> dict[str, Any]:
    case = one.verdict.case
    return {
        "line": one.verdict.line,
        "source_reference": case.source_reference,
        "content_hash": f"\\x{case.content_hash}",
        "case_id": one.case_id,
        "raw": case.raw,
    }


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()
