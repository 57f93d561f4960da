"""Random journals in the words of the pathways, for measures: any action after any other, so that every order comes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.kernel.clock import LONDON, local_date
from tests.reports.walks import Walk, _first_contact, _time
from tests.support.journals import Step

BEGINNING = datetime(2024, 3, 25, 9, tzinfo=UTC)
"""Before Easter, the change of clocks of 31 March, and a leap year's spring holidays."""
END = {"ends": True}
ACTIONS: Mapping[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "screen": ("awaiting_assessment", {}, {}),
    "start_assessment": ("assessment", {}, {}),
    "identify_works": ("works_identified", {}, {}),
    "apply": ("application", {}, {}),
    "approve_grant": ("approved", {}, {"source": "disabled_facilities_grant"}),
    "refuse_grant": ("refused", {**END, "outcome": "refused"}, {}),
    "recommend": ("recommended", {}, {}),
    "recommend_rehousing": ("rehousing", {}, {}),
    "recommend_other_solution": ("other_solution", {}, {}),
    "return_recommendation": ("assessment", {}, {}),
    "approve_recommendation": ("funding", {}, {}),
    "complete_feasibility": ("feasibility", {}, {}),
    "refer_to_panel": ("panel_referred", {}, {}),
    "schedule_for_panel": ("panel_scheduled", {}, {}),
    "panel_agree": ("funding", {}, {}),
    "panel_defer": ("panel_referred", {}, {}),
    "approve_funding": ("approved", {}, {"level": 100, "source": "scheme_of_assistance"}),
    "place_order": ("ordered", {}, {}),
    "start_works": ("works", {}, {}),
    "complete_works": (
        "installed",
        {"clock": "stops", "solution": "adapted"},
        {"final_cost": [{"source": "hra", "amount": "120.50"}, {"source": "charity", "amount": "79.50"}]},
    ),
    "rehoused": ("review", {"clock": "stops", "solution": "rehoused"}, {}),
    "raise_snag": ("works", {"clock": "restarts"}, {}),
    "pass_check": ("review", {}, {}),
    "record_outcome": ("completed", {**END, "outcome": "adapted"}, {}),
    "close_not_proceeding": (
        "not_proceeding",
        {**END, "outcome": "declined_contribution"},
        {"reason": "declined_contribution"},
    ),
    "refuse": ("refused", {**END, "outcome": "refused"}, {}),
}
ENDED = {"completed", "signposted", "not_proceeding", "refused"}
HOLD = {"hold": "opens"}


def _next(draw: st.DrawFn, stage: str) -> tuple[str, str, dict[str, Any], dict[str, Any]]:  # noqa: PLR0911 # a table
    if stage == "on_hold":
        return "resume", "works", {"hold": "closes"}, {}
    if stage == "appeal":
        chosen = draw(st.sampled_from(["uphold_appeal", "dismiss_appeal"]))
        if chosen == "uphold_appeal":
            return chosen, "assessment", {}, {}
        return chosen, "refused", {**END, "outcome": "refused"}, {}
    if stage == "refused":
        return "appeal", "appeal", {}, {}
    if stage in ENDED:
        return "reopen", "received", {"clock": "new_episode"}, {}
    name = draw(st.sampled_from([*ACTIONS, "hold", "hold", "escalate"]))
    if name == "hold":
        on = draw(st.sampled_from(["person", "weather"]))
        return name, "on_hold", HOLD | {"hold_details": {"cause": "other", "waits_on": on}}, {}
    if name == "escalate":
        return name, "awaiting_assessment", {}, {}
    to, effects, details = ACTIONS[name]
    if draw(st.integers(0, 3)) == 0:
        # As where nobody wrote the steps between, or the cost, or the share.
        details = draw(st.sampled_from([{"journey": "unknown"}, {}, {"level": 80}]))
    return name, to, dict(effects), dict(details)


@st.composite
def measure_walks(draw: st.DrawFn) -> Walk:
    """One case's journal, of up to fourteen events in whatever order, late records and corrections among them."""
    moment = BEGINNING + timedelta(hours=draw(st.integers(0, 400)))
    first = local_date(moment, LONDON) - timedelta(days=draw(st.integers(0, 400)))
    recorded, stage = moment, "received"
    tier = draw(st.sampled_from(["direct_access", "moderate", "complex", "complex"]))
    steps = [Step(at=moment, to=stage, tier=tier, action="log_referral")]
    for _ in range(draw(st.integers(0, 13))):
        moment += timedelta(hours=draw(st.sampled_from([0, 1, 11, 24, 25, 100, 300, 2000])))
        recorded = max(recorded, moment + timedelta(hours=draw(st.sampled_from([0, 0, 0, 30, 500]))))
        kind = draw(st.sampled_from(["moves"] * 8 + ["note", "contact", "time", "handed"]))
        if kind == "moves":
            action, stage, effects, details = _next(draw, stage)
            tier = "complex" if action == "escalate" else tier
            steps.append(
                Step(at=moment, to=stage, tier=tier, action=action, recorded_at=recorded, effects=effects,
                     details=details)
            )  # fmt: skip
        elif kind in ("note", "handed"):
            steps.append(Step(at=moment, kind="note_added", recorded_at=recorded))
        else:
            details = _first_contact(draw, first) if kind == "contact" else _time(draw, steps)
            steps.append(Step(at=moment, kind="corrected", recorded_at=recorded, details=details))
    return Walk(steps=tuple(steps), first_contact_on=first, tenure=draw(st.sampled_from(["rsl_tenant", "other"])))


def newest_first_contact(walk: Walk, day: date | None) -> date:
    """What was known of first contact at the end of a day."""
    told = walk.first_contact_on
    for step in walk.steps:
        known = day is None or local_date(step.recorded_at or step.at, LONDON) <= day
        if known and step.kind == "corrected" and step.details["field"] == "first_contact_on":
            told = date.fromisoformat(step.details["now"])
    return told
