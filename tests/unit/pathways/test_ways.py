"""The way that usually lies ahead: to the solution that most people wait for, and on to the end."""

import pytest

from app.pathways.calendar_files import load_calendars
from app.pathways.facts import State
from app.pathways.loader import load_pathways
from app.pathways.ways import way_ahead
from app.settings import ROOT

PATHWAYS = load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars"))
HOUSING = PATHWAYS.latest("housing-solutions")
TO_THE_END = ("approved", "ordered", "installed", "review", "completed")


@pytest.mark.parametrize(
    ("tier", "stage", "solved", "ahead"),
    [
        # Direct access is approved by screening.
        ("direct_access", "received", False, TO_THE_END),
        # An adaptation is what most people wait for, though equipment would be the shorter way.
        ("moderate", "assessment", False, ("recommended", "funding", *TO_THE_END)),
        ("complex", "panel_referred", False, ("panel_scheduled", "funding", *TO_THE_END)),
        # Who waits for equipment or for another home does not go back for an adaptation.
        ("moderate", "other_solution", False, ("review", "completed")),
        ("moderate", "rehousing", False, ("review", "completed")),
        # Once the solution is in place only the end lies ahead.
        ("complex", "installed", True, ("review", "completed")),
        ("complex", "completed", True, ()),
        ("complex", "refused", False, ()),
    ],
)
def test_the_way_ahead(tier: str, stage: str, solved: bool, ahead: tuple[str, ...]) -> None:
    assert tuple(step.stage for step in way_ahead(HOUSING, State(tier, stage), solved=solved)) == ahead


@pytest.mark.parametrize("pathway", PATHWAYS.all(), ids=lambda pathway: pathway.key)
def test_from_every_open_state_a_way_leads_to_an_end_without_a_hold(pathway) -> None:  # type: ignore[no-untyped-def]
    for state in pathway.states:
        group = pathway.stage_group(state.stage)
        if group in ("ended", "held"):
            continue
        way = way_ahead(pathway, state, solved=False)
        assert pathway.stage_group(way[-1].stage) == "ended", state
        assert all(pathway.stage_group(step.stage) != "held" for step in way)
        assert {step.tier for step in way} == {state.tier}
