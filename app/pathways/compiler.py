"""Turns a checked definition into a compiled pathway whose moves `transitions` makes.

The machine is given resolved states and our own callables only: left alone it would accept a name that does
not exist. It never touches a case, only a bare probe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from transitions import Machine

from app.pathways.arcs import Arc, arcs_of, roles_named, stages_named, states_of
from app.pathways.blockers import BLOCKERS, BlockerRule
from app.pathways.catalogue import Catalogue
from app.pathways.companion_definitions import CatalogueDefinition, TriageDefinition
from app.pathways.compiled_action import CompiledAction
from app.pathways.decide import NEW
from app.pathways.definition import ActionDefinition, BlockedWhen, PathwayDefinition
from app.pathways.facts import State
from app.pathways.field_types import Options
from app.pathways.form_definition import FieldDefinition, FieldType
from app.pathways.forms import build_form
from app.pathways.pathway import CompiledPathway
from app.pathways.question import Need
from app.pathways.triage import Triage
from app.pathways.vocabulary import Vocabulary

Arcs = Mapping[State | None, tuple[Arc, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The definitions that make up one version of a pathway."""

    pathway: PathwayDefinition
    catalogue: CatalogueDefinition
    triage: TriageDefinition
    vocabulary: Vocabulary
    published: bool


def compile_pathway(parts: Parts) -> CompiledPathway:
    """Compile definitions in which the checks found no fault."""
    definition = parts.pathway
    catalogue = Catalogue.of(parts.catalogue)
    tiers = {key: tier.label for key, tier in definition.tiers.items()}
    lists = choice_lists(definition, parts.catalogue)
    arcs = {name: arcs_of(definition, name) for name in definition.actions}
    machine = build_machine(states_of(definition), arcs)
    return CompiledPathway(
        definition=definition,
        catalogue=catalogue,
        triage=Triage(parts.triage, catalogue, tiers),
        vocabulary=parts.vocabulary,
        states=states_of(definition),
        choices=lists,
        published=parts.published,
        compiled={name: _action(definition, name, arcs[name], lists, machine) for name in definition.actions},
        machine=machine,
    )


def choice_lists(definition: PathwayDefinition, catalogue: CatalogueDefinition) -> dict[str, Options]:
    """Return every list that a field may offer, key to label."""
    lists: dict[str, Options] = {
        name: {key: choice.label for key, choice in answers.items()} for name, answers in definition.choices.items()
    }
    lists["tiers"] = {key: tier.label for key, tier in definition.tiers.items()}
    lists["adaptations"] = {key: item.label for key, item in catalogue.items.items()}
    lists["funding_sources"] = {key: source.label for key, source in definition.funding_sources.items()}
    return lists


def build_machine(states: frozenset[State], arcs: Mapping[str, Arcs]) -> Machine:
    """Build the machine: a state for every pair, an event for every action, a condition for every arc."""
    transitions = [
        {
            "trigger": name,
            "source": NEW if start is None else str(start),
            "dest": str(arc.to),
            "conditions": arc.fits,
        }
        for name, by_start in arcs.items()
        for start, ways in by_start.items()
        for arc in ways
    ]
    return Machine(
        model=None,
        states=[NEW, *map(str, sorted(states))],
        transitions=transitions,
        initial=None,
        auto_transitions=False,
    )


def blockers_by_state(
    definition: PathwayDefinition, action: ActionDefinition, arcs: Arcs
) -> dict[State, tuple[BlockerRule, ...]]:
    """Return which blockers are asked in which state that an action leaves, or could be looked for in."""
    found: dict[State, tuple[BlockerRule, ...]] = {}
    from_stages = stages_named(definition, action.from_)
    for state in sorted(state for state in states_of(definition) if state.stage in from_stages):
        rules = tuple(BLOCKERS[entry.blocker] for entry in action.blocked_when if _is_asked(definition, entry, state))
        if rules and (state in arcs or any(rule.instead_of_moving for rule in rules)):
            found[state] = rules
    return found


def _is_asked(definition: PathwayDefinition, entry: BlockedWhen, state: State) -> bool:
    return (entry.tiers is None or state.tier in entry.tiers) and (
        entry.from_ is None or state.stage in stages_named(definition, entry.from_)
    )


def _action(
    definition: PathwayDefinition, name: str, arcs: Arcs, lists: Mapping[str, Options], machine: Machine
) -> CompiledAction:
    action = definition.actions[name]
    fields = definition.forms[action.form].fields if action.form else {}
    blockers = blockers_by_state(definition, action, arcs)
    form = build_form(name, action.label, fields, lists)
    return CompiledAction(
        name=name,
        definition=action,
        roles=roles_named(definition, action.roles),
        fields=fields,
        form=form,
        schema=MappingProxyType(form.model_json_schema()),
        arcs=arcs,
        blockers=blockers,
        needs=_needs(fields, arcs, blockers),
        event=machine.events[name],
    )


def _needs(
    fields: Mapping[str, FieldDefinition], arcs: Arcs, blockers: Mapping[State, tuple[BlockerRule, ...]]
) -> frozenset[Need]:
    needed = {need for rules in blockers.values() for rule in rules for need in rule.needs}
    needed |= {need for ways in arcs.values() for arc in ways if arc.given for need in arc.given.needs}
    if any(field.type is FieldType.MEETING for field in fields.values()):
        needed.add("meeting")
    return frozenset(needed)
