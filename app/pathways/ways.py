"""The way that lies ahead of a case: the fewest steps to a solution and on to an end. Pure, from the pathway alone."""

from collections import deque
from collections.abc import Iterator, Mapping

from app.pathways.compiled_action import CompiledAction
from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway

USUAL = "adapted"
"""The solution most people wait for; where a pathway has no way to it any more, the nearest solution is taken."""


def way_ahead(pathway: CompiledPathway, state: State, *, solved: bool) -> tuple[State, ...]:
    """The states that a case would pass through next, by the fewest steps in its tier; none when it has ended.

    `solved` says that the solution is in place already, so that only the end lies ahead.
    """
    if pathway.stage_group(state.stage) == "ended":
        return ()
    nearest = () if solved else _way(pathway, state, None)
    # A case that waits for a solution of another kind has no way further to go for it.
    usual = () if solved or len(nearest) == 1 else _way(pathway, state, USUAL)
    to_solution = usual or nearest
    last = to_solution[-1] if to_solution else state
    return (*to_solution, *_way(pathway, last, "end"))


def _way(pathway: CompiledPathway, start: State, wanted: str | None) -> tuple[State, ...]:
    """Breadth first over the moves that keep the tier; empty where there is none."""
    came_from: dict[State, State] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for action, to in _moves(pathway, here):
            if _reaches(pathway, action, to, wanted):
                return tuple(_back(came_from, start, here, to))
            if to not in came_from and to != start and pathway.stage_group(to.stage) not in ("ended", "held"):
                came_from[to] = here
                queue.append(to)
    return ()


def _moves(pathway: CompiledPathway, here: State) -> Iterator[tuple[CompiledAction, State]]:
    for name in pathway.actions_from(here):
        action = pathway.action(name)
        for arc in action.arcs.get(here, ()):
            if arc.to.tier == here.tier and arc.given is None:
                yield action, arc.to


def _reaches(pathway: CompiledPathway, action: CompiledAction, to: State, wanted: str | None) -> bool:
    if wanted == "end":
        outcome = action.definition.outcome
        # The end of a case that was solved, not one of the ways to give it up.
        return pathway.stage_group(to.stage) == "ended" and outcome is not None and outcome.from_solution is not None
    solution = action.definition.solution
    return solution == wanted if wanted else solution is not None


def _back(came_from: Mapping[State, State], start: State, here: State, to: State) -> Iterator[State]:
    steps = [to]
    while here != start:
        steps.append(here)
        here = came_from[here]
    yield from reversed(steps)
