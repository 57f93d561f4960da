"""Whole extracts against known answers: our own messy ones, and every one that lies beside the repository."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from statistics import fmean

import pytest

from app.imports.imported import Milestone
from app.imports.milestones import plan_journal
from app.imports.readings import Rules
from app.imports.rows import Accepted, Verdict
from app.kernel.calendars import Calendar, calendar_days
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.pathways.pathway import CompiledPathway
from tests.unit.imports import messy
from tests.unit.imports.building import TODAY, accepted, judge_file, rejected_columns

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data"
DECIMALS = 4


@pytest.fixture(scope="module")
def calendars() -> dict[str, Calendar]:
    return load_calendars(ROOT / "pathways" / "calendars")


@pytest.fixture(scope="module")
def scotland(calendars) -> Calendar:
    return calendars["scotland"]


@pytest.fixture(scope="module")
def pathway(calendars) -> CompiledPathway:
    return load_pathways(ROOT / "pathways", calendars).get("housing-solutions", 1)


@pytest.fixture(scope="module")
def words(pathway) -> dict[str, dict[str, list[str]]]:
    """Every word for every tenure and tier."""
    tables = {name: pathway.vocabulary.tables[name] for name in ("tenure", "tier")}
    return {name: {key: [term.label, *term.synonyms] for key, term in table.items()} for name, table in tables.items()}


@pytest.fixture(scope="module")
def rules(pathway) -> Rules:
    return Rules(today=TODAY, vocabulary=pathway.vocabulary, catalogue=pathway.catalogue, allow_test_numbers=True)


def quantile(values: Iterable[float], share: float) -> float:
    """Interpolate linearly between the two values around the share, as `percentile_cont` does."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def figures(journeys: Iterable[tuple[str, str, date, date]], calendar: Calendar) -> dict[str, dict[str, float]]:
    """Work out the end-to-end figures of (tenure, tier, first contact, completed), grouped as the answers are."""
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for tenure, tier, first, done in journeys:
        start = done.year if (done.month, done.day) >= (4, 1) else done.year - 1
        taken = (calendar.working_days(first, done), calendar_days(first, done))
        for group in ("all/all", f"tenure/{tenure}", f"tier/{tier}"):
            groups[f"{start}-{(start + 1) % 100:02}/{group}"].append(taken)
    return {
        group: {
            "completed": len(taken),
            "median_working_days": quantile((working for working, _ in taken), 0.5),
            "p90_working_days": quantile((working for working, _ in taken), 0.9),
            "mean_working_days": round(fmean(working for working, _ in taken), DECIMALS),
            "median_calendar_days": quantile((days for _, days in taken), 0.5),
            "longest_working_days": max(working for working, _ in taken),
        }
        for group, taken in groups.items()
    }


def journeys_of(verdicts: Iterable[Verdict]) -> list[tuple[str, str, date, date]]:
    journeys = []
    for verdict in accepted(verdicts):
        first, done = (verdict.case.day_of(key) for key in (Milestone.FIRST_CONTACT, Milestone.WORKS_COMPLETED))
        if first and done:
            journeys.append((verdict.case.home.tenure, str(verdict.case.tier), first, done))
    return journeys


@pytest.mark.parametrize("seed", range(8))
def test_a_messy_extract_gives_its_truth(tmp_path, seed, words, rules):
    truth = messy.make(tmp_path / "messy", seed, words)
    verdicts = judge_file(tmp_path / "messy", rules)
    assert rejected_columns(verdicts) == truth.rejected
    assert len(verdicts) == truth.rows
    assert journeys_of(verdicts) == truth.completed


@pytest.mark.parametrize("seed", [8, 9])
def test_every_case_of_a_messy_extract_has_a_journal_on_the_real_pathway(tmp_path, seed, words, rules, pathway):
    messy.make(tmp_path / "messy", seed, words)
    for verdict in accepted(judge_file(tmp_path / "messy", rules)):
        tier = verdict.case.tier or "moderate"
        events = plan_journal(verdict.case, pathway, tier=tier).events
        assert [event.from_ for event in events[1:]] == [event.to for event in events[:-1]]
        assert {event.to for event in events} <= pathway.states
        assert not any(event.journey_unknown for event in events if event.to.stage == "received")
        assert [event.milestone for event in events] == [milestone for milestone, _ in verdict.case.milestones]
        for event in events[2:]:
            if not event.journey_unknown and event.to != event.from_:
                assert event.to in pathway.destinations(event.from_, event.action)


@pytest.mark.parametrize("tier", ["direct_access", "non_complex", "moderate", "complex"])
def test_every_action_that_a_milestone_stands_for_is_one_of_the_real_pathways(tmp_path, tier, words, rules, pathway):
    messy.make(tmp_path / "messy", 10, words)
    cases = [verdict.case for verdict in accepted(judge_file(tmp_path / "messy", rules))]
    actions = {event.action for case in cases for event in plan_journal(case, pathway, tier=tier).events}
    assert len(actions) > 8
    assert actions - {"contact_made"} <= set(pathway.actions)


def test_every_extract_with_answers_gives_exactly_those_answers(rules, scotland):
    for answers_path in sorted(SHARED.glob("*-extract.answers.json")):
        answers = json.loads(answers_path.read_text(encoding="utf-8"))
        verdicts = judge_file(answers_path.with_name(answers_path.name.replace(".answers.json", ".csv")), rules)
        assert len(verdicts) == answers["rows"]
        assert sum(isinstance(verdict, Accepted) for verdict in verdicts) == answers["accepted"]
        assert {str(line): columns for line, columns in rejected_columns(verdicts).items()} == answers["rejected"]
        found = figures(journeys_of(verdicts), scotland)
        assert found.keys() == answers["figures"].keys()
        for group, expected in answers["figures"].items():
            assert found[group] == pytest.approx(expected), group
