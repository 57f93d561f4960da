"""Checks the files beside a pathway: catalogue, triage table and vocabulary."""

from collections.abc import Callable, Iterator, Mapping

from app.pathways.catalogue import plain
from app.pathways.checks import NameCheck
from app.pathways.companion_definitions import CatalogueDefinition, TriageDefinition, VocabularyDefinition
from app.pathways.definition import PathwayDefinition
from app.pathways.faults import Fault
from app.pathways.source import Location, Source
from app.pathways.words import normal


def check_catalogue(source: Source, catalogue: CatalogueDefinition, pathway: PathwayDefinition) -> Iterator[Fault]:
    """Check tiers and costs, and that no two items are known by the same words."""
    look = NameCheck(source)
    for key, item in catalogue.items.items():
        yield from look.among(("items", key, "base_tier"), item.base_tier, pathway.tiers, "tier")
        if item.cost_to < item.cost_from:
            at: Location = ("items", key, "cost_to")
            yield source.fault(at, "The range of costs ends below its beginning.", "Exchange the two.")
    known = {key: [item.label, *item.synonyms] for key, item in catalogue.items.items()}
    yield from _said_twice(source, ("items",), known, plain)


def check_triage(source: Source, triage: TriageDefinition, pathway: PathwayDefinition) -> Iterator[Fault]:
    """Check the tiers and flags of a triage table, and that each row says when and what."""
    look = NameCheck(source)
    yield from look.among(("no_adaptation",), triage.no_adaptation, pathway.tiers, "tier")
    for index, row in enumerate(triage.rows):
        at: Location = ("rows", index)
        yield from look.each((*at, "any_flag"), row.any_flag, triage.flags, "flag")
        if row.at_least is not None:
            yield from look.among((*at, "at_least"), row.at_least, pathway.tiers, "tier")
        if row.any_flag is None and row.adaptations_at_least is None:
            yield source.fault(at, "This row matches always.", "Say which flags, or how many adaptations.")
        if (row.at_least is None) == (row.tiers_up is None):
            yield source.fault(at, "A row has “at_least” or “tiers_up”.", "Give the one or the other.")


def check_vocabulary(source: Source, vocabulary: VocabularyDefinition) -> Iterator[Fault]:
    """Check that no words mean two things in one table."""
    for name, table in vocabulary.tables.items():
        known = {key: [term.label, *term.synonyms] for key, term in table.items()}
        yield from _said_twice(source, ("tables", name), known, normal)


def _said_twice(
    source: Source, at: Location, known: Mapping[str, list[str]], form: Callable[[str], str]
) -> Iterator[Fault]:
    meaning: dict[str, str] = {form(key): key for key in known}
    for key, phrases in known.items():
        for phrase in phrases:
            other = meaning.setdefault(form(phrase), key)
            if other != key:
                message = f"“{phrase}” stands for both {other} and {key}."
                yield source.fault((*at, key), message, "Keep it with one of the two.")
