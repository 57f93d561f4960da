"""Understands what other people's spreadsheets say: `HA tenant` is a tenant of a registered social landlord."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.pathways.companion_definitions import TermDefinition, VocabularyDefinition
from app.pathways.words import normal

Tables = Mapping[str, Mapping[str, TermDefinition]]
_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tables of terms, each with the words that people use for it."""

    tables: Tables
    phrases: Mapping[str, Mapping[str, str]] = field(repr=False)

    @classmethod
    def of(cls, *definitions: VocabularyDefinition) -> "Vocabulary":
        """Index the tables; a table of a later definition replaces one of the same name."""
        tables = {name: table for definition in definitions for name, table in definition.tables.items()}
        phrases = {
            name: {normal(words): key for key, term in table.items() for words in (*term.synonyms, term.label, key)}
            for name, table in tables.items()
        }
        return cls(tables, phrases)

    def match(self, table: str, text: str) -> str | None:
        """Return the key that a table has for somebody's words, or None when they are not understood.

        Raises KeyError for a table that does not exist.
        """
        if len(text) > _MAX_LENGTH:
            return None
        return self.phrases[table].get(normal(text))

    def label(self, table: str, key: str) -> str:
        """Name a key for people; one that the table does not have is shown as it is, in words."""
        term = self.tables.get(table, {}).get(key)
        return term.label if term else key.replace("_", " ")
