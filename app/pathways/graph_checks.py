"""Checks the pathway as a whole: every stage can be reached and left, and no case can be in two minds."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from app.pathways.arcs import Arc, arcs_of, stages_named, states_of
from app.pathways.blockers import BLOCKERS
from app.pathways.definition import PathwayDefinition
from app.pathways.facts import State
from app.pathways.faults import Fault
from app.pathways.source import Source

Graph = Mapping[State | None, frozenset[State]]


def check_graph(source: Source, definition: PathwayDefinition) -> Iterator[Fault]:
    """Check a definition whose names are all right."""
    arcs = {name: arcs_of(definition, name) for name in definition.actions}
    every = [(name, arc) for name, by_start in arcs.items() for ways in by_start.values() for arc in ways]
    yield from _check_start(source, definition)
    yield from _check_destinations(source, definition, every)
    yield from _check_reach(source, definition, _graph(arc for _, arc in every))
    for name, by_start in arcs.items():
        for ways in by_start.values():
            yield from _check_one_way(source, name, ways)
        yield from _check_leads_somewhere(source, definition, name, by_start)
    yield from _check_stages(source, definition)
    yield from _check_outcomes(source, definition, every)
    yield from _check_rules_given(source, definition)


def _graph(arcs: Iterable[Arc]) -> Graph:
    onward: dict[State | None, set[State]] = {}
    for arc in arcs:
        onward.setdefault(arc.from_, set()).add(arc.to)
    return {start: frozenset(ends) for start, ends in onward.items()}


def _check_start(source: Source, definition: PathwayDefinition) -> Iterator[Fault]:
    starting = [name for name, action in definition.actions.items() if action.starts]
    if len(starting) != 1:
        found = ", ".join(starting) or "none"
        mend = "Mark exactly one action with `starts: true`."
        yield source.fault(("actions",), f"One action opens a case; here it is: {found}.", mend)


def _check_destinations(
    source: Source, definition: PathwayDefinition, arcs: Iterable[tuple[str, Arc]]
) -> Iterator[Fault]:
    states = states_of(definition)
    for name, to in sorted({(name, arc.to) for name, arc in arcs if arc.to not in states}):
        yield source.fault(
            ("actions", name, "moves"),
            f"“{name}” can lead to {to}, but the tier {to.tier} has no stage {to.stage}.",
            "Limit the way by `tiers` or `to_tiers`, or give the tier that stage.",
        )


def _check_reach(source: Source, definition: PathwayDefinition, graph: Graph) -> Iterator[Fault]:
    reached = _reached(graph, [None])
    ended = {stage for stage, about in definition.stages.items() if about.group == "ended"}
    backwards: dict[State | None, set[State]] = {}
    for start, ends in graph.items():
        for end in ends:
            if start is not None:
                backwards.setdefault(end, set()).add(start)
    ended_states = [state for state in states_of(definition) if state.stage in ended]
    can_end = _reached({key: frozenset(value) for key, value in backwards.items()}, ended_states)
    for state in sorted(states_of(definition)):
        at = ("stages", state.stage)
        if state not in reached:
            mend = "Let an action lead there, or limit the stage's `tiers`."
            yield source.fault(at, f"Nothing leads to {state}.", mend)
        if state not in can_end:
            yield source.fault(at, f"From {state} no end can be reached.", "Let an action lead onwards from there.")


def _reached(graph: Graph, starts: Iterable[State | None]) -> frozenset[State | None]:
    seen: set[State | None] = set(starts)
    waiting = deque(seen)
    while waiting:
        for end in graph.get(waiting.popleft(), ()):
            if end not in seen:
                seen.add(end)
                waiting.append(end)
    return frozenset(seen)


def _check_one_way(source: Source, name: str, ways: tuple[Arc, ...]) -> Iterator[Fault]:
    """Check that ways from one state to different ones are told apart by a declared choice."""
    for index, one in enumerate(ways):
        for other in ways[index + 1 :]:
            if one.to != other.to and not _told_apart(one, other):
                yield source.fault(
                    ("actions", name, "moves"),
                    f"“{name}” could lead from {one.from_ or 'a new case'} both to {one.to} and to {other.to}.",
                    "Tell the ways apart by `when:` with different answers of one field, or by `tiers`.",
                )
                return


def _told_apart(one: Arc, other: Arc) -> bool:
    if one.to.tier != other.to.tier and ((one.chosen and other.chosen) or (one.proposed and other.proposed)):
        return True
    if one.stage_left and other.stage_left:
        return True
    answers = dict(one.when)
    return any(field in answers and not _overlap(answers[field], wanted) for field, wanted in other.when)


def _overlap(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return any(answer in others for answer in some)


def _check_leads_somewhere(
    source: Source, definition: PathwayDefinition, name: str, arcs: Mapping[State | None, tuple[Arc, ...]]
) -> Iterator[Fault]:
    action = definition.actions[name]
    excused = any(BLOCKERS[entry.blocker].instead_of_moving for entry in action.blocked_when)
    left = {start.stage for start in arcs if start is not None}
    for stage in sorted(stages_named(definition, action.from_) - left):
        if not excused:
            mend = "Add a way from there, or take the stage out of `from`."
            yield source.fault(("actions", name, "from"), f"“{name}” leads nowhere from {stage}.", mend)


def _check_stages(source: Source, definition: PathwayDefinition) -> Iterator[Fault]:
    for key, stage in definition.stages.items():
        at = ("stages", key)
        if stage.group == "ended":
            if stage.owner is not None or key in definition.targets.stages:
                mend = "Take its owner and its target out."
                yield source.fault(at, f"{key} has ended: nobody waits there.", mend)
            continue
        if stage.owner is None:
            yield source.fault(at, f"The open stage {key} has no owner.", "Name the role that looks after it.")
        if key not in definition.targets.stages:
            mend = "Add it under `targets: stages:`, or say `review_date` there."
            yield source.fault(at, f"The open stage {key} has no target.", mend)
    yield from _check_targets_cover(source, definition)


def _check_targets_cover(source: Source, definition: PathwayDefinition) -> Iterator[Fault]:
    stages = {(state.tier, state.stage) for state in states_of(definition)}
    for stage, rows in definition.targets.stages.items():
        at = ("targets", "stages", stage)
        for index, row in enumerate(() if isinstance(rows, str) else rows):
            if (row.working_days is None) == (row.months is None):
                mend = "Give the one or the other."
                yield source.fault((*at, index), "A target is in working days or in months.", mend)
        covered = {
            tier
            for row in (() if isinstance(rows, str) else rows)
            for tier in (row.tiers or definition.tiers)
            if not row.urgent
        }
        for tier in definition.tiers:
            if rows != "review_date" and (tier, stage) in stages and tier not in covered:
                mend = "Add a row for it."
                yield source.fault(at, f"The stage {stage} has no target in the tier {tier}.", mend)


def _check_outcomes(source: Source, definition: PathwayDefinition, arcs: Iterable[tuple[str, Arc]]) -> Iterator[Fault]:
    ended = {stage for stage, about in definition.stages.items() if about.group == "ended"}
    ending = {name for name, arc in arcs if arc.to.stage in ended}
    for name, action in definition.actions.items():
        if (name in ending) != (action.outcome is not None):
            yield source.fault(
                ("actions", name),
                f"“{name}” {'ends a case without' if name in ending else 'does not end a case but has'} an outcome.",
                "An action has an `outcome` when it ends a case, and only then.",
            )


def _check_rules_given(source: Source, definition: PathwayDefinition) -> Iterator[Fault]:
    for name, action in definition.actions.items():
        for index, entry in enumerate(action.blocked_when):
            for rule in BLOCKERS[entry.blocker].rules:
                if not getattr(definition.rules, rule):
                    at = ("actions", name, "blocked_when", index)
                    mend = f"Add `{rule}` under `rules:`."
                    yield source.fault(at, f"“{entry.blocker}” reads {rule}, which is not given.", mend)
