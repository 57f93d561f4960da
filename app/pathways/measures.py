"""Measures as data: named, versioned ways to count over the journal, each with its definition and where it comes from.

A measure's numbers are never shown without it, so its words are part of it: a version that people have quoted must
stay what it was, and a change of what is counted is a new version with a file of its own (`<key>.v<version>.yaml`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.pathways.faults import Fault, PathwayFaults
from app.pathways.measure_definition import Confirmed, MeasureDefinition, MeasureSettings, Point
from app.pathways.published import Locked
from app.pathways.source import Source, read_source
from app.pathways.validation import validated

FOLDER: Final = "measures"
SETTINGS: Final = "settings.yaml"
TAKEN: Final = frozenset(
    {"contact-only-follow-ups", "cumulative-flow", "doubtful-times", "every", "file", "goals", "information-request",
     "involvement", "outcomes", "professions", "repeats", "satisfaction", "stage-times", "waiting-now",
     "where-time-goes"}
)  # fmt: skip
"""What has an address of its own under reports: a measure of this key could not be asked for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that may be used, or that waits for somebody's word. `start` is where an interval begins."""

    definition: MeasureDefinition
    start: Point | None
    confirmed: Confirmed | None
    published: bool

    @property
    def key(self) -> str:
        """What the measure is called in addresses."""
        return self.definition.key

    @property
    def name(self) -> str:
        """Key and version, such as `end-to-end/1`."""
        return f"{self.definition.key}/{self.definition.version}"

    @property
    def usable(self) -> bool:
        """Whether everything that a person must confirm has been confirmed."""
        return self.definition.confirm is None or self.confirmed is not None

    def words(self) -> str:
        """What is printed beside every figure."""
        one = self.definition
        told = [one.definition.strip(), f"Source: {one.source}"]
        if one.confirm is not None and self.confirmed is not None:
            chosen = self.confirmed
            told.append(f"It starts with: {chosen.choice.replace('_', ' ')}, confirmed by {chosen.by} on {chosen.on}.")
        if one.target is not None:
            told.append("Targets are the partnership's own choices.")
        return " ".join((*told, f"Measure {self.name}."))


