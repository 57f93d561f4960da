"""The public face of a compiled pathway, for those who build on it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pydantic import BaseModel

from app.pathways.facts import Facts, State
from app.pathways.results import Blocker, Incomplete, Move, Refused


class Pathway(Protocol):
    """One version of one pathway, checked and compiled: the only judge of what may happen to a case."""

    key: str
    version: int
    title: str
    calendar_key: str
    initial_action: str
    states: frozenset[State]
    actions: tuple[str, ...]

    def actions_from(self, state: State) -> list[str]:
        """List the actions that leave a state, in the order of the definition."""

    def roles_for(self, action: str) -> frozenset[str]:
        """Say which roles may take an action."""

    def needs(self, action: str) -> frozenset[str]:
        """Name the costly facts an action reads: assignee, repeats, meeting, direct_provision."""

    def form(self, action: str) -> type[BaseModel]:
        """Give the form of an action: a Pydantic model that refuses unknown fields."""

    def form_schema(self, action: str, *, example: Mapping[str, object] | None = None) -> dict[str, object]:
        """Give the form as JSON Schema, with `examples` when one is given."""

    def example_details(self, action: str, facts: Facts, *, meetings: Sequence[int] = ()) -> dict[str, object]:
        """Fill in the form as an ordinary case like this one would: valid, and accepted if nothing blocks."""

    def destinations(self, state: State, action: str, resume_stage: str | None = None) -> list[State]:
        """List where an action can lead from a state."""

    def blockers(
        self, state: State, action: str, facts: Facts, details: Mapping[str, object] | None = None
    ) -> tuple[Blocker, ...]:
        """List everything in the way, before or after a form is filled in."""

    def decide(
        self,
        state: State | None,
        action: str,
        facts: Facts,
        details: Mapping[str, object] | BaseModel,
    ) -> Move | Refused | Incomplete:
        """Judge one action: a move, every blocker, or what is wrong with the form."""
