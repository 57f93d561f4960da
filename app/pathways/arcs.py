"""Expands the moves of a definition into arcs: from one state to one state, under what is said in data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.pathways.conditions import CONDITIONS, Condition
from app.pathways.definition import ActionDefinition, MoveDefinition, PathwayDefinition
from app.pathways.facts import State
from app.pathways.form_definition import FieldType
from app.pathways.question import Question

ENTRY, STAGE_LEFT = "entry", "stage_left"


@dataclass(frozen=True, slots=True)
class Arc:
    """One way from a state (None: a new case) to another. `chosen` names the field that chooses the tier."""

    from_: State | None
    to: State
    chosen: str | None = None
    proposed: bool = False
    stage_left: bool = False
    when: tuple[tuple[str, tuple[object, ...]], ...] = ()
    given: Condition | None = None

    def fits(self, question: Question) -> bool:
        """Tell whether the case and the answers in its form lead this way."""
        details, facts = question.details, question.facts
        if self.chosen and details.get(self.chosen) != self.to.tier:
            return False
        if self.proposed and facts.proposed_tier != self.to.tier:
            return False
        if self.stage_left and facts.resume_stage != self.to.stage:
            return False
        if any(details.get(field) not in answers for field, answers in self.when):
            return False
        return self.given is None or self.given.holds(question)


def states_of(definition: PathwayDefinition) -> frozenset[State]:
    """Return every pair of tier and stage that makes sense."""
    return frozenset(
        State(tier, stage)
        for stage, about in definition.stages.items()
        for tier in (definition.tiers if about.tiers is None else about.tiers)
    )


def stages_named(definition: PathwayDefinition, names: Sequence[str]) -> frozenset[str]:
    """Resolve stages and sets of stages."""
    return frozenset(stage for name in names for stage in definition.stage_sets.get(name, [name]))


def roles_named(definition: PathwayDefinition, names: Sequence[str]) -> frozenset[str]:
    """Resolve roles and sets of roles."""
    return frozenset(role for name in names for role in definition.role_sets.get(name, [name]))


def field_of_type(definition: PathwayDefinition, action: ActionDefinition, kind: FieldType) -> str | None:
    """Name the field of an action's form that has a type, if there is one."""
    form = definition.forms.get(action.form or "")
    return next((name for name, field in form.fields.items() if field.type is kind), None) if form else None


def arcs_of(definition: PathwayDefinition, name: str) -> Mapping[State | None, tuple[Arc, ...]]:
    """Expand one action: every state it leaves, with the arcs in the order of the file."""
    action = definition.actions[name]
    starts: list[State | None] = [None] if action.starts else []
    from_stages = stages_named(definition, action.from_)
    starts += sorted(state for state in states_of(definition) if state.stage in from_stages)
    expander = _Expander(definition, action)
    return {start: arcs for start in starts if (arcs := tuple(expander.from_state(start)))}


@dataclass(frozen=True, slots=True)
class _Expander:
    definition: PathwayDefinition
    action: ActionDefinition

    def from_state(self, start: State | None) -> Iterator[Arc]:
        for move in self.action.moves:
            if self._applies(move, start):
                for tier in self._tiers(move, start):
                    for stage in self._stages(move, tier):
                        yield self._arc(move, start, State(tier, stage))

    def _applies(self, move: MoveDefinition, start: State | None) -> bool:
        if start is None:
            return move.tiers is None and move.from_ is None
        return (move.tiers is None or start.tier in move.tiers) and (
            move.from_ is None or start.stage in stages_named(self.definition, move.from_)
        )

    def _tiers(self, move: MoveDefinition, start: State | None) -> list[str]:
        order = list(self.definition.tiers)
        here = order.index(start.tier) if start else 0
        by_kind = {
            "same": order[here : here + 1] if start else [],
            "proposed": order,
            "chosen": order,
            "higher": order[here + 1 :],
            "lower": order[:here],
        }
        return [tier for tier in by_kind[move.tier] if move.to_tiers is None or tier in move.to_tiers]

    def _stages(self, move: MoveDefinition, tier: str) -> list[str]:
        match move.to:
            case "entry":
                return [self.definition.tiers[tier].entry]
            case "stage_left":
                return sorted(self._stages_held(tier))
            case stage:
                return [stage]

    def _stages_held(self, tier: str) -> frozenset[str]:
        """Return the stages of a tier that a hold can leave: those with an action into a held stage."""
        held = {stage for stage, about in self.definition.stages.items() if about.group == "held"}
        holding = (
            action for action in self.definition.actions.values() if any(move.to in held for move in action.moves)
        )
        left = frozenset(stage for action in holding for stage in stages_named(self.definition, action.from_))
        return frozenset(state.stage for state in states_of(self.definition) if state.tier == tier) & left

    def _arc(self, move: MoveDefinition, start: State | None, to: State) -> Arc:
        chooses = move.tier in {"chosen", "higher", "lower"}
        return Arc(
            from_=start,
            to=to,
            chosen=field_of_type(self.definition, self.action, FieldType.TIER) if chooses else None,
            proposed=move.tier == "proposed",
            stage_left=move.to == STAGE_LEFT,
            when=tuple((field, tuple(answers)) for field, answers in move.when.items()),
            given=CONDITIONS.get(move.given) if move.given else None,
        )
