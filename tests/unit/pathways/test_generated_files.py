"""What is generated from the pathways is up to date, and the commands that generate it answer plainly."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.pathways import commands
from app.pathways.diagram import diagram
from app.pathways.documents import page
from app.pathways.loader import PathwayCatalogue
from app.pathways.pathway import CompiledPathway
from app.pathways.source import read_source
from tests.unit.pathways.support import FOLDER

DOCUMENTS = FOLDER.parent / "docs" / "pathways"


@pytest.mark.parametrize("name", commands.schemas())
def test_the_published_schemas_are_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == commands.schemas()[name], f"Write {name} again."


@pytest.mark.parametrize("name", commands.pages(FOLDER))
def test_the_pages_of_the_pathways_are_up_to_date(name: str) -> None:
    assert (DOCUMENTS / name).read_text("utf-8") == commands.pages(FOLDER)[name], f"Write {name} again."


@pytest.mark.parametrize(
    "path",
    sorted(path for path in FOLDER.rglob("*.yaml") if path.parent.name != "calendars"),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_every_file_is_valid_by_the_schema_that_it_names(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    schema_path = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    schema: dict[str, Any] = json.loads(schema_path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(read_source(path, path.name).data)


def test_the_diagram_has_every_stage_and_every_action(pathways: PathwayCatalogue) -> None:
    for pathway in pathways.all():
        drawn = diagram(pathway)
        assert drawn.startswith("flowchart TD\n")
        for key, stage in pathway.definition.stages.items():
            assert f"    {key}[" in drawn or f"    {key}([" in drawn
            assert stage.label in drawn
        for action in pathway.actions:
            assert pathway.label(action) in drawn, action


def test_the_diagram_of_a_tier_leaves_the_others_out(housing: CompiledPathway) -> None:
    drawn = diagram(housing, "direct_access")
    assert "panel_scheduled" not in drawn
    assert "funding" not in drawn
    assert 'received -->|"Screen"| approved' in drawn


def test_the_page_tells_of_every_action_and_blocker(pathways: PathwayCatalogue) -> None:
    for pathway in pathways.all():
        text = page(pathway)
        for action in pathway.actions:
            assert f"(`{action}`)" in text
        for about in pathway.definition.actions.values():
            for entry in about.blocked_when:
                assert f"| `{entry.blocker}` |" in text
        width = {line.count(" | ") for line in text.splitlines() if line.startswith("| Screen ")}
        assert width == {5}


def test_checking_tells_what_there_is() -> None:
    answer = commands.check(FOLDER)
    assert answer.code == 0
    assert answer.text.splitlines() == [
        "disabled-facilities-grant version 1: 24 states, 17 actions, published",
        "housing-solutions version 1: 70 states, 36 actions, published",
        "No faults.",
    ]


def test_checking_lists_every_fault_and_answers_two(copy_of_pathways: Path) -> None:
    for key in ("housing-solutions", "disabled-facilities-grant"):
        path = copy_of_pathways / key / "triage.yaml"
        path.write_text(path.read_text("utf-8") + "extra: true\n", "utf-8")
    answer = commands.check(copy_of_pathways)
    assert answer.code == 2
    assert answer.text.splitlines()[-1] == "4 faults found."
    assert "housing-solutions/triage.yaml:" in answer.text
    assert commands.draw(copy_of_pathways, "housing-solutions").code == 2
    assert commands.publish(copy_of_pathways, "housing-solutions", 1).code == 2


def test_drawing_answers_with_the_diagram_or_what_there_is(housing: CompiledPathway) -> None:
    assert commands.draw(FOLDER, "housing-solutions") == (0, diagram(housing))
    assert commands.draw(FOLDER, "housing-solutions", 1, "complex") == (0, diagram(housing, "complex"))
    assert commands.draw(FOLDER, "housing-solutions", 1, "vast").code == 2
    unknown = commands.draw(FOLDER, "housing-solutions", 9)
    assert unknown.code == 2
    assert unknown.text.startswith("There is no pathway housing-solutions version 9. There is")
    assert commands.draw(FOLDER, "castles").text.startswith("There is no pathway castles.")


def test_writing_tells_what_has_changed(tmp_path: Path) -> None:
    texts = {"a.md": "A\n", "b.md": "B\n"}
    assert commands.write(texts, tmp_path / "new") == (0, "Written: a.md, b.md.")
    assert commands.write(texts | {"b.md": "C\n"}, tmp_path / "new") == (0, "Written: b.md.")
    assert commands.write(texts | {"b.md": "C\n"}, tmp_path / "new") == (0, "Everything was up to date.")
