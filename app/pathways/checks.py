"""Checks that every name in a pathway's files is the name of something. Every fault is collected."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.access.roles import Role
from app.pathways.arcs import ENTRY, STAGE_LEFT, field_of_type
from app.pathways.blockers import BLOCKERS
from app.pathways.conditions import CONDITIONS
from app.pathways.definition import ActionDefinition, MoveDefinition, PathwayDefinition
from app.pathways.faults import Fault
from app.pathways.form_definition import FieldType
from app.pathways.source import Location, Source

CASE_ATTRIBUTES = frozenset({"priority", "fast_track", "direct_provision", "goals", "adaptations", "meeting"})
"""What an action may set on a case."""
PARTS_PLAYED = frozenset({"recommender", "order_placer", "refuser"})
"""What an action may remember its actor as."""
ROLES = frozenset(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a pathway file may refer to, by what it is called there."""

    stages: Collection[str]
    stages_and_sets: Collection[str]
    tiers: Collection[str]
    roles: Collection[str]
    roles_and_sets: Collection[str]
    outcomes: Collection[str]

    @classmethod
    def of(cls, definition: PathwayDefinition) -> "Names":
        """Collect the names that a definition itself defines, and the roles that the service knows."""
        return cls(
            stages=definition.stages,
            stages_and_sets=[*definition.stages, *definition.stage_sets],
            tiers=definition.tiers,
            roles=ROLES,
            roles_and_sets=[*ROLES, *definition.role_sets],
            outcomes=definition.outcomes,
        )


@dataclass(frozen=True, slots=True)
class NameCheck:
    """Looks up the names of one file and says where each is wrong."""

    source: Source

    def among(self, at: Location, name: str, known: Collection[str], what: str) -> Iterator[Fault]:
        """Yield a fault when a name is not one of those known."""
        if name not in known:
            offered = ", ".join(sorted(known)) or "none"
            yield self.source.fault(
                at, f"There is no {what} called “{name}”.", f"Correct the name, or add it. Known: {offered}."
            )

    def each(self, at: Location, names: Collection[str] | None, known: Collection[str], what: str) -> Iterator[Fault]:
        """Yield a fault for each name in a list that is not one of those known."""
        for index, name in enumerate(names or ()):
            yield from self.among((*at, index), name, known, what)


def check_names(source: Source, definition: PathwayDefinition, calendars: Collection[str]) -> Iterator[Fault]:
    """Check every name in a pathway file."""
    look, names = NameCheck(source), Names.of(definition)
    yield from look.among(("calendar",), definition.calendar, calendars, "calendar")
    yield from _check_tiers(look, definition, names)
    yield from _check_stages(look, definition, names)
    yield from _check_sets(look, definition, names)
    yield from _check_targets(look, definition, names)
    for name, action in definition.actions.items():
        yield from _check_action(look, definition, names, name, action)


def _check_tiers(look: NameCheck, definition: PathwayDefinition, names: Names) -> Iterator[Fault]:
    for key, tier in definition.tiers.items():
        yield from look.among(("tiers", key, "entry"), tier.entry, names.stages, "stage")
        yield from look.each(("tiers", key, "assessor_roles"), tier.assessor_roles, names.roles, "role")


def _check_stages(look: NameCheck, definition: PathwayDefinition, names: Names) -> Iterator[Fault]:
    for key, stage in definition.stages.items():
        yield from look.each(("stages", key, "tiers"), stage.tiers, names.tiers, "tier")
        if stage.owner is not None:
            yield from look.among(("stages", key, "owner"), stage.owner, names.roles, "role")


def _check_sets(look: NameCheck, definition: PathwayDefinition, names: Names) -> Iterator[Fault]:
    for key, stages in definition.stage_sets.items():
        yield from look.each(("stage_sets", key), stages, names.stages, "stage")
    for key, roles in definition.role_sets.items():
        yield from look.each(("role_sets", key), roles, names.roles, "role")
    rules = definition.rules
    yield from look.each(("rules", "panel_tiers"), rules.panel_tiers, names.tiers, "tier")
    yield from look.each(("rules", "check_roles"), rules.check_roles, names.roles, "role")
    tenures = ("rules", "direct_provision_tenures")
    yield from look.each(tenures, rules.direct_provision_tenures, definition.tenures, "tenure")
    for key, source in definition.funding_sources.items():
        yield from look.each(("funding_sources", key, "tenures"), source.tenures, definition.tenures, "tenure")


