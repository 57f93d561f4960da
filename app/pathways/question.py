"""What a blocker or a condition may look at: the case, the form as filled in so far, and the pathway's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.pathways.catalogue import Catalogue
from app.pathways.definition import PathwayDefinition, TierDefinition
from app.pathways.facts import Facts, State

Need = Literal["assignee", "repeats", "meeting", "direct_provision"]
"""A fact that costs a query of its own, so it is loaded only for the actions that read it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One action asked of one case. `details` are the form's checked values; empty before it is filled in."""

    state: State
    facts: Facts
    details: Mapping[str, object]
    pathway: PathwayDefinition
    catalogue: Catalogue

    @property
    def tier(self) -> TierDefinition:
        """The tier that the case is in."""
        return self.pathway.tiers[self.state.tier]

    def words_for(self, items: tuple[str, ...]) -> str:
        """Name adaptations for a sentence, such as `stairlift, key safe`."""
        return ", ".join(self.catalogue.label(item).lower() for item in items)