@dataclass(frozen=True, slots=True)
class MeasureCatalogue:
    """Every version of every measure."""

    versions: Mapping[tuple[str, int], Measure] = field(default_factory=dict)

    def latest(self, key: str) -> Measure | None:
        """The newest version of a measure that may be used, else the newest of all, else None."""
        found = [measure for measure in self.versions.values() if measure.key == key]
        return max(found, key=lambda one: (one.usable, one.definition.version), default=None)

    def get(self, key: str, version: int | None = None) -> Measure | None:
        """One version, the newest where none is named."""
        return self.latest(key) if version is None else self.versions.get((key, version))

    def all(self) -> tuple[Measure, ...]:
        """Every version, by key and number."""
        return tuple(self.versions[at] for at in sorted(self.versions))

    def newest(self) -> tuple[Measure, ...]:
        """The version of each that is used, by key."""
        keys = sorted({measure.key for measure in self.versions.values()})
        return tuple(one for key in keys if (one := self.latest(key)) is not None)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What measures may name: everything that a pathway of the service has."""

    pathways: frozenset[str]
    actions: frozenset[str]
    stages: frozenset[str]
    tiers: frozenset[str]
    tenures: frozenset[str]
    outcomes: frozenset[str]
    fields: Mapping[str, frozenset[str]]
    """Of each action the fields of its form."""
    waits_on: frozenset[str]


def load_measures(folder: Path, known: KnownNames, locked: Sequence[Locked] = ()) -> MeasureCatalogue:
    """Read and check every measure of a folder of pathways. Raises PathwayFaults with every fault found."""
    faults: list[Fault] = []
    found: dict[tuple[str, int], tuple[Source, MeasureDefinition]] = {}
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        if path.name == SETTINGS:
            continue
        try:
            source = read_source(path, f"{FOLDER}/{path.name}")
            one = validated(MeasureDefinition, source)
        except PathwayFaults as wrong:
            faults += wrong.faults
            continue
        faults += _check(source, one, path.name, known)
        found[one.key, one.version] = (source, one)
    settings = _settings(folder, {at: one for at, (_, one) in found.items()}, faults)
    if faults:
        raise PathwayFaults(faults)
    published = {entry.file for entry in locked if entry.key == FOLDER}
    return MeasureCatalogue(
        {
            at: Measure(one, _start(one, settings.get(at)), settings.get(at), _file(one) in published)
            for at, (_, one) in found.items()
        }
    )


def _file(one: MeasureDefinition) -> str:
    return f"{one.key}.v{one.version}.yaml"


def _start(one: MeasureDefinition, confirmed: Confirmed | None) -> Point | None:
    if one.confirm is None or confirmed is None:
        return one.from_
    return one.confirm.choices[confirmed.choice]


def _settings(
    folder: Path, measures: Mapping[tuple[str, int], MeasureDefinition], faults: list[Fault]
) -> dict[tuple[str, int], Confirmed]:
    path = folder / FOLDER / SETTINGS
    if not path.exists():
        return {}
    try:
        source = read_source(path, f"{FOLDER}/{SETTINGS}")
        settings = validated(MeasureSettings, source)
    except PathwayFaults as wrong:
        faults += wrong.faults
        return {}
    by_name = {f"{key}/{version}": (key, version) for key, version in measures}
    told: dict[tuple[str, int], Confirmed] = {}
    for name, word in settings.confirmed.items():
        at = by_name.get(name)
        asked = measures[at].confirm if at is not None else None
        where = ("confirmed", name)
        if at is None or asked is None:
            faults.append(source.fault(where, f"No measure {name} asks to be confirmed.", "Correct its name."))
        elif word.choice not in asked.choices:
            choices = ", ".join(asked.choices)
            faults.append(source.fault((*where, "choice"), f"“{word.choice}” is no choice.", f"Choose of: {choices}."))
        else:
            told[at] = word
    return told


def _check(source: Source, one: MeasureDefinition, file: str, known: KnownNames) -> Iterator[Fault]:
    if file != _file(one):
        yield source.fault(("key",), f"This file is called {file}.", f"Call it {_file(one)}.")
    if one.key in TAKEN:
        yield source.fault(("key",), f"“{one.key}” is the address of another report.", "Give the measure another key.")
    points: list[tuple[tuple[str | int, ...], Point]] = []
    if one.from_ is not None:
        points.append((("from",), one.from_))
    if one.to is not None:
        points.append((("to",), one.to))
    if one.confirm is not None:
        points += [(("confirm", "choices", name), point) for name, point in one.confirm.choices.items()]
    for at, point in points:
        yield from _check_point(source, at, point, known)
    lists: list[tuple[tuple[str | int, ...], Sequence[Any], frozenset[str], str]] = [
        (("stages",), one.stages, known.stages, "stage"),
        (("cases", "pathways"), one.cases.pathways, known.pathways, "pathway"),
        (("cases", "tiers"), one.cases.tiers, known.tiers, "tier"),
        (("cases", "tenures"), one.cases.tenures, known.tenures, "tenure"),
        (("leave_out", "outcomes"), one.leave_out.outcomes, known.outcomes, "outcome"),
        (("leave_out", "waits_on"), one.leave_out.waits_on, known.waits_on, "answer to whom a hold waits on"),
    ]
    lists += [
        (("target", "rules", place, "tiers"), rule.tiers, known.tiers, "tier")
        for place, rule in enumerate(one.target.rules if one.target else [])
    ]
    for where, names, there, what in lists:
        for place, name in enumerate(names):
            if name not in there:
                yield source.fault((*where, place), f"No pathway has the {what} “{name}”.", "Correct its spelling.")


def _check_point(source: Source, at: tuple[str | int, ...], point: Point, known: KnownNames) -> Iterator[Fault]:
    there = known.actions if point.at == "action" else known.stages
    for place, name in enumerate(point.any_of):
        if name not in there:
            what = "action" if point.at == "action" else "stage"
            where = (*at, "any_of", place)
            yield source.fault(where, f"No pathway has the {what} “{name}”.", "Correct its spelling.")
        elif point.where is not None and point.where.field not in known.fields.get(name, ()):
            message = f"The form of {name} has no field “{point.where.field}”."
            yield source.fault((*at, "where", "field"), message, "Correct its spelling.")
