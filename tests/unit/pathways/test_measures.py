"""Measures as files: every fault is told with its line and what to do, and what is shipped is whole."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.pathways import commands
from app.pathways.calendar_files import load_calendars
from app.pathways.faults import PathwayFaults
from app.pathways.loader import PathwayCatalogue, load_pathways
from app.pathways.measures import TAKEN
from app.reports.catalogue import REPORTS
from app.reports.pages import EVERY, HOME, PACK
from app.settings import ROOT

FOLDER = ROOT / "pathways"
GOOD = """key: from-a-to-b
version: 1
title: From a to b
definition: From the first start of an assessment until the first recommendation.
source: Made up for a test.
kind: interval
unit: working_days
headline: median
from: {at: action, any_of: [start_assessment]}
to: {at: action, any_of: [recommend]}
group_by: [tenure]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "pathways"
    shutil.copytree(FOLDER, copied)
    return copied


def load(folder: Path, files: Mapping[str, str]) -> PathwayCatalogue:
    for name, text in files.items():
        (folder / "measures" / name).write_text(text, "utf-8")
    return load_pathways(folder, load_calendars(folder / "calendars"))


def test_a_new_file_is_a_new_measure(folder: Path) -> None:
    found = load(folder, {"from-a-to-b.v1.yaml": GOOD}).measures.get("from-a-to-b")
    assert found is not None
    assert found.usable
    assert found.words().startswith("From the first start of an assessment")
    assert found.words().endswith("Measure from-a-to-b/1.")


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("[start_assessment]", "[begin]"), 9, "No pathway has the action “begin”."),
        (("any_of: [recommend]", "any_of: []"), 10, "say with any_of which ones"),
        (("{at: action, any_of: [recommend]}", "{at: solution, which: last}"), 10, "comes once an episode"),
        (("{at: action, any_of: [recommend]}", "{at: stage_entered, any_of: [works, moon]}"), 10, "the stage “moon”"),
        (("any_of: [recommend]", "any_of: [recommend], where: {field: colour, is: [red]}"), 10, "no field “colour”"),
        (("unit: working_days", "unit: pounds"), 1, "counts days"),
        (("headline: median", "headline: sum"), 1, "names first: median or mean"),
        (("kind: interval", "kind: guess"), 6, "“kind” is wrong"),
        (("kind: interval", "kind: count"), 1, "and no `from`"),
        (("version: 1", "version: one"), 2, "“version” is wrong"),
        (("version: 1", "version: 2"), 1, "Call it from-a-to-b.v2.yaml."),
        (("group_by: [tenure]", "group_by: [colour]"), 11, "is wrong"),
        (("group_by: [tenure]", "group_by: [tenure]\ntargets: 3"), 12, "“targets” is not known here."),
        (("group_by: [tenure]", "group_by: [tenure]\ncases: {tiers: [highest]}"), 12, "the tier “highest”"),
        (("group_by: [tenure]", "group_by: [tenure]\nleave_out: {waits_on: [god]}"), 12, "“god”"),
        (("source: Made up for a test.\n", ""), 1, "“source” is missing."),
    ],
)
def test_a_fault_is_told_with_its_line(folder: Path, change: tuple[str, str], line: int, told: str) -> None:
    with pytest.raises(PathwayFaults) as caught:
        load(folder, {"from-a-to-b.v1.yaml": GOOD.replace(*change)})
    fault = next(one for one in caught.value.faults if told in str(one))
    assert (fault.file, fault.line) == ("measures/from-a-to-b.v1.yaml", line)


def test_every_address_under_reports_is_taken() -> None:
    own = set(REPORTS) | {route.split("/")[2] for route in (EVERY, PACK, f"{HOME}/file")}
    assert own == TAKEN


def test_a_measure_cannot_take_an_address_that_is_taken(folder: Path) -> None:
    with pytest.raises(PathwayFaults, match="the address of another report"):
        load(folder, {"every.v1.yaml": GOOD.replace("from-a-to-b", "every")})


def test_what_asks_to_be_confirmed_is_used_only_when_it_is(folder: Path) -> None:
    said = "confirmed:\n  charter-average-days/1: {choice: approved, by: Performance team, on: 2027-04-01}\n"
    found = load(folder, {"settings.yaml": said}).measures.get("charter-average-days")
    assert found is not None
    assert found.usable
    assert found.start is not None
    assert found.start.at == "stage_entered"
    assert "It starts with: approved, confirmed by Performance team on 2027-04-01." in found.words()
    waiting = load_pathways(FOLDER, load_calendars(FOLDER / "calendars")).measures.get("charter-average-days")
    assert waiting is not None
    assert not waiting.usable


@pytest.mark.parametrize(
    "said",
    [
        "confirmed:\n  charter-average-days/1: {choice: whenever, by: X, on: 2027-04-01}\n",
        "confirmed:\n  end-to-end/1: {choice: approved, by: X, on: 2027-04-01}\n",
    ],
)
def test_a_word_that_answers_no_question_is_a_fault(folder: Path, said: str) -> None:
    with pytest.raises(PathwayFaults) as caught:
        load(folder, {"settings.yaml": said})
    assert caught.value.faults[0].file == "measures/settings.yaml"


def test_a_published_measure_must_stay_as_it_is(folder: Path) -> None:
    load(folder, {"from-a-to-b.v1.yaml": GOOD})
    assert commands.publish_measure(folder, "from-a-to-b", 1).code == 0
    assert "published already" in commands.publish_measure(folder, "from-a-to-b", 1).text
    assert commands.publish_measure(folder, "from-a-to-b", 2).code == commands.EXIT_FAULTS
    assert "from-a-to-b/1: From a to b" in commands.list_measures(folder).text
    with pytest.raises(PathwayFaults, match="has been edited"):
        load(folder, {"from-a-to-b.v1.yaml": GOOD.replace("median", "mean")})


def test_nothing_unverified_is_shipped_as_known() -> None:
    """Limits and targets come from somewhere that was read; what was only remembered asks to be confirmed."""
    measures = load_pathways(FOLDER, load_calendars(FOLDER / "calendars")).measures
    charter = [one for one in measures.all() if one.key.startswith("charter-") and one.definition.kind != "cost"]
    assert {one.key for one in charter} == {"charter-average-days", "charter-households-waiting"}
    assert not any(one.usable for one in charter)
    assert all(one.definition.target is None for one in measures.all() if one.key.startswith("dfg-"))
    assert all(
        one.definition.target is None or one.definition.target.choice_of == "partnership" for one in measures.all()
    )
