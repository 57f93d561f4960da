"""An ordinary case for the pathway tests: nothing stands in its way unless a test puts it there."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.pathways.facts import Assignee, Facts, Meeting, State
from app.pathways.pathway import CompiledPathway

FOLDER = Path(__file__).parents[3] / "pathways"
TODAY = date(2025, 3, 4)
OFFICER = 11
COLLEAGUE = 12

ORDINARY_ITEMS = {
    "direct_access": "grab_rails",
    "non_complex": "over_bath_shower",
    "moderate": "level_access_shower",
    "complex": "kitchen_alterations",
    "simple": "rails",
}


def assignee(**changes: Any) -> Assignee:
    in_date = TODAY + timedelta(days=100)
    usual: dict[str, Any] = {
        "id": COLLEAGUE,
        "roles": frozenset({"occupational_therapist"}),
        "training": {2: in_date, 3: in_date},
    }
    return Assignee(**(usual | changes))


def meeting(**changes: Any) -> Meeting:
    usual: dict[str, Any] = {
        "id": 7,
        "held_on": TODAY + timedelta(days=10),
        "capacity": 6,
        "booked": 2,
        "papers_due_on": TODAY + timedelta(days=3),
        "quorate": True,
        "missing_assents": (),
    }
    return Meeting(**(usual | changes))


def facts(pathway: CompiledPathway, state: State, **changes: Any) -> Facts:
    """An ordinary case in a state, seen by somebody who may do everything and has done nothing yet."""
    item = ORDINARY_ITEMS[state.tier]
    usual: dict[str, Any] = {
        "actor_id": OFFICER,
        "actor_roles": frozenset({"senior_occupational_therapist"}),
        "today": TODAY,
        "state": state,
        "proposed_tier": state.tier,
        "tenure": "rsl_tenant",
        "adaptations": (item if pathway.catalogue.get(item) else next(iter(pathway.catalogue.items)),),
        "consent_to_share": True,
        "conversations": 1,
        "options_discussed": frozenset({"staying", "rehousing"}),
        "assignee": assignee(),
        "goals": ("To wash alone", "To get to the garden"),
        "meeting": meeting(),
        "refused_on": TODAY,
        "resume_stage": "approved" if state.stage == "on_hold" else None,
    }
    return Facts(**(usual | changes))
