"""Random walks over each compiled pathway: no dead ends, examples that are always good, a machine that agrees."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import MachineError

from app.pathways.calendar_files import load_calendars
from app.pathways.decide import Probe
from app.pathways.facts import Facts, State
from app.pathways.forms import OCCURRED_AT
from app.pathways.loader import load_pathways
from app.pathways.pathway import CompiledPathway
from app.pathways.question import Question
from app.pathways.results import Incomplete, Move, Refused
from tests.unit.pathways.support import FOLDER, facts

PATHWAYS = load_pathways(FOLDER, load_calendars(FOLDER / "calendars")).all()
EVERY_STATE = [(pathway, state) for pathway in PATHWAYS for state in sorted(pathway.states)]
NAMES = [f"{pathway.key}:{state}" for pathway, state in EVERY_STATE]
ANY_PATHWAY = st.sampled_from(PATHWAYS)
STEPS = st.lists(st.integers(min_value=0, max_value=10_000), max_size=40)


def ordinary(pathway: CompiledPathway, state: State, resume_stage: str | None = None) -> Facts:
    return facts(pathway, state, resume_stage=resume_stage or default_resume(pathway, state))


def default_resume(pathway: CompiledPathway, state: State) -> str | None:
    return "approved" if state.stage == "on_hold" else None


def walk(pathway: CompiledPathway, steps: list[int]) -> Iterator[tuple[Move, Facts]]:
    """Take one possible action after another, from the first referral on."""
    start = State(next(iter(pathway.definition.tiers)), "received")
    about = facts(pathway, start)
    move = pathway.decide(None, pathway.initial_action, about, {})
    assert isinstance(move, Move)
    yield move, about
    for step in steps:
        possible = list(possible_moves(pathway, move))
        if not possible:
            return
        move, about = possible[step % len(possible)]
        yield move, about


def possible_moves(pathway: CompiledPathway, before: Move) -> Iterator[tuple[Move, Facts]]:
    about = ordinary(pathway, before.to, before.resume_stage)
    for action in pathway.actions_from(before.to):
        decision = pathway.decide(before.to, action, about, pathway.example_details(action, about))
        if isinstance(decision, Move):
            yield decision, about


@given(ANY_PATHWAY, STEPS)
@settings(max_examples=60, deadline=None)
def test_a_walk_stays_on_the_map_and_every_step_begins_where_the_last_one_ended(
    pathway: CompiledPathway, steps: list[int]
) -> None:
    at: State | None = None
    for move, _ in walk(pathway, steps):
        assert move.from_ == at
        assert move.to in pathway.states
        assert move.ends == (not pathway.is_open(move.to.stage))
        assert (move.outcome is not None) == move.ends
        assert move.outcome is None or move.outcome in pathway.definition.outcomes
        at = move.to


@given(ANY_PATHWAY, STEPS)
@settings(max_examples=25, deadline=None)
def test_wherever_a_walk_has_led_an_end_can_be_reached(pathway: CompiledPathway, steps: list[int]) -> None:
    *_, (last, _) = walk(pathway, steps)
    seen, waiting = {last.to}, [last]
    while waiting:
        move = waiting.pop()
        if move.ends:
            return
        for onward, _ in possible_moves(pathway, move):
            if onward.to not in seen:
                seen.add(onward.to)
                waiting.append(onward)
    pytest.fail(f"no end can be reached from {last.to}")


@given(ANY_PATHWAY, STEPS)
@settings(max_examples=40, deadline=None)
def test_the_machine_makes_the_same_moves(pathway: CompiledPathway, steps: list[int]) -> None:
    for move, about in walk(pathway, steps):
        form = pathway.form(move.action).model_validate(pathway.example_details(move.action, about))
        answers = {key: value for key, value in form.__dict__.items() if key != OCCURRED_AT}
        question = Question(about.state, about, answers, pathway.definition, pathway.catalogue)
        probe = Probe(move.from_)
        assert pathway.machine.events[move.action].trigger(probe, question)
        assert probe.state == str(move.to)


@pytest.mark.parametrize(("pathway", "state"), EVERY_STATE, ids=NAMES)
def test_the_machine_refuses_what_does_not_stand_in_a_state(pathway: CompiledPathway, state: State) -> None:
    here = set(pathway.actions_from(state))
    for action in pathway.actions:
        allowed = state in pathway.action(action).arcs
        assert allowed <= (action in here)
        if not allowed:
            with pytest.raises(MachineError):
                pathway.machine.events[action].trigger(Probe(state), None)


@pytest.mark.parametrize(("pathway", "state"), EVERY_STATE, ids=NAMES)
def test_for_each_action_the_example_moves_an_ordinary_case(pathway: CompiledPathway, state: State) -> None:
    about = ordinary(pathway, state)
    for action in pathway.actions_from(state):
        details = pathway.example_details(action, about)
        decision = pathway.decide(state, action, about, details)
        if not pathway.destinations(state, action):
            assert isinstance(decision, Refused), (action, decision)
            continue
        assert isinstance(decision, Move), (action, decision)
        assert decision.to in pathway.destinations(state, action, about.resume_stage)


@pytest.mark.parametrize("tenure", ["owner_occupier", "private_rented", "council_tenant", "rsl_tenant", "other"])
@pytest.mark.parametrize("items", [(), ("extension",), ("stairlift", "extension"), ("stairlift",)])
@pytest.mark.parametrize("goals", [(), ("To wash alone",)])
def test_examples_hold_for_any_tenure_whatever_is_asked_for(
    tenure: str, items: tuple[str, ...], goals: tuple[str, ...]
) -> None:
    for pathway, state in EVERY_STATE:
        about = facts(
            pathway,
            state,
            tenure=tenure,
            adaptations=items,
            goals=goals,
            resume_stage=default_resume(pathway, state),
        )
        for action in pathway.actions_from(state):
            decision = pathway.decide(state, action, about, pathway.example_details(action, about))
            assert not isinstance(decision, Incomplete), (action, decision)
            assert isinstance(decision, Move) or not pathway.destinations(state, action), (action, decision)
