"""Loads every pathway of a folder, or tells every fault in it.

<folder>/published.lock  vocabulary.yaml  [survey.yaml: what people are asked in the end]
<folder>/<key>/v1.yaml  catalogue.yaml  triage.yaml  [vocabulary.yaml: tables of this pathway's own]
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from app.kernel.calendars import Calendar
from app.pathways import companion_checks, version_checks
from app.pathways.checks import check_names
from app.pathways.companion_definitions import CatalogueDefinition, TriageDefinition, VocabularyDefinition
from app.pathways.compiler import Parts, choice_lists, compile_pathway
from app.pathways.definition import PathwayDefinition
from app.pathways.faults import Fault, PathwayFaults
from app.pathways.form_checks import check_forms
from app.pathways.graph_checks import check_graph
from app.pathways.measure_packs import PackDefinition, load_packs
from app.pathways.measures import KnownNames, MeasureCatalogue, load_measures
from app.pathways.pathway import CompiledPathway
from app.pathways.published import Locked, check_lock, is_published, read_lock
from app.pathways.source import Source, read_source
from app.pathways.survey import SURVEY, SurveyDefinition, check_survey
from app.pathways.validation import validated
from app.pathways.vocabulary import Vocabulary

Model = TypeVar("Model", bound=BaseModel)
Read = TypeVar("Read")
VOCABULARY = "vocabulary.yaml"


class UnknownPathway(KeyError):
    """There is no such pathway, or no such version of it."""


@dataclass(frozen=True, slots=True)
class PathwayCatalogue:
    """Every version of every pathway that the service knows. `vocabulary` has the tables that all share.

    `survey` is what people are asked in the end, on whatever pathway; None where the partnership asks nothing.
    """

    versions: Mapping[tuple[str, int], CompiledPathway]
    vocabulary: Vocabulary
    default_key: str
    survey: SurveyDefinition | None = None
    measures: MeasureCatalogue = field(default_factory=MeasureCatalogue)
    packs: Mapping[str, PackDefinition] = field(default_factory=dict)

    def get(self, key: str, version: int) -> CompiledPathway:
        """Return one version. Raises UnknownPathway."""
        try:
            return self.versions[key, version]
        except KeyError:
            raise UnknownPathway(f"{key} version {version}") from None

    def latest(self, key: str) -> CompiledPathway:
        """Return the newest published version, or the newest of all while none is published.

        Raises UnknownPathway.
        """
        of_key = [pathway for pathway in self.all() if pathway.key == key]
        if not of_key:
            raise UnknownPathway(key)
        return max(of_key, key=lambda pathway: (pathway.published, pathway.version))

    @property
    def default(self) -> CompiledPathway:
        """The pathway of a referral that names none."""
        return self.latest(self.default_key)

    def all(self) -> tuple[CompiledPathway, ...]:
        """Return every version, by key and number."""
        return tuple(self.versions[at] for at in sorted(self.versions))


def load_pathways(folder: Path, calendars: Mapping[str, Calendar]) -> PathwayCatalogue:
    """Read, check and compile a folder of pathways. Raises PathwayFaults with every fault found."""
    return _Loading(folder, calendars).run()


@dataclass(slots=True)
class _Version:
    source: Source
    definition: PathwayDefinition


@dataclass(slots=True)
class _Loading:
    folder: Path
    calendars: Mapping[str, Calendar]
    faults: list[Fault] = field(default_factory=list)
    locked: tuple[Locked, ...] = ()

    def run(self) -> PathwayCatalogue:
        self.locked = self._try(lambda: read_lock(self.folder)) or ()
        self.faults += check_lock(self.folder, self.locked)
        shared = self._vocabulary(VOCABULARY)
        survey = self._survey()
        found = [self._version(path) for path in sorted(self.folder.glob("*/v[0-9]*.yaml"))]
        versions = {
            (version.definition.key, version.definition.version): version for version in found if version is not None
        }
        if not found:
            self.faults.append(Fault(self.folder.name, 1, "No pathway is here.", "Add <key>/v1.yaml."))
        parts = [self._parts(version, versions.values(), shared) for version in versions.values()]
        self.faults += _default_faults(versions.values())
        definitions = [version.definition for version in versions.values()]
        # What a broken pathway names would be told again as a fault of every measure: pathways first.
        measures = (
            None
            if self.faults
            else self._try(lambda: load_measures(self.folder, known_names(definitions), self.locked))
        )
        packs = None if measures is None else self._try(lambda: load_packs(self.folder, measures))
        if self.faults:
            raise PathwayFaults(self.faults)
        compiled = [compile_pathway(part) for part in parts if part is not None]
        return PathwayCatalogue(
            {(pathway.key, pathway.version): pathway for pathway in compiled},
            Vocabulary.of(*filter(None, [shared])),
            _default_key(versions.values()),
            survey,
            measures or MeasureCatalogue(),
            packs or {},
        )

    def _try(self, read: Callable[[], Read]) -> Read | None:
        try:
            return read()
        except PathwayFaults as found:
            self.faults += found.faults
            return None

    def _read(self, name: str, model: type[Model]) -> tuple[Source, Model] | None:
        def read() -> tuple[Source, Model]:
            source = read_source(self.folder / name, name)
            return source, validated(model, source)

        return self._try(read)

    def _version(self, path: Path) -> _Version | None:
        read = self._read(f"{path.parent.name}/{path.name}", PathwayDefinition)
        return _Version(*read) if read else None

    def _parts(
        self, version: _Version, versions: Iterable[_Version], shared: VocabularyDefinition | None
    ) -> Parts | None:
        source, definition = version.source, version.definition
        catalogue = self._read(f"{definition.key}/{definition.catalogue}", CatalogueDefinition)
        triage = self._read(f"{definition.key}/{definition.triage}", TriageDefinition)
        known = {(other.definition.key, other.definition.version): other.definition for other in versions}
        faults = list(version_checks.check_place(source, definition))
        faults += version_checks.check_replaces(source, definition, known)
        wrong_names = list(check_names(source, definition, self.calendars))
        # A wrong name would be reported again as a stage out of reach: names first, then the whole.
        faults += wrong_names or check_graph(source, definition)
        own = self._own_vocabulary(definition.key)
        if catalogue is not None:
            faults += companion_checks.check_catalogue(*catalogue, definition)
            faults += check_forms(source, definition, choice_lists(definition, catalogue[1]))
        if triage is not None:
            faults += companion_checks.check_triage(*triage, definition)
        self.faults += faults
        if catalogue is None or triage is None:
            return None
        return Parts(
            pathway=definition,
            catalogue=catalogue[1],
            triage=triage[1],
            vocabulary=Vocabulary.of(*filter(None, [shared, own])),
            published=is_published(self.locked, definition.key, definition.version),
        )

    def _own_vocabulary(self, key: str) -> VocabularyDefinition | None:
        name = f"{key}/{VOCABULARY}"
        return self._vocabulary(name) if (self.folder / name).exists() else None

    def _vocabulary(self, name: str) -> VocabularyDefinition | None:
        read = self._read(name, VocabularyDefinition)
        if read is None:
            return None
        self.faults += companion_checks.check_vocabulary(*read)
        return read[1]

    def _survey(self) -> SurveyDefinition | None:
        read = self._read(SURVEY, SurveyDefinition) if (self.folder / SURVEY).exists() else None
        if read is None:
            return None
        self.faults += check_survey(*read)
        return read[1]


def known_names(definitions: Sequence[PathwayDefinition]) -> KnownNames:
    """Everything in these pathways that a measure may name."""
    actions = [(name, action, one) for one in definitions for name, action in one.actions.items()]
    fields: dict[str, frozenset[str]] = {}
    for name, action, one in actions:
        form = one.forms.get(action.form) if action.form else None
        fields[name] = fields.get(name, frozenset()) | frozenset(form.fields if form else ())
    return KnownNames(
        pathways=frozenset(one.key for one in definitions),
        actions=frozenset(fields),
        stages=frozenset(name for one in definitions for name in one.stages),
        tiers=frozenset(name for one in definitions for name in one.tiers),
        tenures=frozenset(name for one in definitions for name in one.tenures),
        outcomes=frozenset(name for one in definitions for name in one.outcomes),
        fields=fields,
        waits_on=frozenset(name for one in definitions for name in one.choices.get("waits_on", {})),
    )


def _default_key(versions: Iterable[_Version]) -> str:
    definitions = [version.definition for version in versions]
    return next((one.key for one in definitions if one.default), definitions[0].key)


def _default_faults(versions: Iterable[_Version]) -> Iterable[Fault]:
    marked = [version for version in versions if version.definition.default]
    for version in marked[1:]:
        if version.definition.key != marked[0].definition.key:
            message = f"{marked[0].definition.key} is the default pathway already."
            yield version.source.fault(("default",), message, "Mark one pathway only.")
