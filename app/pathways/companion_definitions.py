"""The shape of the files beside a pathway: its catalogue of adaptations, its triage table, the vocabulary."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.pathways.form_definition import Definition, Name, Words

Synonyms = Annotated[list[Words], Field(description="Other ways people write it; case and punctuation do not count.")]


Term = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,47}$")]


class ItemDefinition(Definition):
    """One adaptation. Costs are whole pounds."""

    label: Words
    synonyms: Synonyms
    base_tier: Name
    specification: Words = Field(description="What is normally provided.")
    cost_from: int = Field(ge=0)
    cost_to: int = Field(ge=0)
    reusable: bool = Field(description="It can be taken out and used again elsewhere.")
    extension: bool = Field(default=False, description="It adds living space, which a mandatory grant may not.")


class CatalogueDefinition(Definition):
    """The adaptations that can be asked for."""

    choice_of: Literal["partnership"]
    note: Words
    qualifiers: list[Words] = Field(description="Words beside an item that do not change what it is.")
    items: dict[Name, ItemDefinition] = Field(min_length=1)


class FlagDefinition(Definition):
    """Something about the person or the work that may call for more skill."""

    label: Words
    hint: Words | None = None


class TriageRow(Definition):
    """A row of the table: when it matches, the case is at least in this tier, or so many tiers up."""

    reason: Words
    any_flag: list[Name] | None = None
    adaptations_at_least: int | None = Field(None, ge=1)
    at_least: Name | None = None
    tiers_up: int | None = Field(None, ge=1, description="So many tiers above the adaptations' own.")


class TriageDefinition(Definition):
    """How a tier is proposed: each adaptation's own tier and every matching row; the highest wins."""

    choice_of: Literal["partnership"]
    note: Words
    no_adaptation: Name = Field(description="The tier when no adaptation is named.")
    flags: dict[Name, FlagDefinition]
    rows: list[TriageRow]


class TermDefinition(Definition):
    """One thing that a partner's spreadsheet may call by many names."""

    label: Words
    synonyms: Synonyms


class VocabularyDefinition(Definition):
    """Tables of terms, such as tenure or outcome, by which other people's words are understood."""

    tables: dict[Name, dict[Term, TermDefinition]]
