"""Versions: published ones never change, and each says where the cases of the one before it go."""

from pathlib import Path

import pytest

from app.kernel.calendars import Calendar
from app.pathways import commands
from app.pathways.facts import State
from app.pathways.faults import Fault, PathwayFaults
from app.pathways.loader import PathwayCatalogue, UnknownPathway, load_pathways
from app.pathways.pathway import CompiledPathway
from app.pathways.published import LOCK_NAME, check_lock, read_lock
from tests.unit.pathways.support import FOLDER

KEY = "disabled-facilities-grant"
STAGES = [
    "received", "assessment", "works_identified", "application", "approved", "works", "installed", "on_hold",
    "completed", "signposted", "not_proceeding", "refused",
]  # fmt: skip


def second_version(folder: Path, *changes: tuple[str, str], goes_to: dict[str, str] | None = None) -> Path:
    """Write version 2 of the grant's pathway, where the final check has a stage of another name."""
    places = {stage: stage for stage in STAGES} | (goes_to or {})
    replaces = "".join(f"    {stage}: {to}\n" for stage, to in places.items() if to)
    text = (folder / KEY / "v1.yaml").read_text("utf-8")
    text = text.replace("version: 1\n", f"version: 2\nreplaces:\n  version: 1\n  stages:\n{replaces}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / KEY / "v2.yaml"
    path.write_text(text, "utf-8")
    return path


def faults(folder: Path, calendars: dict[str, Calendar]) -> tuple[Fault, ...]:
    with pytest.raises(PathwayFaults) as found:
        load_pathways(folder, calendars)
    return found.value.faults


RENAMED = ("installed", "finished")


def test_what_is_shipped_is_published_and_as_it_was() -> None:
    locked = read_lock(FOLDER)
    measures = {("measures", 1, path.name) for path in (FOLDER / "measures").glob("*.v1.yaml")}
    assert len(measures) > 40
    assert {(entry.key, entry.version, entry.file) for entry in locked} == measures | {
        (key, 1, file) for key in ("housing-solutions", KEY) for file in ("v1.yaml", "catalogue.yaml", "triage.yaml")
    }
    assert list(check_lock(FOLDER, locked)) == []


@pytest.mark.parametrize("file", ["v1.yaml", "catalogue.yaml", "triage.yaml"])
def test_a_published_file_that_has_been_edited_stops_the_start(
    copy_of_pathways: Path, calendars: dict[str, Calendar], file: str
) -> None:
    path = copy_of_pathways / KEY / file
    path.write_text(path.read_text("utf-8") + "# a small remark\n", "utf-8")
    (fault,) = faults(copy_of_pathways, calendars)
    assert fault.file == f"{KEY}/{file}"
    assert "has been edited" in fault.message
    assert "new version" in fault.mend


def test_a_published_file_that_is_gone_stops_the_start(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    (copy_of_pathways / KEY / "v1.yaml").unlink()
    (fault,) = faults(copy_of_pathways, calendars)
    assert (fault.file, fault.line) == (f"{KEY}/v1.yaml", 1)
    assert "is missing" in fault.message


def test_line_endings_of_a_checkout_are_not_an_edit(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    path = copy_of_pathways / KEY / "triage.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_pathways(copy_of_pathways, calendars).get(KEY, 1).published


def test_a_lock_that_cannot_be_read_is_told_by_line(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    path = copy_of_pathways / LOCK_NAME
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, "v1.yaml abc"]) + "\n", "utf-8")
    assert [(fault.file, fault.line) for fault in faults(copy_of_pathways, calendars)] == [(LOCK_NAME, len(lines) + 1)]


def test_a_file_that_lies_elsewhere_than_it_says_is_a_fault(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    (copy_of_pathways / LOCK_NAME).unlink()
    (copy_of_pathways / KEY / "v1.yaml").rename(copy_of_pathways / KEY / "v3.yaml")
    (fault,) = faults(copy_of_pathways, calendars)
    assert (fault.file, fault.message) == (f"{KEY}/v3.yaml", f"This is {KEY}/v1.yaml by its key and version.")


def test_a_second_version_is_a_draft_until_it_is_published(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    second_version(copy_of_pathways)
    drafted = load_pathways(copy_of_pathways, calendars)
    assert (drafted.latest(KEY).version, drafted.get(KEY, 2).published) == (1, False)
    assert commands.publish(copy_of_pathways, KEY, 2).code == 0
    published = load_pathways(copy_of_pathways, calendars)
    assert (published.latest(KEY).version, published.get(KEY, 2).published) == (2, True)
    assert "already" in commands.publish(copy_of_pathways, KEY, 2).text


def test_a_second_version_says_where_each_case_goes(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    second_version(copy_of_pathways, RENAMED, goes_to={"installed": ""})
    path = copy_of_pathways / KEY / "v2.yaml"
    text = path.read_text("utf-8").replace("    finished: finished\n", "")
    path.write_text(
        text.replace("    on_hold: on_hold\n", "    installed: finished\n    on_hold: on_hold\n", 1), "utf-8"
    )
    pathway = load_pathways(copy_of_pathways, calendars).get(KEY, 2)
    assert pathway.migrated(State("simple", "installed")) == State("simple", "finished")
    assert pathway.migrated(State("complex", "works")) == State("complex", "works")


def test_a_second_version_that_forgets_a_stage_is_a_fault(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    second_version(copy_of_pathways, goes_to={"application": ""})
    messages = [fault.message for fault in faults(copy_of_pathways, calendars)]
    assert messages == [f"It is not said where {tier}/application of version 1 goes." for tier in ("complex", "simple")]


def test_a_second_version_that_sends_a_case_nowhere_is_a_fault(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    second_version(copy_of_pathways, goes_to={"application": "lobby"})
    told = faults(copy_of_pathways, calendars)
    assert all("which does not exist" in fault.message for fault in told)
    assert len(told) == 2


def test_a_stage_that_the_older_version_never_had_is_a_fault(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    second_version(copy_of_pathways, goes_to={"attic": "received"})
    (fault,) = faults(copy_of_pathways, calendars)
    assert fault.message == "Version 1 has no stage called “attic”."


def test_a_second_version_that_replaces_nothing_is_a_fault(
    copy_of_pathways: Path, calendars: dict[str, Calendar]
) -> None:
    path = second_version(copy_of_pathways)
    text = path.read_text("utf-8")
    start, end = text.index("replaces:"), text.index("title:")
    path.write_text(text[:start] + text[end:], "utf-8")
    (fault,) = faults(copy_of_pathways, calendars)
    assert fault.message == "Version 2 replaces nothing."


def test_a_version_cannot_replace_one_that_is_not_there(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    second_version(copy_of_pathways, ("replaces:\n  version: 1", "replaces:\n  version: 7"))
    (fault,) = faults(copy_of_pathways, calendars)
    assert fault.message == "There is no version 7 before this one."


def test_the_first_version_sends_nothing_anywhere(housing: CompiledPathway) -> None:
    with pytest.raises(KeyError):
        housing.migrated(State("complex", "funding"))


def test_pathways_are_found_by_key_and_version(pathways: PathwayCatalogue) -> None:
    assert pathways.default_key == "housing-solutions"
    assert pathways.default is pathways.get("housing-solutions", 1)
    assert [(one.key, one.version) for one in pathways.all()] == [(KEY, 1), ("housing-solutions", 1)]
    with pytest.raises(UnknownPathway):
        pathways.get("housing-solutions", 99)
    with pytest.raises(UnknownPathway):
        pathways.latest("nowhere")
