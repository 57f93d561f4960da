"""Every action of every tier is taken through the API, from the referral to each end."""

import pytest

from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.pathways.pathway import CompiledPathway
from app.settings import ROOT
from tests.journeys.scripts import JOURNEYS, Journey
from tests.support.service import Service
from tests.support.walks import log

PATHWAYS = load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars")).all()
NOT_WALKED: dict[tuple[str, str, str], str] = {}
"""(pathway, tier, action) -> why no journey takes it. Nothing is left out today."""


@pytest.mark.database
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name.replace(" ", "-"))
async def test_a_case_travels_from_the_referral_to_its_end(service: Service, journey: Journey) -> None:
    walk = await log(service, pathway=journey.pathway, tier=journey.starts)
    for step in journey.steps:
        action, answers = step if isinstance(step, tuple) else (step, {})
        await walk.take(action, **answers)
    case = await walk.case()
    assert walk.taken == list(journey.taken())
    assert (case["tier"], case["stage"], case["outcome"]) == journey.ends
    assert case["ended_at"] is not None
    assert case["due_status"] == "none"
    events = await walk.events()
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert [event["action"] for event in events if event["kind"] == "moved"] == [action for _, action in walk.taken]


@pytest.mark.parametrize("pathway", PATHWAYS, ids=lambda pathway: pathway.key)
def test_the_journeys_take_every_action_of_every_tier(pathway: CompiledPathway) -> None:
    every = {
        (arc.from_.tier if arc.from_ else arc.to.tier, name)
        for name, action in pathway.compiled.items()
        for arcs in action.arcs.values()
        for arc in arcs
    }
    taken = {pair for journey in JOURNEYS if journey.pathway == pathway.key for pair in journey.taken()}
    left_out = {(tier, action) for key, tier, action in NOT_WALKED if key == pathway.key}
    assert every - taken == left_out


@pytest.mark.parametrize("pathway", PATHWAYS, ids=lambda pathway: pathway.key)
def test_the_journeys_reach_every_end_of_every_tier_and_every_outcome(pathway: CompiledPathway) -> None:
    ends = {(state.tier, state.stage) for state in pathway.states if not pathway.is_open(state.stage)}
    reached = [journey.ends for journey in JOURNEYS if journey.pathway == pathway.key]
    assert {(tier, stage) for tier, stage, _ in reached} == ends
    assert {outcome for *_, outcome in reached} == set(pathway.definition.outcomes)
