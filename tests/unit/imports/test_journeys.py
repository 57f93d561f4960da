"""Journeys of imported cases on a pathway that is not quite ours, and what their events say."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.cases.timekeeping import Timekeeper
from app.imports.journeys import Journey, Provenance, Traveller
from app.imports.limits import SheetRefused
from app.imports.organisations import Organisation, slug
from app.imports.tally import MOST_DOUBTS, Tally, without_words
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.pathways.pathway import CompiledPathway
from app.settings import ROOT
from tests.unit.imports.building import accept

NOW = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def keeper() -> Timekeeper:
    calendars = load_calendars(ROOT / "pathways" / "calendars")
    return Timekeeper(load_pathways(ROOT / "pathways", calendars), calendars)


def on(pathway: CompiledPathway, keeper: Timekeeper) -> Traveller:
    return Traveller.on(pathway, Provenance(import_id=7, source="sheet", run_by=3), timekeeper=keeper, now=NOW)


def without(pathway: CompiledPathway, stage: str) -> CompiledPathway:
    return replace(pathway, states=frozenset(state for state in pathway.states if state.stage != stage))


def journey(traveller: Traveller, **changes: str) -> Journey:
    case = replace(accept(**changes), adaptations=("grab_rails",))
    return traveller.journey(case, Organisation(5, "council"), 12)


def test_the_first_event_says_where_the_case_comes_from_and_what_is_known_of_it(keeper):
    result = journey(on(keeper.pathways.default, keeper), priority="critical")
    first = result.events[0]
    assert (first.details["import"], first.details["row"]) == (7, 12)
    assert first.actor_id == 3
    assert first.effects["sets"]["priority"] == "critical"
    assert result.state.priority == "critical"
    assert result.state.consent_to_share is False
    assert result.state.party_ids == (5,)


def test_a_day_of_today_is_now_when_midday_is_still_to_come(keeper):
    result = journey(on(keeper.pathways.default, keeper), first_contact="16/11/2026", received="17/11/2026")
    assert [event.occurred_at for event in result.events] == [datetime(2026, 11, 16, 12, tzinfo=UTC), NOW]


def test_a_pathway_that_does_not_tell_its_endings_apart_ends_with_not_proceeding(keeper):
    pathway = without(keeper.pathways.default, "refused")
    result = journey(on(pathway, keeper), outcome="refused", closed="01/06/2025")
    assert (result.state.stage, result.state.outcome) == ("not_proceeding", "refused")


@pytest.mark.parametrize("stage", ["received", "not_proceeding"])
def test_a_pathway_without_a_stage_that_every_case_needs_takes_no_extract(keeper, stage):
    with pytest.raises(SheetRefused, match=f"it has no {stage}"):
        on(without(keeper.pathways.default, stage), keeper)


def test_what_a_doubt_quotes_is_left_out_whatever_it_is():
    assert without_words('Outcome: "with "Jean"…" is not a word') == "Outcome: what is written is not a word"
    assert without_words("Hold to: ends early.") == "Hold to: ends early."


def test_doubts_of_more_kinds_than_are_counted_are_counted_together():
    tally = Tally()
    for number in range(MOST_DOUBTS + 5):
        tally.add_doubts([f"Doubt {number}", "Doubt 0"])
    assert len(tally.doubts) == MOST_DOUBTS + 1
    assert tally.doubts["Other doubts."] == 5
    assert tally.doubts["Doubt 0"] == MOST_DOUBTS + 6


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Care & Repair Glenmore", "care-repair-glenmore"),
        ("Comhairle nan Eilean Siar – Àite", "comhairle-nan-eilean-siar-aite"),
        ("日本", "organisation"),
        ("x" * 200, "x" * 70),
    ],
)
def test_an_organisation_gets_a_key_that_programs_can_use(name, key):
    assert slug(name) == key
