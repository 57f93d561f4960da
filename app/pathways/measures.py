"""Measures as data: named, versioned ways to count over the journal, each with its definition and where it comes from.

A measure's numbers are never shown without it, so its words are part of it: a version that people have quoted must
stay what it was, and a change of what is counted is a new version with a file of its own (`<key>.v<version>.yaml`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from app.pathways.faults import Fault, PathwayFaults
from app.pathways.form_definition import Definition, Name, Slug, Words
from app.pathways.published import Locked, is_published
from app.pathways.source import Source, read_source
from app.pathways.validation import validated

FOLDER: Final = "measures"
SETTINGS: Final = "settings.yaml"
Grouping = Literal[
    "tenure", "tier", "organisation", "priority", "fast_track", "age_band", "adaptation", "locality", "funding",
    "landlord", "outcome", "month", "quarter", "year",
]  # fmt: skip
Literals = Annotated[list[Name | int], Field(min_length=1)]


class Where(Definition):
    """A further condition on an event: what was said in one field of its form."""

    field: Name
    is_: Literals = Field(alias="is")


class Point(Definition):
    """A moment in a case's episode: first contact, the referral, the solution, the end, an action, reaching a stage.

    An episode begins at first contact, or on the day the case was reopened.
    """

    at: Literal["first_contact", "referral", "solution", "end", "action", "stage_entered"]
    any_of: list[Name] = Field(default_factory=list, description="Which actions, or which stages.")
    which: Literal["first", "last"] = "first"
    where: Where | None = None

    @model_validator(mode="after")
    def _names_what_it_means(self) -> Self:
        named = self.at in ("action", "stage_entered")
        if named != bool(self.any_of):
            message = "say with any_of which ones." if named else f"{self.at} takes no any_of."
            raise ValueError(message)
        if self.where is not None and self.at != "action":
            message = "only an action has fields to look at."
            raise ValueError(message)
        if self.which == "last" and not named:
            message = f"{self.at} comes once an episode: leave `which` out."
            raise ValueError(message)
        return self


class LeaveOut(Definition):
    """What the second, net figure leaves out, and which cases or stays are not counted at all."""

    waits_on: list[Name] = Field(
        default_factory=list, description="The net figure leaves out holds that wait on these."
    )
    outcomes: list[Name] = Field(default_factory=list, description="Cases that ended like this are not counted.")
    journey_unknown: bool = Field(default=False, description="Leave out what ended by steps nobody wrote down.")


class Cases(Definition):
    """Which cases are counted; nothing said means all."""

    pathways: list[Slug] = Field(default_factory=list)
    tiers: list[Name] = Field(default_factory=list)
    tenures: list[Name] = Field(default_factory=list)


class TargetRule(Definition):
    """A number of working days; the first rule that fits a case's tier holds."""

    tiers: list[Name] = Field(default_factory=list)
    working_days: Annotated[int, Field(ge=0, le=2_000)]


class Target(Definition):
    """What is aimed at, and whose choice that is."""

    choice_of: Literal["partnership"]
    rules: list[TargetRule] = Field(min_length=1)


class Limit(Definition):
    """A limit in months that somebody set, such as a law: later than the same day of the month is over it."""

    months: Annotated[int, Field(ge=1, le=120)]
    source: Words


class ToConfirm(Definition):
    """What a person must confirm before the measure is used, and what it may be.

    `setting` is `from`: where the count starts; `choices` gives a point for each choice.
    """

    setting: Literal["from"]
    why: Words
    choices: dict[Name, Point] = Field(min_length=2)


class MeasureDefinition(Definition):
    """A measure as its file has it."""

    key: Slug
    version: Annotated[int, Field(ge=1, le=999)]
    title: Words
    definition: Annotated[str, Field(min_length=20, max_length=2_000, description="What is counted, in plain words.")]
    source: Words = Field(description="Where the measure comes from.")
    kind: Literal["interval", "stays", "open", "count", "cost"]
    unit: Literal["working_days", "calendar_days", "cases", "households", "pounds"]
    headline: Literal["median", "mean", "count", "sum"] = Field(description="Which figure is named first.")
    from_: Point | None = Field(None, alias="from")
    to: Point | None = None
    stages: list[Name] = Field(default_factory=list, description="Of `stays`: in which stages.")
    population: Literal["by_completion", "by_start", "open_at"] = "by_completion"
    leave_out: LeaveOut = LeaveOut()
    cases: Cases = Cases()
    group_by: list[Grouping] = Field(min_length=1, description="By what its figures may be told apart.")
    target: Target | None = None
    limit: Limit | None = None
    suppress_below: Annotated[int, Field(ge=3, le=20)] = Field(
        5, description="In what is published, fewer than this are not told."
    )
    confirm: ToConfirm | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for wrong in _gaps(self):
            raise ValueError(wrong)
        return self


def _gaps(one: MeasureDefinition) -> Iterator[str]:
    start = one.from_ is not None or one.confirm is not None
    if one.from_ is not None and one.confirm is not None:
        yield "`from` is to be confirmed, so it cannot be given here as well."
    if (one.kind == "stays") != bool(one.stages):
        yield "`stages` belongs to the kind `stays`, and that kind needs it."
    needs = {"interval": (True, True), "open": (True, True), "stays": (False, False)}
    if one.kind in needs and (start, one.to is not None) != needs[one.kind]:
        yield f"the kind `{one.kind}` needs {'from and to' if needs[one.kind][0] else 'neither from nor to'}."
    if one.kind in ("count", "cost") and (start or one.to is None):
        yield f"the kind `{one.kind}` needs `to`, the event that is counted, and no `from`."
    if one.kind == "cost" and (one.to is None or one.to.at != "action"):
        yield "costs are told by an action: let `to` name it."
    if (one.kind == "open") != (one.population == "open_at"):
        yield "`open_at` belongs to the kind `open`."
    headlines = {"count": ("count",), "open": ("count",), "cost": ("sum",)}.get(one.kind, ("median", "mean"))
    if one.headline not in headlines:
        yield f"the kind `{one.kind}` names first: {' or '.join(headlines)}."
    if one.population == "by_start" and one.kind not in ("interval", "stays"):
        yield "only what takes time can be counted by its start."
    units = {"interval": "days", "stays": "days", "cost": "pounds", "count": "cases", "open": "cases or households"}
    fits = one.unit.endswith("days") if one.kind in ("interval", "stays") else one.unit in units[one.kind]
    if not fits:
        yield f"the kind `{one.kind}` counts {units[one.kind]}."


class Confirmed(Definition):
    """Somebody's word on what a measure left to be confirmed."""

    choice: Name
    by: Words
    on: Words


class MeasureSettings(Definition):
    """The partnership's own word on measures that ask for one, by `<key>/<version>`."""

    confirmed: dict[str, Confirmed] = Field(default_factory=dict)


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
    return MeasureCatalogue(
        {
            at: Measure(one, _start(one, settings.get(at)), settings.get(at), is_published(locked, FOLDER, one.version)
                        and any(entry.file == f"{one.key}.v{one.version}.yaml" for entry in locked))
            for at, (_, one) in found.items()
        }
    )  # fmt: skip


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
    if file != f"{one.key}.v{one.version}.yaml":
        yield source.fault(("key",), f"This file is called {file}.", f"Call it {one.key}.v{one.version}.yaml.")
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
