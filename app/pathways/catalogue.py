"""The adaptations that can be asked for, found by key or by whatever words somebody has used for them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.pathways.companion_definitions import CatalogueDefinition, ItemDefinition
from app.pathways.words import normal, singular

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_QUANTITY = re.compile(r"(x?\d{1,3}x?|\d{1,3}(no|nr|off)|x|no|nr|qty|pair|pairs|set|sets|of)")
_JOINTS = re.compile(r"\s*(?:\+|&|,|/|\band\b|\bplus\b|\bwith\b)\s*", re.IGNORECASE)
_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue of one pathway version, in the order of its file."""

    items: Mapping[str, ItemDefinition]
    phrases: Mapping[str, str] = field(repr=False)
    qualifiers: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, definition: CatalogueDefinition) -> "Catalogue":
        """Index a catalogue by all the words that its items are known by."""
        phrases = {
            plain(name): key for key, item in definition.items.items() for name in (*item.synonyms, item.label, key)
        }
        words = {singular(word) for phrase in definition.qualifiers for word in normal(phrase).split()}
        return cls(definition.items, phrases, frozenset(words))

    def get(self, key: str) -> ItemDefinition | None:
        """Return an item, or None when the key is not in this version's catalogue."""
        return self.items.get(key)

    def listed(self) -> list[dict[str, object]]:
        """Return every item as plain data, for programs."""
        return [{"key": key, **item.model_dump(mode="json")} for key, item in self.items.items()]

    def label(self, key: str) -> str:
        """Name an item for people; a key of another version's catalogue is shown as it is, in words."""
        item = self.items.get(key)
        return item.label if item else key.replace("_", " ")

    def is_extension(self, key: str) -> bool:
        """Tell whether an item adds living space."""
        item = self.items.get(key)
        return item is not None and item.extension

    def match(self, text: str) -> str | None:
        """Return the key of what somebody asked for in their own words: the first, if it is several."""
        return next(iter(self.match_all(text)), None)

    def match_all(self, text: str) -> tuple[str, ...]:
        """Return the keys of everything asked for in one phrase, such as `over-bath shower + grab rail`.

        The whole phrase is tried first, then its parts. Quantities and words that only qualify are left
        out; any other word that is not understood means that nothing matches, rather than half of it.
        """
        if len(text) > _MAX_LENGTH:
            return ()
        if whole := self._one(text):
            return (whole,)
        parts = [part for part in _JOINTS.split(text) if part.strip()]
        found = [self._one(part) for part in parts]
        if len(parts) < 2 or None in found:  # a part that nobody understands must not vanish
            return ()
        return tuple(dict.fromkeys(key for key in found if key))

    def _one(self, text: str) -> str | None:
        for candidate in (text, _BRACKETS.sub(" ", text)):
            words = plain(candidate).split()
            if key := self.phrases.get(" ".join(words)):
                return key
            if key := self._around_qualifiers(words):
                return key
        return None

    def _around_qualifiers(self, words: list[str]) -> str | None:
        """Find the longest known phrase when every word around it is a quantity or a qualifier."""
        for start, end in _spans(len(words)):
            key = self.phrases.get(" ".join(words[start:end]))
            if key and all(self._says_nothing(word) for word in (*words[:start], *words[end:])):
                return key
        return None

    def _says_nothing(self, word: str) -> bool:
        return word in self.qualifiers or _QUANTITY.fullmatch(word) is not None


def _spans(length: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of every stretch of so many words, the longest first."""
    for size in range(length, 0, -1):
        for start in range(length - size + 1):
            yield start, start + size


def plain(phrase: str) -> str:
    """Write a phrase as the catalogue looks it up: normal words, each in the singular."""
    return " ".join(singular(word) for word in normal(phrase).replace("+", " ").split())
