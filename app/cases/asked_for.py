"""What was asked for, in whatever words: found in the catalogue, or what may have been meant. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from app.pathways.catalogue import Catalogue, plain

ALIKE = 70
OFFERED = 3


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Words that are not in the catalogue, with the labels of what may have been meant."""

    words: str
    perhaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Keys of the catalogue, and what was not understood."""

    keys: tuple[str, ...]
    not_understood: tuple[NotUnderstood, ...]


def read_asked_for(phrases: Sequence[str], catalogue: Catalogue) -> AskedFor:
    """Find each phrase in the catalogue; a phrase may name several things."""
    keys: list[str] = []
    others: list[NotUnderstood] = []
    for phrase in phrases:
        found = (phrase,) if catalogue.get(phrase) else catalogue.match_all(phrase)
        keys += found
        if not found:
            others.append(NotUnderstood(phrase, tuple(_perhaps(phrase, catalogue))))
    return AskedFor(tuple(dict.fromkeys(keys)), tuple(others))


def _perhaps(phrase: str, catalogue: Catalogue) -> Iterator[str]:
    """Labels of the likeliest items, each once."""
    alike = process.extract(plain(phrase), list(catalogue.phrases), scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=12)
    keys = dict.fromkeys(catalogue.phrases[words] for words, _, _ in alike)
    yield from (catalogue.label(key) for key in list(keys)[:OFFERED])


def everything_known(catalogue: Catalogue) -> tuple[str, ...]:
    """Every label and synonym, to be offered while somebody types."""
    words = (name for item in catalogue.items.values() for name in (item.label, *item.synonyms))
    return tuple(dict.fromkeys(words))