def _check_targets(look: NameCheck, definition: PathwayDefinition, names: Names) -> Iterator[Fault]:
    for stage, rows in definition.targets.stages.items():
        at: Location = ("targets", "stages", stage)
        yield from look.among(at, stage, names.stages, "stage")
        for index, row in enumerate(() if isinstance(rows, str) else rows):
            yield from look.each((*at, index, "tiers"), row.tiers, names.tiers, "tier")
            if row.counted_from is not None:
                yield from look.among((*at, index, "counted_from"), row.counted_from, names.stages, "stage")
    for index, row in enumerate(definition.targets.end_to_end):
        yield from look.each(("targets", "end_to_end", index, "tiers"), row.tiers, names.tiers, "tier")
    urgent, at = definition.targets.urgent, ("targets", "urgent")
    for key, listed in (("priorities", urgent.priorities), ("fast_tracks", urgent.fast_tracks)):
        known = definition.choices.get("priority" if key == "priorities" else "fast_track", {})
        yield from look.each((*at, key), listed, known, "choice")


def _check_action(
    look: NameCheck, definition: PathwayDefinition, names: Names, name: str, action: ActionDefinition
) -> Iterator[Fault]:
    at: Location = ("actions", name)
    yield from look.each((*at, "roles"), action.roles, names.roles_and_sets, "role")
    yield from look.each((*at, "from"), action.from_, names.stages_and_sets, "stage")
    yield from look.each((*at, "remembers"), action.remembers, PARTS_PLAYED, "part to remember")
    if action.form is not None:
        yield from look.among((*at, "form"), action.form, definition.forms, "form")
    if action.solution is not None:
        yield from look.among((*at, "solution"), action.solution, names.outcomes, "outcome")
    for index, move in enumerate(action.moves):
        yield from _check_move(look, definition, names, (*at, "moves", index), action, move)
    for index, entry in enumerate(action.blocked_when):
        here = (*at, "blocked_when", index)
        yield from look.among((*here, "blocker"), entry.blocker, BLOCKERS, "blocker")
        yield from look.each((*here, "tiers"), entry.tiers, names.tiers, "tier")
        yield from look.each((*here, "from"), entry.from_, names.stages_and_sets, "stage")
    yield from _check_fields_named(look, definition, names, at, action)


def _check_move(
    look: NameCheck,
    definition: PathwayDefinition,
    names: Names,
    at: Location,
    action: ActionDefinition,
    move: MoveDefinition,
) -> Iterator[Fault]:
    yield from look.among((*at, "to"), move.to, [*names.stages, ENTRY, STAGE_LEFT], "stage")
    yield from look.each((*at, "tiers"), move.tiers, names.tiers, "tier")
    yield from look.each((*at, "to_tiers"), move.to_tiers, names.tiers, "tier")
    yield from look.each((*at, "from"), move.from_, names.stages_and_sets, "stage")
    if move.given is not None:
        yield from look.among((*at, "given"), move.given, CONDITIONS, "condition")
    chooses = move.tier in {"chosen", "higher", "lower"}
    if chooses and field_of_type(definition, action, FieldType.TIER) is None:
        yield look.source.fault(
            at, "This way needs a chosen tier, and the form has no field to choose it.", "Add a tier field."
        )


def _check_fields_named(
    look: NameCheck, definition: PathwayDefinition, names: Names, at: Location, action: ActionDefinition
) -> Iterator[Fault]:
    form = definition.forms.get(action.form or "")
    fields: Mapping[str, object] = form.fields if form else {}
    for index, move in enumerate(action.moves):
        for field in move.when:
            yield from look.among((*at, "moves", index, "when", field), field, fields, "field in the form")
    for attribute, path in action.sets.items():
        yield from look.among((*at, "sets", attribute), attribute, CASE_ATTRIBUTES, "case attribute")
        yield from look.among((*at, "sets", attribute), path.partition(".")[0], fields, "field in the form")
    for index, entry in enumerate(action.blocked_when):
        for field in BLOCKERS[entry.blocker].fields if entry.blocker in BLOCKERS else ():
            what = f"field in the form (which {entry.blocker} reads)"
            yield from look.among((*at, "blocked_when", index), field, fields, what)
    yield from _check_outcome(look, definition, names, at, action)


def _check_outcome(
    look: NameCheck, definition: PathwayDefinition, names: Names, at: Location, action: ActionDefinition
) -> Iterator[Fault]:
    rule = action.outcome
    if rule is None:
        return
    for key in ("fixed", "from_solution"):
        if (outcome := getattr(rule, key)) is not None:
            yield from look.among((*at, "outcome", key), outcome, names.outcomes, "outcome")
    if rule.from_field is not None:
        form = definition.forms.get(action.form or "")
        field = form.fields.get(rule.from_field) if form else None
        if field is None:
            yield from look.among((*at, "outcome", "from_field"), rule.from_field, (), "field in the form")
        else:
            answers = definition.choices.get(field.choices or "", {})
            yield from look.each((*at, "outcome", "from_field"), list(answers), names.outcomes, "outcome")
