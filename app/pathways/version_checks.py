"""Checks how a version stands among the others: its file, its place in the lock, what it replaces."""

from collections.abc import Iterator, Mapping

from app.pathways.arcs import states_of
from app.pathways.definition import PathwayDefinition
from app.pathways.facts import State
from app.pathways.faults import Fault
from app.pathways.source import Source

Versions = Mapping[tuple[str, int], PathwayDefinition]


def check_place(source: Source, definition: PathwayDefinition) -> Iterator[Fault]:
    """Check that a file lies where its key and version say."""
    wanted = f"{definition.key}/v{definition.version}.yaml"
    if source.file != wanted:
        yield source.fault(("key",), f"This is {wanted} by its key and version.", "Rename the file, or correct them.")


def check_replaces(source: Source, definition: PathwayDefinition, versions: Versions) -> Iterator[Fault]:
    """Check that a version which replaces another says where each of its cases goes."""
    replaces = definition.replaces
    if replaces is None:
        if definition.version > 1:
            mend = "Say which version it replaces, and where each of its stages goes."
            yield source.fault(("version",), f"Version {definition.version} replaces nothing.", mend)
        return
    before = versions.get((definition.key, replaces.version))
    if before is None or replaces.version >= definition.version:
        message = f"There is no version {replaces.version} before this one."
        yield source.fault(("replaces", "version"), message, "Correct the number.")
        return
    for stage in replaces.stages:
        if stage not in before.stages:
            message = f"Version {replaces.version} has no stage called “{stage}”."
            yield source.fault(("replaces", "stages", stage), message, "Take it out.")
    yield from _check_every_state_goes_somewhere(source, definition, before)


def _check_every_state_goes_somewhere(
    source: Source, definition: PathwayDefinition, before: PathwayDefinition
) -> Iterator[Fault]:
    replaces, states = definition.replaces, states_of(definition)
    assert replaces is not None
    for state in sorted(states_of(before)):
        stage = replaces.stages.get(state.stage)
        if stage is None:
            message = f"It is not said where {state} of version {before.version} goes."
            mend = f"Add “{state.stage}” and the stage its cases go to."
            yield source.fault(("replaces", "stages"), message, mend)
        elif (to := State(replaces.tiers.get(state.tier, state.tier), stage)) not in states:
            message = f"{state} of version {before.version} would go to {to}, which does not exist."
            yield source.fault(("replaces", "stages", state.stage), message, "Choose a stage that its tier has.")
