"""What `adapt pathway` does, as plain functions: each returns an exit code and what to print."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from app.pathways.calendar_files import load_calendars
from app.pathways.companion_definitions import CatalogueDefinition, TriageDefinition, VocabularyDefinition
from app.pathways.definition import PathwayDefinition
from app.pathways.diagram import diagram
from app.pathways.documents import page
from app.pathways.faults import Fault, PathwayFaults
from app.pathways.loader import PathwayCatalogue, UnknownPathway, load_pathways
from app.pathways.measure_definition import MeasureDefinition, MeasureSettings
from app.pathways.measure_packs import PackDefinition
from app.pathways.measures import FOLDER as MEASURES
from app.pathways.measures import MeasureCatalogue
from app.pathways.pathway import CompiledPathway
from app.pathways.published import LOCK_NAME, is_published, lock_with, read_lock
from app.pathways.survey import SurveyDefinition

EXIT_FAULTS = 2
_SCHEMAS: Mapping[str, type[BaseModel]] = {
    "pathway.schema.json": PathwayDefinition,
    "catalogue.schema.json": CatalogueDefinition,
    "triage.schema.json": TriageDefinition,
    "vocabulary.schema.json": VocabularyDefinition,
    "survey.schema.json": SurveyDefinition,
    "measure.schema.json": MeasureDefinition,
    "measure-settings.schema.json": MeasureSettings,
    "measure-pack.schema.json": PackDefinition,
}


class Answer(NamedTuple):
    """The exit code of a command and its text."""

    code: int
    text: str


def check(folder: Path) -> Answer:
    """Check every pathway file and tell every fault with its file, line and mend."""
    try:
        catalogue = _load(folder)
    except PathwayFaults as found:
        return Answer(EXIT_FAULTS, faults_text(found.faults))
    lines = [
        f"{one.key} version {one.version}: {len(one.states)} states, {len(one.actions)} actions, "
        f"{'published' if one.published else 'not published yet'}"
        for one in catalogue.all()
    ]
    return Answer(0, "\n".join([*lines, "No faults."]))


def draw(folder: Path, key: str, version: int | None = None, tier: str | None = None) -> Answer:
    """Draw a pathway as Mermaid: its newest version, or another; all tiers together, or one."""
    found = _find(folder, key, version)
    if isinstance(found, Answer):
        return found
    if tier is not None and tier not in found.definition.tiers:
        known = ", ".join(found.definition.tiers)
        return Answer(EXIT_FAULTS, f"{key} has no tier {tier}. It has {known}.")
    return Answer(0, diagram(found, tier))


def publish(folder: Path, key: str, version: int) -> Answer:
    """Publish a version that has no faults: from then on its files must stay as they are."""
    found = _find(folder, key, version)
    if isinstance(found, Answer):
        return found
    locked = read_lock(folder)
    if is_published(locked, key, version):
        return Answer(0, f"{key} version {version} is published already.")
    about = found.definition
    files = (f"v{version}.yaml", about.catalogue, about.triage)
    (folder / LOCK_NAME).write_text(lock_with(folder, locked, key, version, files), "utf-8")
    return Answer(0, f"Published {key} version {version}: {', '.join(files)} must stay as they are.")


def publish_measure(folder: Path, key: str, version: int) -> Answer:
    """Publish a version of a measure: once its figures have been quoted it must stay what it was."""
    measures = _measures(folder)
    if isinstance(measures, Answer):
        return measures
    measure = measures.versions.get((key, version))
    if measure is None:
        return Answer(EXIT_FAULTS, f"There is no measure {key}/{version}. `adapt measure list` shows what there is.")
    if measure.published:
        return Answer(0, f"{measure.name} is published already.")
    file = f"{key}.v{version}.yaml"
    (folder / LOCK_NAME).write_text(lock_with(folder, read_lock(folder), MEASURES, version, (file,)), "utf-8")
    return Answer(0, f"Published {measure.name}: {file} must stay as it is.")


def list_measures(folder: Path) -> Answer:
    """List every version of every measure, and what still has to be said of it."""
    measures = _measures(folder)
    if isinstance(measures, Answer):
        return measures
    lines = [
        f"{one.name}: {one.definition.title}"
        f"{'' if one.published else ' (not published yet)'}{'' if one.usable else ' (to be confirmed)'}"
        for one in measures.all()
    ]
    return Answer(0, "\n".join(lines))


def _measures(folder: Path) -> MeasureCatalogue | Answer:
    try:
        return _load(folder).measures
    except PathwayFaults as found:
        return Answer(EXIT_FAULTS, faults_text(found.faults))


def schemas() -> dict[str, str]:
    """Return the JSON Schema of each kind of file, by file name, for editors."""
    return {name: _json(_schema(name, model)) for name, model in _SCHEMAS.items()}


def pages(folder: Path) -> dict[str, str]:
    """Return the generated page of every version, by file name. Raises PathwayFaults."""
    return {f"{one.key}-v{one.version}.md": page(one) for one in _load(folder).all()}


def write(texts: Mapping[str, str], folder: Path) -> Answer:
    """Write generated files into a folder and tell which have changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = [name for name, text in texts.items() if _written(folder / name, text)]
    return Answer(0, f"Written: {', '.join(changed)}." if changed else "Everything was up to date.")


def faults_text(faults: Sequence[Fault]) -> str:
    """List faults for a terminal, with their number."""
    lines = [f"{fault.file}:{fault.line}: {fault.message}\n    {fault.mend}" for fault in faults]
    number = f"{len(faults)} fault{'s' if len(faults) != 1 else ''} found."
    return "\n".join([*lines, number])


def _load(folder: Path) -> PathwayCatalogue:
    return load_pathways(folder, load_calendars(folder / "calendars"))


def _find(folder: Path, key: str, version: int | None) -> CompiledPathway | Answer:
    try:
        catalogue = _load(folder)
    except PathwayFaults as found:
        return Answer(EXIT_FAULTS, faults_text(found.faults))
    try:
        return catalogue.latest(key) if version is None else catalogue.get(key, version)
    except UnknownPathway as unknown:
        known = ", ".join(f"{one.key} version {one.version}" for one in catalogue.all())
        return Answer(EXIT_FAULTS, f"There is no pathway {unknown.args[0]}. There is {known}.")


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:adapt:{name.removesuffix('.schema.json')}",
        **model.model_json_schema(by_alias=True),
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _written(path: Path, text: str) -> bool:
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.write_text(text, "utf-8")
    return True
