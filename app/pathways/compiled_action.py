"""One action of a compiled pathway: who may take it, from where to where, its form and its blockers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from transitions.core import Event

from app.pathways.arcs import Arc
from app.pathways.blockers import BlockerRule
from app.pathways.definition import ActionDefinition
from app.pathways.facts import State
from app.pathways.form_definition import FieldDefinition
from app.pathways.question import Need


@dataclass(frozen=True, slots=True)
class CompiledAction:
    """What the definition says of an action, resolved. `event` is its event in the machine.

    `schema` is the form's JSON Schema, kept because working it out takes longer than deciding does.
    A state in `blockers` alone is one where the action is shown but can lead nowhere.
    """

    name: str
    definition: ActionDefinition
    roles: frozenset[str]
    fields: Mapping[str, FieldDefinition]
    form: type[BaseModel]
    schema: Mapping[str, Any]
    arcs: Mapping[State | None, tuple[Arc, ...]]
    blockers: Mapping[State, tuple[BlockerRule, ...]]
    needs: frozenset[Need]
    event: Event

    def leaves(self, state: State | None) -> bool:
        """Tell whether the action stands in a state at all, blocked or not."""
        return state in self.arcs or state in self.blockers
