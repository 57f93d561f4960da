"""A compiled pathway: the only judge of what may happen to a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import BaseModel
from transitions import Machine

from app.pathways import decide, examples, targets
from app.pathways.catalogue import Catalogue
from app.pathways.compiled_action import CompiledAction
from app.pathways.definition import PathwayDefinition, StageDefinition
from app.pathways.facts import Facts, State
from app.pathways.form_definition import FieldDefinition
from app.pathways.forms import options_of
from app.pathways.question import Need, Question
from app.pathways.results import Blocker, Decision, Move, Refused
from app.pathways.targets import Target
from app.pathways.triage import Proposal, Triage
from app.pathways.vocabulary import Vocabulary


class UnknownAction(KeyError):
    """The pathway has no action of this name."""


@dataclass(frozen=True)
class CompiledPathway:
    """One version of one pathway, checked and compiled. Two calls with the same facts answer the same."""

    definition: PathwayDefinition
    catalogue: Catalogue
    triage: Triage
    vocabulary: Vocabulary
    states: frozenset[State]
    choices: Mapping[str, Mapping[str, str]]
    published: bool
    compiled: Mapping[str, CompiledAction] = field(repr=False)
    machine: Machine = field(repr=False)

    @property
    def key(self) -> str:
        return self.definition.key

    @property
    def version(self) -> int:
        return self.definition.version

    @property
    def title(self) -> str:
        return self.definition.title

    @property
    def calendar_key(self) -> str:
        return self.definition.calendar

    @cached_property
    def initial_action(self) -> str:
        """The action that opens a case."""
        return next(name for name, action in self.definition.actions.items() if action.starts)

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, in the order of the file."""
        return tuple(self.compiled)

    def action(self, name: str) -> CompiledAction:
        """Return what is known of an action. Raises UnknownAction."""
        try:
            return self.compiled[name]
        except KeyError:
            raise UnknownAction(name) from None

    def label(self, action: str) -> str:
        """Name an action as a button would."""
        return self.action(action).definition.label

    def past_label(self, action: str) -> str:
        """Name an action as the journal would, such as "Escalated"."""
        return self.action(action).definition.past_label

    @cached_property
    def _leaving(self) -> Mapping[State, list[str]]:
        return {
            state: [name for name, action in self.compiled.items() if action.leaves(state)] for state in self.states
        }

    def actions_from(self, state: State) -> list[str]:
        """List the actions that stand in a state, in the order of the file."""
        return list(self._leaving.get(state, ()))

    def roles_for(self, action: str) -> frozenset[str]:
        """Say which roles may take an action. Raises UnknownAction."""
        return self.action(action).roles

    def needs(self, action: str) -> frozenset[Need]:
        """Name the costly facts that an action reads. Raises UnknownAction."""
        return self.action(action).needs

    def form(self, action: str) -> type[BaseModel]:
        """Give an action's form: a Pydantic model that refuses unknown fields. Raises UnknownAction."""
        return self.action(action).form

    def fields(self, action: str) -> Mapping[str, FieldDefinition]:
        """Give the questions of an action's form, in order, for pages. Raises UnknownAction."""
        return self.action(action).fields

    def options(self, question: FieldDefinition) -> Mapping[str, str]:
        """Give the answers that a field offers, key to label; none when it is not a choice."""
        return options_of(question, self.choices)

    def form_schema(self, action: str, *, example: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Give an action's form as JSON Schema, with the example when one is given. Raises UnknownAction.

        The inner parts are shared between calls: do not change them.
        """
        examples_given = {} if example is None else {"examples": [dict(example)]}
        return {**self.action(action).schema, **examples_given}

    def example_details(self, action: str, facts: Facts, *, meetings: Sequence[int] = ()) -> dict[str, object]:
        """Fill in an action's form as an ordinary case like this one would: valid for this case, today.

        `meetings` are ids of meetings the case could be scheduled for. Raises UnknownAction.
        """
        asked = self.question(facts)
        return examples.example_details(self.action(action), asked, self.choices, meetings)

    def destinations(self, state: State, action: str, resume_stage: str | None = None) -> list[State]:
        """List where an action can lead from a state, without doubles. Raises UnknownAction."""
        arcs = self.action(action).arcs.get(state, ())
        fitting = (arc.to for arc in arcs if not arc.stage_left or resume_stage in {None, arc.to.stage})
        return list(dict.fromkeys(fitting))

    def blockers(
        self, state: State, action: str, facts: Facts, details: Mapping[str, object] | None = None
    ) -> tuple[Blocker, ...]:
        """List what stands in the way of an action before its form is filled in. Raises UnknownAction."""
        known = self.action(action)
        if not known.leaves(state):
            return (self._not_from_here(state, known),)
        return tuple(decide.blockers_of(known, self._question(state, facts, details or {})))

    def decide(
        self,
        state: State | None,
        action: str,
        facts: Facts,
        details: Mapping[str, object] | BaseModel,
    ) -> Decision:
        """Judge one action: a move, every blocker, or what is wrong with the form. Raises UnknownAction.

        `state` is None for a case that the action opens. `details` are the answers as JSON has them.
        """
        known = self.action(action)
        if not known.leaves(state):
            return Refused((self._not_from_here(state, known),))
        asked = self._question(state or facts.state, facts, {})
        decision = decide.decide(known, asked, details, starting=state is None)
        if isinstance(decision, Move) and known.definition.records:
            return replace(decision, recorded={"triage": self._triage_of(facts)})
        return decision

    def stage(self, key: str) -> StageDefinition:
        """Return what is known of a stage. Raises KeyError."""
        return self.definition.stages[key]

    def stage_group(self, key: str) -> str:
        """Return a stage's group, such as `deciding`. Raises KeyError."""
        return self.definition.stages[key].group

    def is_open(self, stage: str) -> bool:
        """Tell whether a case in this stage still goes on. Raises KeyError."""
        return self.definition.stages[stage].group != "ended"

    def target(self, tier: str, stage: str, priority: str | None, fast_track: str | None) -> Target | None:
        """Return a stage's target for a case; None where there is none."""
        return targets.stage_target(self.definition.targets, tier, stage, priority, fast_track)

    def end_to_end_target(self, tier: str) -> Target | None:
        """Return the target from first contact to the solution being in place."""
        return targets.end_to_end_target(self.definition.targets, tier)

    def is_urgent(self, priority: str | None, fast_track: str | None) -> bool:
        """Tell whether a case has the shortened targets."""
        return targets.is_urgent(self.definition.targets.urgent, priority, fast_track)

    def propose_tier(self, adaptations: Sequence[str], flags: Sequence[str]) -> Proposal:
        """Propose a tier, with reasons. Raises UnknownWord for what this version does not have."""
        return self.triage.propose(adaptations, flags)

    def migrated(self, state: State) -> State:
        """Say where a state of the version that this one replaces goes. Raises KeyError when it goes nowhere."""
        replaces = self.definition.replaces
        if replaces is None:
            raise KeyError(str(state))
        return State(replaces.tiers.get(state.tier, state.tier), replaces.stages[state.stage])

    def _triage_of(self, facts: Facts) -> dict[str, object]:
        """Tell what triage says now; words that another version of the pathway had do not count."""
        adaptations = [key for key in facts.adaptations if self.catalogue.get(key)]
        flags = [flag for flag in facts.flags if flag in self.triage.flags]
        return {"proposed_tier": facts.proposed_tier, **self.propose_tier(adaptations, flags).recorded()}

    def question(self, facts: Facts) -> Question:
        """Put the question of a form that nobody has filled in yet."""
        return self._question(facts.state, facts, {})

    def _question(self, state: State, facts: Facts, details: Mapping[str, object]) -> Question:
        return Question(state, facts, details, self.definition, self.catalogue)

    def _not_from_here(self, state: State | None, action: CompiledAction) -> Blocker:
        about = self.definition.stages.get(state.stage) if state else None
        if about is None or state is None:
            return Blocker("not_from_here", f"“{action.definition.label}” cannot open a case.")
        possible = ", ".join(self.label(name) for name in self.actions_from(state))
        here = f"while the case is at “{about.label}”"
        now = f" Possible now: {possible}." if possible else " Nothing more can be done with it."
        return Blocker("not_from_here", f"“{action.definition.label}” is not possible {here}.{now}")
